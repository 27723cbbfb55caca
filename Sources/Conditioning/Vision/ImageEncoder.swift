// ImageEncoder: pictures in, features out: the rules for pictures and the CLIP of one folder. The weights are read when the
// first picture comes.
import Pictures
import Synchronization
import Tensors

/// Which of CLIP's features of a picture.
public enum ImageFeature: String, Sendable, CaseIterable {
  /// In the space that pictures share with captions.
  case projected
  /// The normalised state of the token that sums up, before that.
  case pooled
}

/// A CLIP that looks at pictures. May be used by several threads.
public final class ImageEncoder: Sendable {
  public let model: CLIPSnapshot
  public let feature: ImageFeature
  /// A digest of everything that features depend on but for the pictures.
  public let identity: String
  private let encoder = Mutex<CLIPVision?>(nil)

  public var width: Int {
    feature == .projected ? model.configuration.projection : model.configuration.width
  }

  /// Opens a folder such as a download of openai/clip-vit-base-patch32.
  ///
  /// - Parameter feature: nil: projected where the model has a projection.
  /// - Throws: `WeightsError` that says which file is missing and where it comes from, or what is wrong with one.
  public init(_ place: String, feature: ImageFeature? = nil) throws(WeightsError) {
    model = try CLIPSnapshot(place)
    self.feature = feature ?? (model.isProjected ? .projected : .pooled)
    if self.feature == .projected, !model.isProjected {
      throw WeightsError(
        "\(model.snapshot.folder): expected a CLIP with visual_projection.weight, found none; its pooled features can be had"
      )
    }
    identity = ContentDigest.text(of: [try model.identity(), self.feature.rawValue])
  }

  /// One feature a picture, [pictures, width]. A picture's feature does not depend on those beside it.
  ///
  /// - Throws: `WeightsError` where the weights cannot be read, or where they make what is no number.
  public func features(of pictures: [Picture]) throws(WeightsError) -> Tensor {
    if pictures.isEmpty { return Tensor(zeros: Shape(0, width)) }
    let (pooled, projected) = try loaded()(model.preprocessing(pictures))
    let features = feature == .projected ? projected! : pooled
    try features.checkFinite(model.snapshot.folder)
    return features
  }

  private func loaded() throws(WeightsError) -> CLIPVision {
    try encoder.withLock { (encoder) throws(WeightsError) in
      if let encoder { return encoder }
      let made = try model.encoder()
      encoder = made
      return made
    }
  }
}
