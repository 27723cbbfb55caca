// `data rolls`: films of pianists become strips of keys, which a roll predictor learns from.
#if Films
import ArgumentParser
import FilmSets
import Foundation
import Synchronization
import Terminal
import Training

extension DataCommand {
  struct Rolls: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rolls", abstract: "Cut films to strips of keys, to learn from.",
      discussion: """
        Examples:
          fotoplayer-train data rolls --films data/films --out data/rolls
          fotoplayer-train data rolls --films data/films --films mine --out data/rolls
          fotoplayer-train data rolls --films data/films --out data/rolls-full --size full
          fotoplayer-train data rolls --audeo audeo --out data/audeo
          fotoplayer-train data rolls --audeo audeo --part testing --out data/audeo-testing

        The films lie as docs/films.md says. What is learned from needs no film any more. The same command goes on where it
        was stopped, and takes clips that have come since.

        --audeo takes pictures that were cut to the keys already, with labels, as the code of Audeo reads them:
        DIR/input_images/training/NAME/frame0.jpg …, 25 a second, and DIR/labels/training/NAME.pkl, or archives
        DIR/midi/training/NAME/0-50.npz. They show keys from above, so a predictor learns step 1 from them.
        """)

    @Option(help: "A folder of clips; may be given more than once.") var films: [String] = []
    @Option(help: "A folder of pictures and labels as Audeo has them; may be given more than once.") var audeo:
      [String] = []
    @Option(help: "Which half of --audeo: training or testing.") var part = AudeoSet.Part.training
    @Option(help: "The folder to fill; what is there already is kept.") var out: String
    @Option(help: "For which network: slim (624 × 64 points) or full (900 × 100, for Video2Roll).") var size =
      RollNetwork.slim
    @Option(help: "Clips cut at once.") var jobs = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
      guard !films.isEmpty || !audeo.isEmpty else {
        throw ValidationError("--films, --audeo: expected a folder of clips")
      }
      guard 1...256 ~= jobs else { throw ValidationError("--jobs \(jobs): expected 1…256") }
    }

    func run() throws {
      let sets: [any RollSourceSet] =
        try films.map { try FilmSet(URL(fileURLWithPath: $0)) }
        + audeo.map { try AudeoSet(URL(fileURLWithPath: $0), part) }
      let count = sets.reduce(0) { $0 + $1.rollSources.count }
      let bar = Mutex(ProgressBar(total: 100 * count, unit: "hundredths of clips"))
      let report = try RollSetMaker(folder: URL(fileURLWithPath: out), recipe: size.recipe).make(sets, jobs: jobs) {
        done in
        bar.withLock { $0.show(Int(100 * done + 0.5)) }
      }
      bar.withLock { $0.finish() }
      for finding in report.findings { print(finding.text) }
      print("\(out): \(report.clips) of \(count) clips")
      if report.clips < count { throw ExitCode(1) }
    }
  }
}

extension AudeoSet.Part: ExpressibleByArgument {}
#endif
