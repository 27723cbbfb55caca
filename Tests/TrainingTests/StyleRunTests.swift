// StyleRunTests: recordings become a set and a voice; a run that was stopped arrives at the same bits.
import Foundation
import Performer
import Score
import Scratch
import Tensors
import Testing
import Training

@Suite(.serialized) struct StyleRunTests {
  let scratch = try! Scratch()

  var takes: String { scratch.path + "/takes" }
  var voicePath: String { scratch.path + "/toy.safetensors" }

  /// Three takes of different rates, a voice, and what was seen of them.
  func prepare() throws -> (voice: TrainedVoice, survey: RecordingSurvey) {
    try FileManager.default.createDirectory(atPath: takes, withIntermediateDirectories: true)
    for (index, rate) in [24000, 44100, 48000].enumerated() {
      let score = SyntheticPiano.score(seed: UInt64(20 + index), seconds: 16)
      let piano = SyntheticPiano(rate: rate, offset: 0.3 * Double(index), cents: 20)
      try piano.write(score, to: takes + "/take\(index).wav")
      try Data(score.midi()).write(to: URL(fileURLWithPath: takes + "/take\(index).mid"))
    }
    try Toys.writeVoice(to: voicePath)
    let voice = try TrainedVoice(path: voicePath)
    return (voice, try RecordingSurvey(RecordingFolder(takes), voice: voice, leastMinutes: 0.1, jobs: 2) { _ in })
  }

  func settings(until: Int? = nil) -> StyleRun.Settings {
    var settings = StyleRun.Settings(licence: "CC0")
    (settings.codecSteps, settings.generatorSteps) = (4, 8)
    (settings.codecFrames, settings.generatorFrames) = (24, 24)
    (settings.options.threads, settings.options.showsProgress, settings.options.until) = (2, false, until)
    return settings
  }

  @Test func `Recordings become a set whose scores lie where the sounds are`() throws {
    let (_, survey) = try prepare()
    #expect(survey.faults.isEmpty, "\(survey.findings)")
    let folder = URL(fileURLWithPath: scratch.path + "/set")
    func make() throws -> RecordingManifest {
      try RecordingSetMaker(folder: folder, recordings: takes, survey: survey, licence: "CC0").make { _ in }
    }
    let manifest = try make()
    #expect(abs(manifest.recipe.cents - 20) < 3 && manifest.pieces.count >= 3)
    let set = try PianoSet(folder)
    #expect(set.manifest.licence == "CC0" && set.manifest.summary.contains("3 files"))
    let written = survey.usable.reduce(0) { $0 + $1.inside }
    #expect(set.pieces.reduce(0) { $0 + $1.events.filter { $0.kind == .noteOn }.count } == written)
    for (piece, entry) in zip(set.pieces, manifest.pieces) where entry.name.hasSuffix("-001") {
      let first = Int(try #require(piece.events.first { $0.kind == .noteOn }).sample)
      func power(_ from: Int) throws -> Float { try piece.audio(from: from, count: 480).reduce(0) { $0 + $1 * $1 } }
      #expect(try power(first) > 3 * power(first - 600), "a recording begins with silence, then its first note")
    }
    // What is whole is not made again; what lacks is, to the same bytes.
    let path = folder.path + "/recording-0002-001.s16"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: DataError.self) { try PianoSet(folder) }
    #expect(try make().pieces.count == manifest.pieces.count)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
    // Another licence, another set.
    #expect(throws: DataError.self) {
      try RecordingSetMaker(folder: folder, recordings: takes, survey: survey, licence: "MIT").make { _ in }
    }
  }

  @Test func `A style is trained, judged and exported, and a stopped one arrives at the same bits`() throws {
    let (voice, survey) = try prepare()
    func train(_ name: String, stops: [Int?]) throws -> (StyleRun, PianoSet) {
      for until in stops {
        let style = try StyleRun(folder: scratch.path + "/" + name, voice: voice, settings: settings(until: until))
        let set = try style.makeSet(survey, from: takes) { _ in }
        guard try style.trainCodec(set) == .finished else { continue }
        _ = try style.trainGenerator(set) { _ in }
      }
      let style = try StyleRun(folder: scratch.path + "/" + name, voice: voice, settings: settings())
      let set = try style.makeSet(survey, from: takes) { _ in }
      #expect(try style.trainCodec(set) == .finished)
      #expect(try style.trainGenerator(set) { _ in } == .finished)
      return (style, set)
    }
    let (style, set) = try train("whole", stops: [])
    let (stopped, _) = try train("stopped", stops: [2, 6])
    for part in [StyleRun.Part.codec, .generator] {
      for name in ["weights", "first-moment", "second-moment", "average"] {
        #expect(
          try Scratch.file(name, of: style.run(part)) == Scratch.file(name, of: stopped.run(part)), "\(part) \(name)")
      }
    }
    let judgement = try style.judge(set)
    #expect(judgement.performed.after.isFinite && judgement.carried.before > 0 && judgement.seconds > 5)
    #expect(judgement.text(voice: "Toy").contains("How far from your playing"))
    let heard = try FileManager.default.contentsOfDirectory(atPath: style.heard)
    #expect(Set(heard) == ["recording.wav", "before.wav", "codec.wav", "after.wav"])

    let path = scratch.path + "/mine.safetensors"
    try style.export(set, name: "Mine", to: path)
    let mine = try Voice(path: path)
    #expect(mine.name == "Mine" && mine.card["licence"] == "CC0 (recordings); ISC (base voice)")
    #expect(mine.card["base voice"] == voice.identity && mine.card["steps"] == "codec step 4, generator step 8, seed 1")
    let further = try TrainedVoice(path: path)
    #expect(abs(1200 * log2(further.pitch / voice.pitch) - survey.cents) < 0.01)
    #expect(further.statistics.mean.array == voice.statistics.mean.array)
    let note = [PerformanceEvent(sample: 400, kind: .noteOn, key: 60, value: 90)]
    let sound = OfflinePerformer(instrument: VoicePlayer(mine), hostRate: 24000, blockFrames: 2)
      .render(note, seconds: 0.5)
    #expect(sound.allSatisfy { $0.isFinite } && sound.contains { abs($0) > 1e-6 })
  }

  @Test func `The time that there is decides the steps, once`() throws {
    let (voice, survey) = try prepare()
    var settings = settings()
    (settings.codecSteps, settings.generatorSteps, settings.minutes) = (nil, nil, 0.02)
    func steps() throws -> Int? {
      let style = try StyleRun(folder: scratch.path + "/timed", voice: voice, settings: settings)
      let set = try style.makeSet(survey, from: takes) { _ in }
      #expect(try style.trainCodec(set) == .finished)
      return try RunFolder.configuration(style.run(.codec))["trainer"]?["schedule"]?["steps"]?.integer
    }
    let first = try #require(try steps())
    #expect(first >= 20)
    #expect(try steps() == first)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/timed/timing"))
  }
}
