// Stage: the room around a sound, its loudness, and the noise that every recording has.
import Glibc
import Score

/// How a clip is heard.
public struct Stage: Sendable {
  private let wet: Double, decay: Double, size: Double, damping: Double
  private let level: Double, floor: Double
  private let seed: UInt64

  /// - Parameter isOutdoors: nearly no room.
  public init(_ chance: inout Chance, isOutdoors: Bool) {
    wet = isOutdoors ? chance.between(0, 0.02) : chance.between(0.03, 0.14)
    decay = isOutdoors ? 0.2 : chance.between(0.2, 0.9)
    size = chance.between(0.8, 1.3)
    damping = chance.between(0.2, 0.6)
    level = pow(10, chance.between(-26, -18) / 20)
    floor = pow(10, chance.between(-78, -62) / 20)
    seed = chance.next()
  }

  /// What is recorded of a dry sound: the loudest fifth of a second at −26…−18 dB of full scale, no sample above 0.9.
  public func record(_ dry: [Float]) -> [Float] {
    var sound = dry
    if wet > 0 { reverberate(&sound) }
    let loudest = Self.loudest(sound)
    let peak = sound.reduce(0) { max($0, abs($1)) }
    let gain = loudest > 0 ? min(Float(level) / loudest, 0.9 / max(peak, 1e-9)) : 0
    var chance = Chance(seed: seed)
    var hiss = 0.0
    for index in sound.indices {
      hiss += 0.4 * (chance.between(-1, 1) - hiss)
      sound[index] = sound[index] * gain + Float(floor * hiss)
    }
    return sound
  }

  /// The root mean square of the loudest fifth of a second.
  public static func loudest(_ sound: [Float]) -> Float {
    let length = sampleRate / 5
    var most: Float = 0
    for begin in stride(from: 0, to: max(1, sound.count - length + 1), by: length / 4) {
      let part = sound[begin..<min(sound.count, begin + length)]
      most = max(most, (part.reduce(0) { $0 + $1 * $1 } / Float(max(1, part.count))).squareRoot())
    }
    return most
  }

  /// Four combs and two all-passes (Schroeder 1962), after 8 ms.
  private func reverberate(_ sound: inout [Float]) {
    let dry = sound
    var tail = [Float](repeating: 0, count: dry.count)
    for milliseconds in [29.7, 37.1, 41.1, 43.7] {
      let delay = Int(milliseconds * size * Double(sampleRate) / 1000)
      let feedback = Float(pow(10, -3 * milliseconds * size / 1000 / decay))
      var line = [Float](repeating: 0, count: delay)
      var (place, low): (Int, Float) = (0, 0)
      for index in dry.indices {
        let out = line[place]
        low += Float(1 - damping) * (out - low)
        line[place] = dry[index] + feedback * low
        tail[index] += out
        place = place + 1 == delay ? 0 : place + 1
      }
    }
    for milliseconds in [5.0, 1.7] {
      let delay = Int(milliseconds * size * Double(sampleRate) / 1000)
      var line = [Float](repeating: 0, count: delay)
      var place = 0
      for index in tail.indices {
        let kept = line[place]
        let entering = tail[index] + 0.7 * kept
        line[place] = entering
        tail[index] = kept - 0.7 * entering
        place = place + 1 == delay ? 0 : place + 1
      }
    }
    let late = sampleRate / 125
    for index in late..<max(late, sound.count) { sound[index] += Float(wet) * tail[index - late] }
  }
}
