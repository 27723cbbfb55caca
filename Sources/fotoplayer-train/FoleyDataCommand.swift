// `data foley`: sounds with words and films of what makes them, for what learns to sound films.
#if Films
import ArgumentParser
import Causes
import FilmSets
import Foundation
import Synchronization
import Terminal
import Training

extension DataCommand {
  struct Foley: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make clips of Foley: sounds with captions, and films of what makes them.",
      discussion: """
        Examples:
          fotoplayer-train data foley --out data/foley --clips 400 --seed 1
          fotoplayer-train data foley --out data/foley-test --clips 40 --seed 2 --held-out
          fotoplayer-train data foley --out data/small --clips 30 --causes bounce,hammer --filmed 1
          fotoplayer-train data foley --out looks --clips 12 --filmed 1 --stills

        Each clip is a folder: clip.json (captions, events with their times, licence), audio.wav (24 kHz) and, of the
        filmed ones, video.mp4; clips.jsonl lists them. Sounds come from free recordings in Debian's packages, which must
        be installed (or unpacked, see --sounds), and are computed where these have none; `--filmed 1 --causes
        bounce,hammer,rain,car` needs no package. The same command goes on where
        it was stopped. docs/foley-data.md says more.
        """)

    @Option(help: "The folder to fill; what is there already is kept.") var out: String
    @Option(help: "How many clips.") var clips = 100
    @Option(help: "Another seed, other clips.") var seed: UInt64 = 1
    @Option(help: "The share of clips that are filmed, 0…1.") var filmed = 0.75
    @Option(help: "What is filmed, with commas between: bounce, hammer, door, rain, car, steps.") var causes =
      "bounce,hammer,door,rain,car,steps"
    @Option(help: "The shortest and the longest clip, in seconds, 2…60.") var seconds = "4-8"
    @Flag(help: "From the packages that are kept for testing: no recording is one of those that are learned.")
    var heldOut = false
    @Option(help: "Where the packages' files are: /usr/share, or a folder that packages were unpacked into.")
    var sounds = "/usr/share"
    @Flag(help: "A PNG of each filmed clip, at its first event, instead of clips.") var stills = false
    @Option(help: "Clips made at once.") var jobs = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
      guard 1...99_999 ~= clips else { throw ValidationError("--clips \(clips): expected 1…99999") }
      guard 0...1 ~= filmed else { throw ValidationError("--filmed \(filmed): expected 0…1") }
      guard 1...256 ~= jobs else { throw ValidationError("--jobs \(jobs): expected 1…256") }
      _ = (try chosenCauses(), try lengths())
    }

    private func chosenCauses() throws -> [CauseKind] {
      let names = causes.split(separator: ",").map { String($0).trimmingCharacters(in: .whitespaces) }
      let found = names.compactMap { CauseKind(rawValue: $0) }
      guard !found.isEmpty, found.count == names.count, Set(found).count == found.count else {
        throw ValidationError("--causes \(causes): expected some of bounce, hammer, door, rain, car, steps, each once")
      }
      return CauseKind.allCases.filter(found.contains)
    }

    private func lengths() throws -> [Double] {
      let ends = seconds.split(separator: "-", omittingEmptySubsequences: false).map { Double($0) }
      guard ends.count == 2, let low = ends[0], let high = ends[1], 2 <= low, low <= high, high <= 60 else {
        throw ValidationError("--seconds \(seconds): expected such as 4-8, from 2 to 60")
      }
      return [low, high]
    }

    func run() throws {
      let chosen = try chosenCauses()
      let isNeeded = filmed < 1 || chosen.contains(.door) || chosen.contains(.steps)
      let library = try EffectLibrary(URL(fileURLWithPath: sounds), isHeldOut: heldOut, isNeeded: isNeeded)
      if !library.missing.isEmpty {
        let note =
          "Without \(library.missing.joined(separator: ", ")): fewer sounds. apt install --no-install-recommends"
        FileHandle.standardError.write(Data("\(note) \(library.missing.joined(separator: " "))\n".utf8))
      }
      var recipe = FoleyRecipe(seed: seed, filmed: filmed, isHeldOut: heldOut, library)
      (recipe.causes, recipe.seconds) = (chosen, try lengths())
      let maker = FoleySetMaker(folder: URL(fileURLWithPath: out), recipe: recipe, library: library)
      let bar = Mutex(ProgressBar(total: clips, unit: "clips"))
      if stills {
        let count = try maker.stills(clips: clips) { done in bar.withLock { $0.show(done) } }
        bar.withLock { $0.finish() }
        print("\(out): pictures of \(count) clips")
        return
      }
      let manifest = try maker.make(clips: clips, jobs: jobs) { done in bar.withLock { $0.show(done) } }
      bar.withLock { $0.finish() }
      print(manifest.summary(out))
      for licence in manifest.licences { print("  \(licence.line)") }
    }
  }
}
#endif
