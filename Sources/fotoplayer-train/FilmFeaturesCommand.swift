// `features --video`: where films can be read.
#if Films
import ArgumentParser
import Conditioning
import Film
import Foundation
import Tensors
import Terminal
import Training
import Watching

extension FeaturesCommand {
  func writeFeatures(ofFilm path: String, _ cache: FeatureCache?) throws {
    let model = try ImageEncoder(encoder, feature: feature)
    Interruption.listen()
    let milliseconds = try FilmInformation(path).duration.map { max(1, Int($0 * 1000)) }
    var bar = milliseconds.map { ProgressBar(total: $0, unit: "ms") }
    let found = try FilmFeatures.of(path, model, rate: rate, cache: cache) { time in
      if let signal = Interruption.signal {
        bar?.finish()
        throw ExitCode(128 + signal)
      }
      bar?.show(min(milliseconds ?? 0, max(0, Int(time * 1000))))
    }
    bar?.finish()
    let times = Tensor(Shape(found.times.count), found.times.map { Float($0) })
    try SafeTensors.write(
      [("features", found.features), ("times", times)],
      metadata: ["encoder": model.identity, "feature": model.feature.rawValue, "film": path], to: output)
    print("\(output): \(found.times.count) pictures, \(model.width) numbers each")
  }
}
#else
import Conditioning
import Training

extension FeaturesCommand {
  func writeFeatures(ofFilm path: String, _ cache: FeatureCache?) throws {
    throw DataError(
      "features --video: this build has no films; use a fotoplayer-train that was built as usual (make build)")
  }
}
#endif
