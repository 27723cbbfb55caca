// RecordingSurveyTests: whatever is wrong with recordings is said, with the file's name and what to do, all of it at once.
import Foundation
import Media
import Score
import Scratch
import Testing
import Training

@Suite struct RecordingSurveyTests {
  let scratch = try! Scratch()
  /// The first that holds enough notes long enough to tell the tuning by.
  let score = (3...).lazy.map { SyntheticPiano.score(seed: $0, seconds: 20) }.first { score in
    score.notes.filter { 50...88 ~= $0.key && $0.velocity >= 30 && $0.end - $0.start > 0.4 }.count >= 40
  }!

  func path(_ name: String) -> String { scratch.path + "/takes/" + name }

  func write(_ bytes: some Sequence<UInt8>, _ name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
  }

  /// Writes a take: what the piano plays, and beside it a score, which is that unless another is given.
  func take(
    _ name: String, _ piano: SyntheticPiano = SyntheticPiano(), _ written: Score? = nil, ending: String = "wav",
    channels: Int = 1
  ) throws {
    try FileManager.default.createDirectory(atPath: scratch.path + "/takes", withIntermediateDirectories: true)
    try piano.write(score, to: path("\(name).\(ending)"), channels: channels)
    try write((written ?? score).midi(), name + ".mid")
  }

  func survey(leastMinutes: Double = 0.1) throws -> RecordingSurvey {
    let voice = scratch.path + "/voice.safetensors"
    try Toys.writeVoice(to: voice)
    return try RecordingSurvey(
      RecordingFolder(scratch.path + "/takes"), voice: TrainedVoice(path: voice), leastMinutes: leastMinutes, jobs: 2
    ) { _ in }
  }

  @Test func `All faults of a folder are said at once`() throws {
    try take("good", SyntheticPiano(rate: 44100, offset: 0.37), channels: 2)
    try take("flac", SyntheticPiano(rate: 48000, offset: 1), ending: "flac")
    try take("silent", SyntheticPiano(gain: 0))
    try take("clipped", SyntheticPiano(gain: 30, ceiling: 1))
    try take("soft", SyntheticPiano(gain: 0.01))
    try take("noisy", SyntheticPiano(noise: 0.006, tail: 4))
    try take("high", SyntheticPiano(cents: 120))
    try take("other", SyntheticPiano(), SyntheticPiano.score(seed: 9, seconds: 20))
    let after = (0..<20).map { index in
      Note(key: 60, velocity: 64, start: 40 + Double(index), end: 40.5 + Double(index))
    }
    try take("longer", SyntheticPiano(), Score(notes: score.notes + after, pedals: score.pedals))
    try take("nothing", SyntheticPiano(), Score())
    try take("broken")
    try write([1, 2, 3], "broken.mid")
    try take("empty")
    try write([], "empty.mid")
    try take("alone")
    try FileManager.default.removeItem(atPath: path("alone.mid"))
    try write(score.midi(), "unplayed.mid")
    try write([0xFF, 0xFB, 0x90], "song.mp3")
    try write([0xFF, 0xFB, 0x90], "lie.wav")
    try write(score.midi(), "lie.mid")
    let short = SyntheticPiano(tail: -18)
    try take("short", short)

    let survey = try survey()
    func expect(_ file: String, _ words: String, _ weight: Finding.Weight = .fault) {
      let found = survey.findings.filter { $0.file == file }
      #expect(found.contains { $0.weight == weight && $0.found.contains(words) }, "\(file): \(found)")
    }
    expect("silent.wav", "silent")
    expect("clipped.wav", "cut off at full scale in")
    expect("soft.wav", "much too soft")
    expect("noisy.wav", "noisy", .warning)
    expect("high.wav", "cents away from the voice")
    expect("other.wav", "does not fit it anywhere")
    expect("longer.mid", "20 of \(score.notes.count + 20) notes lie outside the recording, which ends")
    expect("nothing.mid", "no notes of a piano")
    expect("broken.mid", "no MIDI file that can be read")
    expect("empty.mid", "an empty file")
    expect("alone.wav", "no score beside it")
    expect("unplayed.mid", "no recording beside it", .warning)
    expect("song.mp3", "compressed with loss")
    expect("lie.wav", "cannot be used")
    expect("short.wav", "long")
    #expect(survey.usable.map(\.sound) == ["flac.flac", "good.wav", "noisy.wav"])
    let good = try #require(survey.reports.first { $0.sound == "good.wav" })
    #expect(good.findings.isEmpty && good.inside == score.notes.filter { $0.start < good.seconds }.count, "\(good)")
    let cents = try #require(good.cents)
    #expect(abs(good.alignment!.offset - 0.37) < 0.005 && abs(cents) < 3)
    #expect(survey.text(pitch: 440).contains("good.wav: 0:2"))
  }

  @Test func `One score for all recordings, of which each is a part`() throws {
    let whole = SyntheticPiano.score(seed: 8, seconds: 60)
    let piano = SyntheticPiano()
    let sound = piano.samples(whole)
    try FileManager.default.createDirectory(atPath: scratch.path + "/takes", withIntermediateDirectories: true)
    for (name, first) in [("one", 0), ("two", 25)] {
      try AudioFileWriter.write(
        Array(sound[(first * 24000)...].prefix(30 * 24000)), to: path("\(name).wav"), sampleRate: 24000)
    }
    try write(whole.midi(), "session.mid")
    let survey = try survey()
    #expect(survey.faults.isEmpty, "\(survey.findings)")
    let offsets = survey.reports.map { $0.alignment?.offset ?? 999 }
    #expect(abs(offsets[0]) < 0.005 && abs(offsets[1] + 25) < 0.005, "\(offsets)")
    #expect(survey.reports[1].inside < whole.notes.count)
  }

  @Test func `Channels that cancel each other, and too little music`() throws {
    try take("good")
    let mono = SyntheticPiano().samples(score)
    try AudioFileWriter.write(mono.flatMap { [$0, -0.98 * $0] }, to: path("good.wav"), sampleRate: 24000, channels: 2)
    let survey = try survey(leastMinutes: 1)
    #expect(survey.faults.contains { $0.found == "its channels cancel each other" })
    #expect(survey.faults.contains { $0.file.isEmpty && $0.found.contains("0.0 minutes") })
  }

  @Test func `Where the tuning cannot be heard, that is said`() throws {
    // The bass alone: its partials are not asked.
    let low = Score(
      notes: score.notes.map {
        Note(key: 28 + $0.key % 20, velocity: $0.velocity, start: $0.start, end: $0.end)
      })
    try FileManager.default.createDirectory(atPath: scratch.path + "/takes", withIntermediateDirectories: true)
    try SyntheticPiano().write(low, to: path("low.wav"), channels: 1)
    try write(low.midi(), "low.mid")
    let survey = try survey()
    #expect(survey.usable.map(\.sound) == ["low.wav"], "\(survey.findings)")
    #expect(survey.findings.contains { $0.file.isEmpty && $0.found.contains("tuning could not be heard") })
    #expect(survey.text(pitch: 440).contains("tuning not heard"))
  }

  @Test func `A folder without recordings is an error`() throws {
    let wrong = #expect(throws: DataError.self) { try RecordingFolder(scratch.path) }
    #expect(wrong?.description.contains("found no sound file") == true)
    #expect(throws: DataError.self) { try RecordingFolder("/nowhere") }
  }

  @Test func `What was seen is kept, until a file changes`() throws {
    try take("good")
    let voice = scratch.path + "/voice.safetensors"
    try Toys.writeVoice(to: voice)
    let kept = scratch.path + "/check.json"
    func survey() throws -> RecordingSurvey {
      try RecordingSurvey(
        RecordingFolder(scratch.path + "/takes"), voice: TrainedVoice(path: voice), kept: kept, leastMinutes: 0.1
      ) { _ in }
    }
    let first = try survey().reports
    // What stands in the file is believed as long as the bytes are the same.
    let text = try String(contentsOfFile: kept, encoding: .utf8)
    try text.replacingOccurrences(of: "\"inside\" : \(first[0].inside)", with: "\"inside\" : 7")
      .write(toFile: kept, atomically: true, encoding: .utf8)
    #expect(try survey().reports[0].inside == 7)
    try SyntheticPiano(offset: 0.2).write(score, to: path("good.wav"))
    let changed = try survey().reports[0]
    #expect(changed.inside == first[0].inside && abs(changed.alignment!.offset - 0.2) < 0.005)
  }
}
