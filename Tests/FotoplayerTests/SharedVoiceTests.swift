// SharedVoiceTests: one copy of a voice in a process, however many play it; another file is another voice; none is kept.
import Foundation
import Performer
import Score
import Tensors
import TestVoices
import Testing

@Suite struct SharedVoiceTests {
  let place = try! Workplace()

  private func write(_ name: String, bound: Float = 0.3) throws -> String {
    let path = place.path + "/" + name
    try TestVoice.write(to: path, bound: bound)
    return path
  }

  @Test func `The same file is one voice, others are others`() throws {
    let one = try SharedVoice.open(write("one.safetensors"))
    #expect(try SharedVoice.open(place.path + "/one.safetensors") === one)
    #expect(try SharedVoice.open(write("two.safetensors")) !== one)
  }

  @Test func `A voice goes with the last who plays it`() throws {
    let path = try write("one.safetensors")
    weak var gone: SharedVoice?
    do {
      let players = try (0..<3).map { _ in VoicePlayer(try SharedVoice.open(path)) }
      gone = try SharedVoice.open(path)
      #expect(players.count == 3)
    }
    #expect(gone == nil)
    _ = try SharedVoice.open(path)
  }

  @Test func `A file that changed is another voice, and the old one plays on`() throws {
    let path = try write("one.safetensors")
    let old = try SharedVoice.open(path)
    try TestVoice.write(to: path, bound: 0.2)
    let new = try SharedVoice.open(path)
    #expect(new !== old)
    #expect(try SharedVoice.open(path) === new)
    #expect(old.voice.name == new.voice.name)
  }

  @Test func `A voice that cannot be opened is an error every time, and none once it can`() throws {
    let path = place.path + "/one.safetensors"
    for _ in 0..<2 { #expect(throws: VoiceError.self) { try SharedVoice.open(path) } }
    try TestVoice.write(to: path)
    #expect(try SharedVoice.open(path) === SharedVoice.open(path))
  }

  @Test func `Threads that ask at once get the same one`() throws {
    let path = try write("one.safetensors")
    let found = Found()
    for _ in 0..<30 {
      found.voices = [SharedVoice?](repeating: nil, count: 4)
      DispatchQueue.concurrentPerform(iterations: 4) { index in
        let voice = try? SharedVoice.open(path)
        found.lock.withLock { found.voices[index] = voice }
      }
      let first = try #require(found.voices[0])
      #expect(found.voices.allSatisfy { $0 === first })
      found.voices = []
    }
  }

  private final class Found: @unchecked Sendable {
    let lock = NSLock()
    var voices: [SharedVoice?] = []
  }

  @Test func `A second player adds its caches alone, and plays the same`() throws {
    let path = try write("one.safetensors")
    func player() throws -> VoicePlayer {
      let player = VoicePlayer(try SharedVoice.open(path))
      player.prepare(frames: 2)
      return player
    }
    let (first, alone) = try Storage.peak(player)
    let (second, beside) = try Storage.peak(player)
    // The weights as they are and in panels, in both the generator's programs and the decoder's.
    #expect(alone - beside > 2 * 4 * first.voice.parameterCount, "\(alone), then \(beside)")
    func sound(_ player: VoicePlayer) -> [Float] {
      let note = [PerformanceEvent(sample: 100, kind: .noteOn, key: 60, value: 90)]
      return OfflinePerformer(instrument: player, hostRate: 24_000, blockFrames: 2).render(note, seconds: 0.3)
    }
    let heard = sound(first)
    #expect(heard.contains { $0 != 0 } && sound(second) == heard)
  }
}
