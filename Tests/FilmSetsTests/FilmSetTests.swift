// FilmSetTests: film sets are the same bytes however they are made, go on where they were stopped, and pass their own check.
import Film
import FilmSets
import Foundation
import Media
import Scenery
import Score
import Scratch
import Testing
import Training

@Suite(.serialized) struct FilmSetTests {
  static let font = URL(fileURLWithPath: "/usr/share/sounds/sf2/FluidR3_GM.sf2")
  let scratch = try! Scratch()
  let synthesiser = try! FluidSynth(soundFont: font)

  func folder(_ name: String) -> URL { URL(fileURLWithPath: scratch.path + "/" + name) }

  func recipe(seed: UInt64 = 7) -> FilmRecipe {
    var recipe = FilmRecipe(seed: seed, licence: "MIT", synthesiser)
    (recipe.seconds, recipe.framesPerSecond, recipe.views) = (4, 20, [.top, .pedal])
    (recipe.rig.width, recipe.rig.height) = (320, 180)
    return recipe
  }

  func make(_ folder: URL, clips: Int, jobs: Int, seed: UInt64 = 7) throws {
    try FilmSetMaker(folder: folder, synthesiser: synthesiser, recipe: recipe(seed: seed))
      .make(clips: clips, jobs: jobs) { _, _ in }
  }

  func bytes(_ folder: URL) throws -> [String: Data] {
    let names = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
    return try Dictionary(
      uniqueKeysWithValues: names.compactMap { name in
        let file = folder.appendingPathComponent(name)
        return file.hasDirectoryPath ? nil : (name, try Data(contentsOf: file))
      })
  }

  @Test func `A set is the same bytes for any number of jobs, and whatever was there`() throws {
    let whole = folder("whole")
    try make(whole, clips: 2, jobs: 3)
    let expected = try bytes(whole)
    let clip = [
      "top.mp4", "pedal.mp4", "coarse.mid", "precise.mid", "fine.mid", "audio.wav", "clip.json", "heights.f32",
    ]
    var names: Set = ["manifest.json"]
    for name in clip { names.formUnion(["clip-00001/" + name, "clip-00002/" + name]) }
    #expect(Set(expected.keys) == names)
    // One clip is there, another was begun: a film is whole, of another a part lies about.
    let other = folder("other")
    try make(other, clips: 1, jobs: 1)
    let begun = other.appendingPathComponent(".clip-00002")
    try FileManager.default.createDirectory(at: begun, withIntermediateDirectories: true)
    try expected["clip-00002/top.mp4"]?.write(to: begun.appendingPathComponent("top.mp4"))
    try Data([1, 2, 3]).write(to: begun.appendingPathComponent("pedal.mp4.17.part"))
    try make(other, clips: 2, jobs: 2)
    let isSame = try bytes(other) == expected
    #expect(isSame)
    // A clip from before heights were told gets them.
    try FileManager.default.removeItem(at: other.appendingPathComponent("clip-00001/heights.f32"))
    try make(other, clips: 2, jobs: 2)
    let isSameAgain = try bytes(other) == expected
    #expect(isSameAgain)
    let refusal = #expect(throws: DataError.self) { try make(other, clips: 2, jobs: 1, seed: 4) }
    #expect(refusal?.description.contains("another set") == true)
  }

  @Test func `Films, scores, sound and description of a clip fit together`() throws {
    try make(folder("set"), clips: 1, jobs: 2)
    let clip = try #require(try FilmSet(folder("set")).clips.first)
    let check = FilmCheck(clip)
    #expect(!check.isFaulty, "\(check.findings.map(\.text))")
    #expect(check.views == [.top, .pedal] && abs(check.seconds - 4) < 0.05)
    let missing = Set(check.findings.map(\.file))
    #expect(missing.isSuperset(of: ["left", "right", "front"].map { "clip-00001/\($0).mp4" }))

    let (coarse, precise, fine) = (try clip.read(.coarse), try clip.read(.precise), try clip.read(.fine))
    #expect(precise.notes == fine.notes && precise.pedals.isEmpty && !fine.pedals.isEmpty)
    #expect(coarse.notes.map(\.key).sorted() == precise.notes.map(\.key).sorted())
    #expect(Set(coarse.notes.map(\.velocity)) == [64] && Set(precise.notes.map(\.velocity)).count > 1)
    #expect(fine.notes.count == check.notes)

    let description = try #require(try clip.clip())
    #expect(description.licence == "MIT" && description.style == "FluidR3_GM" && description.seed == 7)
    let film = try #require(description.films?.first)
    let camera = try #require(film.camera?.camera)
    let corner = try #require(camera.project([0, 0, 0]))
    #expect(film.view == .top && film.corners?[0] == [corner.x, corner.y])

    // The film is what its camera sees.
    let sound = try AudioFileReader(try #require(clip.sound).path)
    #expect(sound.frames == 4 * 24000)
    let reader = try FilmReader(try #require(clip.film(.top)).path)
    let plan = ClipPlan(recipe(), index: 0, scores: nil)
    let filming = plan.filming(.top)
    var (frames, error) = (0, 0.0)
    while let (time, picture) = try reader.next() {
      #expect(abs(time - Double(frames) / 20) < 1e-3)
      if frames == 37 {
        let drawn = filming.frame(37).bytes
        var sum = 0
        for index in drawn.indices { sum += abs(Int(drawn[index]) - Int(picture.bytes[index])) }
        error = Double(sum) / Double(drawn.count)
      }
      frames += 1
    }
    #expect(frames == 80 && error > 0 && error < 12, "\(error)")
  }

  @Test func `In one place everything but the music is the same`() {
    var recipe = recipe()
    let elsewhere = ClipPlan(recipe, index: 0, scores: nil).clip
    recipe.place = 12
    let (first, second) = (ClipPlan(recipe, index: 0, scores: nil), ClipPlan(recipe, index: 1, scores: nil))
    let (one, other) = (first.clip, second.clip)
    #expect(one.look == other.look && one.films?.first?.camera == other.films?.first?.camera)
    #expect(one.look != elsewhere.look && one.films?.first?.camera != elsewhere.films?.first?.camera)
    #expect(first.score(.fine) != second.score(.fine) && one.seed != other.seed)
  }

  @Test func `A smaller keyboard plays what it lacks in another octave`() {
    let keys: [UInt8] = [21, 36, 96, 108]
    let score = Score(notes: keys.map { Note(key: $0, velocity: 60, start: Double($0), end: Double($0) + 0.5) })
    #expect(ClipPlan.folded(score, into: 36...96).notes.map(\.key) == [45, 36, 96, 96])
    #expect(ClipPlan.folded(score, into: 21...108) == score)
  }
}
