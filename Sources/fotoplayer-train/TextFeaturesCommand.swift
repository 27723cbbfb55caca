// `features --text`: where captions can be read.
#if Captions
import Conditioning
import Foundation
import Tensors
import Training
import Words

extension FeaturesCommand {
  func writeFeatures(ofText text: String, _ cache: FeatureCache?) throws {
    let model = try TextEncoder(encoder, cache: cache)
    let found = try model.features(of: text)
    if found.isCut {
      print(
        "note: the caption has \(found.whole) tokens; the model reads the first \(found.tokens.count - 1) and an end")
    }
    try SafeTensors.write(
      [("features", found.features), ("mask", Tensor(repeating: 1, Shape(found.tokens.count)))],
      metadata: [
        "encoder": model.identity, "caption": text, "tokens": found.tokens.map { "\($0)" }.joined(separator: " "),
      ], to: output)
    print("\(output): \(found.tokens.count) tokens, \(model.width) numbers each")
  }
}
#else
import Conditioning
import Training

extension FeaturesCommand {
  func writeFeatures(ofText text: String, _ cache: FeatureCache?) throws {
    throw DataError(
      "features --text: this build has no captions; use a fotoplayer-train that was built as usual (make build)")
  }
}
#endif
