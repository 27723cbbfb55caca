// `evaluate --films` and its page: where films can be read and pictures drawn.
#if Films
import ArgumentParser
import FilmSets
import Foundation
import Terminal
import Training

extension EvaluateCommand {
  /// AV-Align of several sets of sounds for one folder of films, each of which is watched once.
  func alignments(_ folder: String, _ comparisons: [SoundComparison]) throws -> [[SoundMeasure]] {
    let names = Set(comparisons.flatMap { Array($0.made.keys) + Array($0.real.keys) })
    var bar = ProgressBar(total: names.count, unit: "films seen")
    let films = try FilmAlignment(folder, names: names) { bar.show($0) }
    bar.finish()
    return try comparisons.map {
      try films.measures($0.made, of: "made") + films.measures($0.real, of: "real")
    }
  }

  func writePage(
    to folder: String, _ comparison: SoundComparison, _ rows: [SoundMeasure], _ clips: [String: Clip]
  ) throws {
    Interruption.listen()
    var page = ComparisonPage(stage ?? "\(made ?? "") beside \(real ?? "")", comparison, rows)
    page.words = clips.compactMapValues(\.captions.first)
    page.events = clips.mapValues { $0.events.map(\.time) }
    var bar = ProgressBar(total: page.count, unit: "pairs drawn")
    try page.write(to: URL(fileURLWithPath: folder)) { done in
      if let signal = Interruption.signal {
        bar.finish()
        throw ExitCode(128 + signal)
      }
      bar.show(done)
    }
    bar.finish()
    print("\n\(folder)/index.html: \(page.count) pairs to look at and to listen to")
  }
}
#else
import Training

extension EvaluateCommand {
  func alignments(_ folder: String, _ comparisons: [SoundComparison]) throws -> [[SoundMeasure]] {
    throw DataError(
      "evaluate --films: this build has no films; use a fotoplayer-train that was built as usual (make build)")
  }

  func writePage(
    to folder: String, _ comparison: SoundComparison, _ rows: [SoundMeasure], _ clips: [String: Clip]
  ) throws {
    throw DataError(
      "evaluate --out: this build draws no pictures; use a fotoplayer-train that was built as usual (make build)")
  }
}
#endif
