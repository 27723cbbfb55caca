// Voices come, go and fail while the music plays.
import Foundation
import Performer
import Score
import Synchronization
import Testing

@Suite struct VoiceTests {
  struct Missing: Error, CustomStringConvertible {
    let path: String
    var description: String { "\(path): no such voice" }
  }

  /// "a" and "b" are sines, "slow" takes its time, "other" runs at another rate; nothing else is there.
  func makePerformer() -> Performer {
    Performer(hostRate: 48_000, nominalBlock: 256, blockFrames: 2) { request in
      switch request.voice {
      case "a": return SineInstrument()
      case "b": return SineInstrument(level: 0.5)
      case "slow":
        usleep(50_000)
        return SineInstrument()
      case "other": return SineInstrument(sampleRate: 44_100)
      default: throw Missing(path: request.voice)
      }
    }
  }

  let note = [HostEvent(position: 0, kind: .noteOn, key: 57)]

  @Test func withoutAVoiceThereIsSilence() {
    let performer = makePerformer()
    #expect(performer.status == .none)
    #expect(performer.drive(note, total: 9600, sizes: [256]).allSatisfy { $0 == 0 })
    #expect(performer.counters.missingSamples == 0 && performer.counters.renderedBlocks == 0)
  }

  @Test func freewheelingWaitsForAVoiceThatIsLoading() {
    let performer = makePerformer()
    performer.load(voice: "slow")
    let waited = performer.drive(note, total: 9600, sizes: [256])
    #expect(performer.stage.status == .ready && performer.message.isEmpty)
    let ready = makePerformer()
    ready.load(voice: "a")
    #expect(waited == ready.drive(note, total: 9600, sizes: [256]))
  }

  private final class Places: Sendable { let list = Mutex<[String]>([]) }

  /// Says where it is taken apart.
  private final class Mortal: BlockInstrument, @unchecked Sendable {
    let sampleRate = 24_000, hop = 320
    private let end: @Sendable (String) -> Void

    init(end: @escaping @Sendable (String) -> Void) { self.end = end }

    deinit {
      end((try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? "")
    }

    func prepare(frames: Int) {}
    func reset() {}
    func render(
      frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
      into audio: UnsafeMutablePointer<Float>
    ) -> Bool {
      audio.update(repeating: 0.1, count: frames * hop)
      return true
    }
  }

  @Test func whatIsReplacedIsTakenApartWhereNobodyPlays() {
    let places = Places()
    let performer = Performer(hostRate: 48_000, nominalBlock: 256, blockFrames: 2) { request in
      if request.voice == "a" { return SineInstrument() }
      return Mortal { place in places.list.withLock { $0.append(place) } }
    }
    defer { performer.close() }
    for voice in ["mortal", "a", "mortal", "mortal again", "a"] {
      performer.load(voice: voice)
      _ = performer.drive(note, total: 9600, sizes: [256])
    }
    #expect(eventually { places.list.withLock { $0.count } == 3 })
    #expect(Set(places.list.withLock { $0 }) == ["fotoplayer old\n"])
  }

  @Test func aVoiceThatFailsLeavesTheOldOne() {
    let performer = makePerformer()
    performer.load(voice: "a")
    var output = performer.drive(note, total: 9600, sizes: [256])
    performer.load(voice: "nowhere")
    output += performer.drive([], total: 9600, sizes: [256])
    #expect(performer.status == .failed)
    #expect(performer.message == "nowhere: no such voice")
    let undisturbed = perform(SineInstrument()).drive(note, total: 19_200, sizes: [256])
    #expect(output == undisturbed)
    performer.load(voice: "other")
    _ = performer.drive([], total: 4800, sizes: [256])
    #expect(performer.status == .failed)
    #expect(
      performer.message == "other: expected 24000 Hz in frames of 320, found 44100 Hz in frames of 320")
  }

  @Test func voicesChangeWithoutAClick() {
    let performer = makePerformer()
    performer.load(voice: "a")
    var output = performer.drive(note, total: 9600, sizes: [256])
    let step = output.largestStep
    performer.load(voice: "b")
    output += performer.drive([], total: 9600, sizes: [256])
    #expect(performer.status == .ready)
    #expect(output.suffix(4800).allSatisfy { $0 == 0 }, "the new voice has not been struck yet")
    #expect(output.largestStep < 1.1 * step)
    output += performer.drive(note, total: 9600, sizes: [256])
    let half = perform(SineInstrument(level: 0.5)).drive(note, total: 9600, sizes: [256])
    #expect(output.suffix(9600).map(\.magnitude).max()! < 0.6 * output.map(\.magnitude).max()!)
    #expect(half.map(\.magnitude).max()! - output.suffix(9600).map(\.magnitude).max()! < 0.01)
  }

  @Test func anEmptyPathSilences() {
    let performer = makePerformer()
    performer.load(voice: "a")
    _ = performer.drive(note, total: 9600, sizes: [256])
    performer.load(voice: "")
    let output = performer.drive(note, total: 19_200, sizes: [256])
    #expect(performer.status == .none && output.suffix(9600).allSatisfy { $0 == 0 })
  }

  @Test func theLastOfManyRequestsWins() {
    let performer = makePerformer()
    for path in ["slow", "nowhere", "slow", "a", "", "b"] { performer.load(voice: path) }
    let output = performer.drive(note, total: 9600, sizes: [256])
    #expect(performer.status == .ready && performer.message.isEmpty)
    #expect(output == perform(SineInstrument(level: 0.5)).drive(note, total: 9600, sizes: [256]))
  }

  @Test func closingWhileAVoiceLoadsIsQuiet() {
    for _ in 0..<4 {
      let performer = makePerformer()
      performer.load(voice: "slow")
    }
    let performer = makePerformer()
    performer.load(voice: "slow")
    performer.close()
    performer.close()
  }
}
