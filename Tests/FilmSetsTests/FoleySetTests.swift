// FoleySetTests: Foley sets are the same bytes however they are made, go on where they were stopped, and pass their check.
import Causes
import Film
import FilmSets
import Foundation
import Media
import Scratch
import Testing
import Training

@Suite(.serialized) struct FoleySetTests {
  let scratch = try! Scratch()

  func folder(_ name: String) -> URL { URL(fileURLWithPath: scratch.path + "/" + name) }

  /// Packages as they might be installed: a door that creaks, two steps, and a fire.
  func library(_ name: String = "sounds") throws -> EffectLibrary {
    let place = folder(name + "/games/minetest/sounds")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    func write(_ file: String, rate: Int, _ value: (Double) -> Double, seconds: Double = 0.4) throws {
      try AudioFileWriter.write(
        (0..<Int(seconds * Double(rate))).flatMap { index -> [Float] in
          let sample = Float(value(Double(index) / Double(rate)))
          return [sample, sample]
        }, to: place.appendingPathComponent(file).path, sampleRate: rate, channels: 2)
    }
    func ring(_ t: Double, _ pitch: Double) -> Double { t < 0 ? 0 : exp(-t * 40) * cos(2 * .pi * pitch * t) }
    try write("doors_door_close.wav", rate: 44_100) { t in 0.05 * sin(300 * t) + 0.6 * ring(t - 0.2, 150) }
    try write("default_wood_footstep.1.wav", rate: 24_000) { ring($0 - 0.01, 300) }
    try write("default_wood_footstep.2.wav", rate: 24_000) { ring($0 - 0.02, 340) }
    try write("fire_fire.1.wav", rate: 24_000, { sin(9000 * $0 * $0) * 0.3 }, seconds: 1.5)
    return try EffectLibrary(folder(name), isHeldOut: false)
  }

  func recipe(_ library: EffectLibrary, seed: UInt64 = 5) -> FoleyRecipe {
    var recipe = FoleyRecipe(seed: seed, filmed: 0.6, isHeldOut: false, library)
    recipe.seconds = [2, 2.4]
    return recipe
  }

  func make(_ name: String, clips: Int, jobs: Int, seed: UInt64 = 5) throws -> ClipManifest {
    let library = try library()
    return try FoleySetMaker(folder: folder(name), recipe: recipe(library, seed: seed), library: library)
      .make(clips: clips, jobs: jobs) { _ in }
  }

  func bytes(_ name: String) throws -> [String: Data] {
    let names = try #require(FileManager.default.enumerator(atPath: folder(name).path)).compactMap { $0 as? String }
    return try Dictionary(
      uniqueKeysWithValues: names.compactMap { file in
        let place = folder(name).appendingPathComponent(file)
        return place.hasDirectoryPath ? nil : (file, try Data(contentsOf: place))
      })
  }

  @Test func `A set is the same bytes for any number of jobs, and whatever was there`() throws {
    _ = try make("whole", clips: 6, jobs: 3)
    let expected = try bytes("whole")
    _ = try make("other", clips: 2, jobs: 1)
    let begun = folder("other/.clip-00003")
    try FileManager.default.createDirectory(at: begun, withIntermediateDirectories: true)
    try Data([1, 2, 3]).write(to: begun.appendingPathComponent("audio.wav"))
    _ = try make("other", clips: 6, jobs: 2)
    let isSame = try bytes("other") == expected
    #expect(isSame)
    let refusal = #expect(throws: DataError.self) { _ = try make("other", clips: 6, jobs: 1, seed: 4) }
    #expect(refusal?.description.contains("another set") == true)
  }

  @Test func `Clips, their files and the manifest say the same, and pass the check`() throws {
    let manifest = try make("set", clips: 8, jobs: 2)
    let read = try ClipManifest(folder("set").path)
    #expect(read.clips == manifest.clips && read.clips.count == 8 && read.missing.isEmpty)
    #expect(Set(read.clips.map(\.kind)) == [.textAudio, .textVideoAudio])
    for clip in read.clips {
      let check = ClipCheck(clip, of: read)
      #expect(check.findings.isEmpty, "\(check.findings.map(\.text))")
      let said = try FoleyClip(in: folder("set/" + clip.id))
      #expect(
        said.captions == clip.captions && said.caption == said.captions[0] && said.isFilmed == (clip.video != nil))
      #expect(said.events.map(\.time) == clip.events.map(\.time) && !said.events.isEmpty)
      let sound = try AudioFileReader(read.audio(clip))
      #expect(sound.sampleRate == 24_000 && sound.channels == 1)
      #expect(sound.frames == Int((said.seconds * 24_000).rounded()))
      let samples = sound.readAll()
      #expect(samples.allSatisfy { abs($0) <= 0.95 })
      #expect(-27 ... -17 ~= 20 * log10(Stage.loudest(samples)), "\(clip.id)")
      if let video = read.video(clip) {
        let film = try FilmReader(video)
        var frames = 0
        while try film.next() != nil { frames += 1 }
        #expect(frames == Int((said.seconds * 25).rounded()))
      }
    }
    let licences = read.licences
    #expect(licences.reduce(0) { $0 + $1.clips } == 8)
    #expect(licences.contains { $0.source == "minetest-data" && $0.licence.contains("CC BY-SA") })
  }

  @Test func `A recording's onset is where it is heard to begin; a door's where it strikes`() throws {
    let library = try library("onsets")
    let plan = (0..<40).lazy.map { FoleyPlan(self.recipe(library), index: $0, library: library) }
    let door = try #require(plan.first { $0.category == "door" }?.recordings.first)
    #expect(abs(Double(door.onset) / 24_000 - 0.2) < 0.004, "\(door.onset)")
    let steps = plan.filter { $0.category == "footsteps on wood" }.flatMap(\.recordings)
    for step in steps where step.name.contains("footstep.1") {
      #expect(abs(Double(step.onset) / 24_000 - 0.01) < 0.003, "\(step.onset)")
    }
    #expect(!steps.isEmpty)
  }

  @Test func `What to install is said where there are no recordings`() throws {
    let refusal = #expect(throws: DataError.self) {
      _ = try EffectLibrary(folder("nothing"), isHeldOut: false)
    }
    #expect(refusal?.description.contains("apt install --no-install-recommends minetest-data") == true)
    let other = #expect(throws: DataError.self) { _ = try EffectLibrary(folder("nothing"), isHeldOut: true) }
    #expect(other?.description.contains("scratch lugaru-data") == true)
  }

  @Test func `What lacks in a clip, is silent, too short or no film is a fault`() throws {
    let place = folder("mine")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    for (name, level) in [("silent.wav", Float(0)), ("loud.wav", 0.5)] {
      try AudioFileWriter.write(
        [Float](repeating: level, count: 24_000), to: place.appendingPathComponent(name).path, sampleRate: 24_000)
    }
    try Data("no film".utf8).write(to: place.appendingPathComponent("film.mp4"))
    func findings(_ audio: String, video: String? = nil, start: Double? = nil, seconds: Double? = nil) -> [Finding] {
      var clip = Clip(id: "a", audio: audio, key: "a")
      (clip.captions, clip.video, clip.start, clip.seconds) = (["words"], video, start, seconds)
      clip.licence = "CC0"
      return ClipCheck(clip, of: ClipManifest(folder: place, clips: [clip])).findings
    }
    #expect(findings("loud.wav", seconds: 1).isEmpty)
    #expect(findings("none.wav").first?.found == "missing")
    #expect(findings("silent.wav").first?.found == "silent")
    #expect(findings("loud.wav", start: 3, seconds: 2).first?.weight == .fault)
    #expect(findings("loud.wav", seconds: 1.5).first?.weight == .warning)
    #expect(findings("loud.wav", video: "film.mp4").first?.weight == .fault)
    #expect(findings("loud.wav", video: "gone.mp4").first?.found == "missing")
  }

  @Test func `Held-out packages are others, and know no sound that cannot be learned`() {
    let learned = Set(EffectPackage.all.filter { !$0.isHeldOut }.map(\.name))
    let kept = Set(EffectPackage.all.filter(\.isHeldOut).map(\.name))
    #expect(learned.isDisjoint(with: kept) && !kept.isEmpty)
  }
}
