// `evaluate --films`: where films can be read.
#if Films
import FilmSets
import Terminal
import Training

extension EvaluateCommand {
  func alignment(_ folder: String, _ comparison: SoundComparison) throws -> [SoundMeasure] {
    let names = Set(comparison.made.keys).union(comparison.real.keys)
    var bar = ProgressBar(total: names.count, unit: "films seen")
    let films = try FilmAlignment(folder, names: names) { bar.show($0) }
    bar.finish()
    return try films.measures(comparison.made, of: "made") + films.measures(comparison.real, of: "real")
  }
}
#else
import Training

extension EvaluateCommand {
  func alignment(_ folder: String, _ comparison: SoundComparison) throws -> [SoundMeasure] {
    throw DataError(
      "evaluate --films: this build has no films; use a fotoplayer-train that was built as usual (make build)")
  }
}
#endif
