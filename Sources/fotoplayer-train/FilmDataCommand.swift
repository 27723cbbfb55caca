// `data film`: performances before five cameras, for what learns to see.
#if Films
import ArgumentParser
import FilmSets
import Foundation
import Scenery
import Synchronization
import Terminal
import Training

extension DataCommand {
  struct Films: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "film", abstract: "Film performances: five views of a pianist, with scores and sound.",
      discussion: """
        Examples:
          fotoplayer-train data film --out data/films --clips 20 --seed 1
          fotoplayer-train data film --out looks --clips 6 --stills
          fotoplayer-train data film --out data/small --clips 5 --seconds 10 --size 960x540 --views top,pedal
          fotoplayer-train data film --out data/dim --clips 5 --seed 900 --light 0.35 --keys 61
          fotoplayer-train data film --out data/mine --clips 12 --place 7 --seed 100

        Each clip is a folder: top.mp4, left.mp4, right.mp4, front.mp4, pedal.mp4, coarse.mid (keys as they are seen),
        precise.mid (with velocities), fine.mid (with pedals), audio.wav and clip.json. The same command goes on where it
        was stopped, and more clips go into the same folder. The pictures are drawn; nobody was filmed.
        """)

    @Option(help: "The folder to fill; what is there already is kept.") var out: String
    @Option(help: "How many clips.") var clips = 10
    @Option(help: "Another seed, other music, pianos, hands and cameras.") var seed: UInt64 = 1
    @Option(help: "One pianist, piano, room and set of cameras for all clips, with this number; else others in each.")
    var place: UInt64?
    @Option(help: "Seconds a clip, 4…3600.") var seconds = 20.0
    @Option(help: "Views, with commas between them: top, left, right, front, pedal.") var views =
      "top,left,right,front,pedal"
    @Option(help: "Width and height of the films, in points.") var size = "480x270"
    @Option(help: "Pictures a second, 5…120.") var fps = 25
    @Option(help: "Kilobits a second of each film. By default a constant quality, as cameras and platforms keep.")
    var bitRate: Int?
    @Option(help: "Keys of the piano: 88, 76 or 61.") var keys = 88
    @Flag(help: "The top camera sees five octaves only.") var crop = false
    @Flag(help: "Mirror images, as some cameras at the front of telephones make.") var mirror = false
    @Flag(help: "Cameras that stand on their heads.") var upsideDown = false
    @Option(help: "Of the usual light, 0.05…1; what is dark is noisy.") var light: Float = 1
    @Option(help: "The sound font that plays.") var soundfont = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
    @Option(help: "Its licence, which travels into each clip.json.") var licence = "MIT"
    @Option(help: "A folder of MIDI files to play sections of, instead of composing.") var scores: String?
    @Option(help: "The share of clips that are played from them, 0…1.") var scoresShare = 1.0
    @Flag(help: "A PNG of each view from the middle of each clip instead of films.") var stills = false
    @Option(help: "Films made at once.") var jobs = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
      guard 1...99_999 ~= clips else { throw ValidationError("--clips \(clips): expected 1…99999") }
      guard 4...3600 ~= seconds else { throw ValidationError("--seconds \(seconds): expected 4…3600") }
      guard 5...120 ~= fps else { throw ValidationError("--fps \(fps): expected 5…120") }
      guard 0.05...1 ~= light else { throw ValidationError("--light \(light): expected 0.05…1") }
      guard 0...1 ~= scoresShare else { throw ValidationError("--scores-share \(scoresShare): expected 0…1") }
      guard 1...256 ~= jobs else { throw ValidationError("--jobs \(jobs): expected 1…256") }
      if let bitRate, !(10...100_000 ~= bitRate) {
        throw ValidationError("--bit-rate \(bitRate): expected 10…100000")
      }
      _ = (try chosenViews(), try sides(), try range())
    }

    private func chosenViews() throws -> [FilmView] {
      let names = views.split(separator: ",").map { String($0).trimmingCharacters(in: .whitespaces) }
      let found = names.compactMap { FilmView(rawValue: $0) }
      guard !found.isEmpty, found.count == names.count, Set(found).count == found.count else {
        throw ValidationError("--views \(views): expected some of top, left, right, front, pedal, each once")
      }
      return FilmView.allCases.filter(found.contains)
    }

    private func sides() throws -> (width: Int, height: Int) {
      let sides = size.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
      guard sides.count == 2, let width = sides[0], let height = sides[1], 64...7680 ~= width, 64...4320 ~= height,
        width % 2 == 0, height % 2 == 0
      else { throw ValidationError("--size \(size): expected such as 480x270, even numbers from 64 on") }
      return (width, height)
    }

    private func range() throws -> [Int] {
      guard let range = [88: [21, 108], 76: [28, 103], 61: [36, 96]][keys] else {
        throw ValidationError("--keys \(keys): expected 88, 76 or 61")
      }
      return range
    }

    func run() throws {
      let scores = try scores.map { try ScoreFolder(URL(fileURLWithPath: $0), share: scoresShare) }
      let synthesiser = try FluidSynth(soundFont: URL(fileURLWithPath: soundfont))
      var recipe = FilmRecipe(seed: seed, licence: licence, scores: scores?.identity, synthesiser)
      (recipe.seconds, recipe.framesPerSecond, recipe.views) = (seconds, fps, try chosenViews())
      (recipe.rig.width, recipe.rig.height) = try sides()
      (recipe.rig.isCropped, recipe.rig.mirrored, recipe.rig.upsideDown) = (crop, mirror, upsideDown)
      (recipe.rig.light, recipe.keys, recipe.bitRate) = (light, try range(), bitRate.map { 1000 * $0 })
      recipe.place = place
      let maker = FilmSetMaker(
        folder: URL(fileURLWithPath: out), synthesiser: synthesiser, recipe: recipe, scores: scores)
      if stills {
        var bar = ProgressBar(total: clips, unit: "clips")
        try maker.stills(clips: clips) { bar.show($0) }
        bar.finish()
        print("\(out): pictures of \(clips) clips")
        return
      }
      let bar = Mutex(ProgressBar(total: 100 * clips * recipe.views.count, unit: "hundredths of films"))
      try maker.make(clips: clips, jobs: jobs) { done, _ in bar.withLock { $0.show(Int(100 * done + 0.5)) } }
      bar.withLock { $0.finish() }
      let minutes = Double(clips) * seconds / 60
      print("\(out): \(clips) clips, \(String(format: "%.1f", minutes)) minutes, \(recipe.views.count) views each")
    }
  }
}
#endif
