// RollSetMakerTests: drawn films become strips in which keys lie where they belong, once; what is wrong is said.
import Conditioning
import FilmSets
import Foundation
import Scenery
import Scratch
import Testing
import Training

@Suite(.serialized) struct RollSetMakerTests {
  let scratch = try! Scratch()
  func folder(_ name: String) -> URL { URL(fileURLWithPath: scratch.path + "/" + name) }

  @Test func `Films become strips, and what is there stays`() throws {
    let synthesiser = try FluidSynth(soundFont: FilmSetTests.font)
    var recipe = FilmRecipe(seed: 7, licence: "MIT", synthesiser)
    (recipe.seconds, recipe.framesPerSecond, recipe.views) = (4, 20, [.top, .pedal])
    (recipe.rig.width, recipe.rig.height) = (640, 360)
    try FilmSetMaker(folder: folder("films"), synthesiser: synthesiser, recipe: recipe)
      .make(clips: 1, jobs: 2) { _, _ in }
    let films = try FilmSet(folder("films"))
    let strip = StripGeometry(rows: 32, pitch: 8)
    let maker = RollSetMaker(folder: folder("rolls"), recipe: RollSet.Recipe(strip))
    let report = try maker.make([films], jobs: 1) { _ in }
    #expect(report.clips == 1 && report.findings.isEmpty)
    let set = try RollSet(folder("rolls"))
    let clip = try #require(set.clips.first)
    #expect(clip.name == "films-clip-00001" && clip.views == [.top, .pedal] && clip.times.count == 80)
    #expect(clip.keys == 21...108 && abs(clip.period - 0.05) < 1e-6)
    #expect(clip.description.style == "FluidR3_GM" && set.licence == "MIT")
    // Fingers hang where they were drawn; a clip that was cut before they were told of gets them.
    let hanging = try #require(clip.heights)
    let drawn = try #require(try FingerHeights(in: folder("films/clip-00001")))
    func isAlike(_ a: FingerHeights, _ b: FingerHeights) -> Bool {
      a.count == b.count && (0..<a.count).allSatisfy { a[$0].map(\.bitPattern) == b[$0].map(\.bitPattern) }
    }
    #expect(isAlike(hanging, drawn) && hanging[0].contains { $0 > 0 })
    try FileManager.default.removeItem(atPath: FingerHeights.path(in: folder("rolls/films-clip-00001")))
    #expect(try maker.make([films], jobs: 1) { _ in }.clips == 1)
    #expect(isAlike(try #require(try RollSet(folder("rolls")).clips[0].heights), drawn))
    // Black keys are darker than white ones at their backs, wherever no hand lies.
    let first = try clip.pictures(.top, [0])
    func grey(_ key: Int) -> Int {
      Int(first[8 * strip.columns + Int(StripGeometry.centre(key) * Float(strip.pitch))])
    }
    let black = [1, 3, 6, 8, 10]
    let (dark, light) = ((0..<88).filter { black.contains(($0 + 9) % 12) }, [0, 2, 3, 5, 7, 8, 10].map { $0 + 12 })
    let brightest = dark.map(grey).sorted()[dark.count / 2]
    let darkest = light.map(grey).sorted()[light.count / 2]
    #expect(brightest < darkest, "\(brightest), \(darkest)")
    // The same command again reads no film; another film is noticed.
    let time = {
      try FileManager.default.attributesOfItem(atPath: RollClip.path(.top, in: self.folder("rolls/films-clip-00001")))[
        .modificationDate] as? Date
    }
    let before = try time()
    #expect(try maker.make([films], jobs: 2) { _ in }.clips == 1)
    #expect(try time() == before)
    #expect(throws: DataError.self) {
      try RollSetMaker(folder: folder("rolls"), recipe: .full).make([films], jobs: 1) { _ in
      }
    }
    try Data([0]).write(to: folder("films/clip-00001/left.mp4"))
    let changed = try maker.make([FilmSet(folder("films"))], jobs: 1) { _ in }
    #expect(changed.clips == 0 && changed.findings.first?.text.contains("others than those") == true)
    // A film that is none, and corners that are not known.
    let broken = try RollSetMaker(folder: folder("other"), recipe: RollSet.Recipe(strip)).make(
      [FilmSet(folder("films"))], jobs: 1
    ) {
      _ in
    }
    #expect(broken.clips == 0 && broken.findings.first?.text.contains("left.mp4") == true)
    try FileManager.default.removeItem(at: folder("films/clip-00001/left.mp4"))
    try FileManager.default.removeItem(at: folder("films/clip-00001/clip.json"))
    let lost = try RollSetMaker(folder: folder("other"), recipe: RollSet.Recipe(strip)).make(
      [FilmSet(folder("films"))], jobs: 1
    ) { _ in
    }
    #expect(lost.clips == 1 && lost.findings.first?.text.contains("corners") == true)
    #expect(try RollSet(folder("other")).clips.map(\.views) == [[.pedal]])
  }
}
