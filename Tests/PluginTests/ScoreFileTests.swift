// ScoreFileTests: the path of a score is told, stored and found again; a file that cannot be performed is named in plain
// words, plays nothing, and is not forgotten.
import CLV2
import Foundation
import Hosting
import Score
import Testing

struct ScoreFileTests {
  private let piece = Score(notes: [Note(key: 60, velocity: 127, start: 0.1, end: 0.5)])

  /// Whether it comes to say exactly this.
  private func says(_ host: LV2Host, _ words: String) -> Bool {
    for _ in 0..<2000 {
      if host.property(statusURI) == words { return true }
      host.settle()
    }
    return false
  }

  private func rolls(_ host: LV2Host) -> Float {
    let sound = host.play(24_000, [(0, .transport(frame: 0)), (20_000, .transport(frame: 20_000, speed: 0))])
    return sound.max() ?? 0
  }

  @Test func aScoreIsSetToldStoredAndRestored() throws {
    let bundle = try TestBundle()
    let path = try bundle.write(piece)
    let host = try bundle.host()
    #expect(host.property(scoreURI) == "")
    let none = try host.saveState()
    #expect(none.contains("#score> \"\""), "an empty path would name the state's own file")
    host.set(scoreURI, toPath: path)
    let said = host.run(256) + host.run(256)
    #expect(said.contains { host.text(scoreURI, in: $0) == path })
    #expect(said.contains { host.isStateChanged($0) })
    let words = "playing \(bundle.voicePath); performing \(path), 1 notes"
    #expect(says(host, words))
    #expect(rolls(host) > 0.9)
    let state = try host.saveState()
    #expect(state.contains("score.mid"))

    let other = try bundle.host()
    try other.restoreState(state)
    // The very first cycle of an export waits for it.
    #expect(rolls(other) > 0.9)
    #expect(other.property(scoreURI) == path)
    #expect(try other.saveState() == state)
    // None again.
    other.set(scoreURI, toPath: "")
    other.run(256)
    #expect(rolls(other) == 0)
    #expect(try !other.saveState().contains("score.mid"))
    try other.restoreState(state)
    #expect(other.property(scoreURI) == path)
    try other.restoreState(none)
    #expect(other.property(scoreURI) == "")
    #expect(says(other, "playing \(bundle.voicePath)"))
    #expect(other.restore([versionURI: .int(1), scoreURI: .unterminated(path)]) == LV2_STATE_SUCCESS)
    #expect(other.property(scoreURI) == path)
    #expect(other.restore([versionURI: .int(1), scoreURI: .int(1)]) != LV2_STATE_SUCCESS)
    #expect(other.property(scoreURI) == path)
    // Presets of ports, and of voices, leave it.
    #expect(other.restore([:]) == LV2_STATE_SUCCESS)
    #expect(other.property(scoreURI) == path)
    for preset in other.bundle.presets { try other.apply(preset) }
    #expect(other.property(scoreURI) == path)
    #expect(other.restore([versionURI: .int(1), scoreURI: .path("")]) == LV2_STATE_SUCCESS)
    #expect(other.property(scoreURI) == "")
    other.put([scoreURI: path])
    #expect(other.property(scoreURI) == path)
  }

  @Test func whatCannotBePerformedIsNamedAndRemembered() throws {
    let bundle = try TestBundle()
    let whole = piece.midi()
    let pipe = bundle.folder + "/voices/pipe.mid"
    #expect(mkfifo(pipe, 0o600) == 0)
    let large = try bundle.add(bytes: [], "large.mid")
    #expect(truncate(large, 1 << 30) == 0)
    let cases: [(path: String, word: String)] = [
      (bundle.folder + "/nowhere.mid", "No such file"), (bundle.folder, "no file"), (pipe, "no file"),
      (large, "at most 8 MB"), (try bundle.add(bytes: [], "empty.mid"), "expected the header MThd"),
      (try bundle.add(bytes: Array(whole.dropLast(6)), "cut.mid"), "byte"),
      (try bundle.add("words.mid", "no music"), "expected the header MThd"),
    ]
    let good = try bundle.write(piece)
    let host = try bundle.host()
    for (path, word) in cases {
      host.set(scoreURI, toPath: good)
      #expect(rolls(host) > 0.9, "\(path)")
      host.set(scoreURI, toPath: path)
      #expect(rolls(host) == 0, "\(path)")
      let said = status(host, until: "cannot")
      #expect(said.contains("the score \(path) cannot be performed: ") && said.contains(word), "\(said)")
      #expect(host.property(scoreURI) == path)
      #expect(try host.saveState().contains(path.split(separator: "/").last ?? "-"))
      // The player's notes sound as ever.
      #expect((host.render(24_000, events: [(960, [0x90, 60, 127])]).max() ?? 0) > 0.5)
    }
    // As soon as it is there, setting it again finds it.
    let late = try bundle.add(bytes: whole, "cut.mid")
    host.set(scoreURI, toPath: late)
    #expect(rolls(host) > 0.9)
    // And one that has changed is read anew.
    try bundle.add(bytes: Score(notes: [Note(key: 60, velocity: 64, start: 0.1, end: 0.25)]).midi(), "cut.mid")
    host.set(scoreURI, toPath: late)
    #expect(abs(rolls(host) - 0.5) < 0.05)
  }

  @Test func whileItRollsLiveItIsReadBesideTheMusic() throws {
    let bundle = try TestBundle()
    let host = try bundle.host()
    let score = Score(
      notes: (0..<200).map { Note(key: 60, velocity: 127, start: Double($0) * 0.1, end: Double($0) * 0.1 + 0.05) })
    host.set(scoreURI, toPath: try bundle.write(score))
    host.sendTransport(frame: 0, isRolling: true)
    var peak: Float = 0
    for _ in 0..<3000 where peak < 0.5 {
      host.run(256)
      peak = max(peak, host.outputs[0].max() ?? 0)
      host.settle()
    }
    #expect(peak > 0.5)
  }
}
