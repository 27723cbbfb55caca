// ToneTests: the tone control leaves the sound alone in the middle, and tilts it at either end, whatever the buffer size.
import Foundation
import Hosting
import Testing

struct ToneTests {
  private func sound(_ tone: Float?, buffer: Int = 256) throws -> [Float] {
    let host = try TestBundle().host(bufferSize: buffer)
    if let tone { host["tone"] = tone }
    let sound = host.render(30_000, events: [(3000, [0x90, 60, 100]), (9000, [0x90, 64, 80])])
    return Array(sound[Int(host["latency"] ?? 0)...].prefix(24_000))
  }

  /// Power, and that of the steps from sample to sample, which grows with the frequency.
  private func measures(_ sound: [Float]) -> (power: Float, edge: Float) {
    (sound.reduce(0) { $0 + $1 * $1 }, zip(sound, sound.dropFirst()).reduce(0) { $0 + ($1.1 - $1.0) * ($1.1 - $1.0) })
  }

  @Test func inTheMiddleNothingChanges() throws {
    let (middle, untouched) = (try sound(0), try sound(nil))
    #expect(middle == untouched)
  }

  @Test func aboveItIsBrighterAndBelowDarker() throws {
    let (dark, plain, bright) = (try sound(-1), try sound(0), try sound(1))
    func brightness(_ sound: [Float]) -> Float { measures(sound).edge / measures(sound).power }
    #expect(brightness(dark) < 0.6 * brightness(plain))
    #expect(brightness(bright) > 1.2 * brightness(plain))
    // ± 6 dB at the ends of the spectrum, and no more anywhere.
    #expect(measures(bright).edge / measures(plain).edge < 4)
    #expect(measures(dark).power / measures(plain).power < 4)
    let isFinite = (dark + bright).allSatisfy(\.isFinite)
    #expect(isFinite)
  }

  @Test func theBufferSizeDoesNotMatter() throws {
    let (one, other) = (try sound(0.7, buffer: 64), try sound(0.7, buffer: 480))
    #expect(one == other)
  }
}
