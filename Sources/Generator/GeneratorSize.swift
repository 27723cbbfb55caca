// GeneratorSize: named sizes of one family, from what two cores train in minutes to the paper's.
// The paper says how many parameters it has, not how wide or deep it is: the largest is the family's member that comes out.

/// A size of the generator for text and film: streams of 64-wide heads for sound, of 32-wide heads beside it.
public enum GeneratorSize: String, Sendable, CaseIterable {
  case toy, small, medium, large, paper

  /// Width of the audio stream, layers, and hidden width of a network in widths.
  private var sizes: (width: Int, depth: Int, expansion: Int) {
    switch self {
    case .toy: (128, 4, 2)
    case .small: (256, 8, 4)
    case .medium: (512, 14, 4)
    case .large: (768, 18, 4)
    case .paper: (1152, 22, 4)
    }
  }

  /// The family's member. A side stream is a quarter as wide as the audio stream.
  ///
  /// - Parameters:
  ///   - text: width of the features of words: 512, 768 or 1024 with the small, base or large FLAN-T5.
  ///   - video: width of the features of pictures: 512 with CLIP's ViT-B, 768 with its ViT-L.
  ///   - piano: whether there is an Extra-DiT, which reads the roll (stage 2).
  public func configuration(text: Int = 1024, video: Int = 768, piano: Bool = false) -> GeneratorConfiguration {
    let (width, depth, expansion) = sizes
    var c = GeneratorConfiguration()
    (c.latentWidth, c.depth, c.expansion, c.timeWidth) = (128, depth, expansion, width)
    (c.audioWidth, c.audioHeads) = (width, width / 64)
    (c.videoFeatures, c.videoWidth, c.videoHeads) = (video, width / 4, width / 128)
    (c.rollWidth, c.rollHeads) = (width / 4, width / 128)
    c.conditionWidth = piano ? Condition.width(harmonicBands: 0) : 0
    c.textFeatures = text
    c.window = 300
    return c
  }
}
