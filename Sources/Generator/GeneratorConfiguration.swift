// GeneratorConfiguration: the sizes of the transformer and of its block-causal attention.

import Tensors

/// What a voice file says about its generator.
public struct GeneratorConfiguration: Sendable, Equatable {
  /// Channels of the latents and of the condition (roll, source energies, and a flag that it is absent).
  public var latentWidth = 32, conditionWidth = 420
  /// Layers; widths and heads of the two streams; hidden width of a feed-forward network, in widths.
  public var depth = 5, audioWidth = 192, rollWidth = 96, audioHeads = 4, rollHeads = 2, expansion = 3
  public var timeWidth = 64
  /// Width of what is known of a film's pictures, and width and heads of the stream that reads it; width of a word's
  /// features. 0 features: no such stream, as with `conditionWidth`.
  public var videoFeatures = 0, videoWidth = 96, videoHeads = 2, textFeatures = 0
  /// How many frames back a frame may look: 96 frames are 1.3 s.
  public var window = 96

  public init() {}
}

extension GeneratorConfiguration {
  public var json: JSON {
    [
      "latentWidth": JSON(latentWidth), "conditionWidth": JSON(conditionWidth), "depth": JSON(depth),
      "audioWidth": JSON(audioWidth), "rollWidth": JSON(rollWidth), "audioHeads": JSON(audioHeads),
      "rollHeads": JSON(rollHeads), "expansion": JSON(expansion), "timeWidth": JSON(timeWidth), "window": JSON(window),
      "videoFeatures": JSON(videoFeatures), "videoWidth": JSON(videoWidth), "videoHeads": JSON(videoHeads),
      "textFeatures": JSON(textFeatures),
    ]
  }

  /// Reads what a voice file says.
  public init(_ json: JSON) throws(ConfigurationError) {
    let read = try ConfigurationReader(json, path: "generator")
    self.init()
    latentWidth = try read.integer("latentWidth", in: 1...1024)
    conditionWidth = try read.integer("conditionWidth", in: 0...8192)
    depth = try read.integer("depth", in: 1...64)
    audioWidth = try read.integer("audioWidth", in: 2...4096)
    rollWidth = try read.integer("rollWidth", in: 2...4096)
    audioHeads = try read.integer("audioHeads", in: 1...64)
    rollHeads = try read.integer("rollHeads", in: 1...64)
    expansion = try read.integer("expansion", in: 1...16)
    timeWidth = try read.integer("timeWidth", in: 2...4096)
    window = try read.integer("window", in: 0...4096)
    // Voices from before films and words do not name them.
    if !read.isAbsent("videoFeatures") {
      videoFeatures = try read.integer("videoFeatures", in: 0...8192)
      videoWidth = try read.integer("videoWidth", in: 2...4096)
      videoHeads = try read.integer("videoHeads", in: 1...64)
      textFeatures = try read.integer("textFeatures", in: 0...8192)
    }
    let streams = [
      (audioWidth, audioHeads, "audio"), (rollWidth, rollHeads, "roll"), (videoWidth, videoHeads, "video"),
    ]
    for (width, heads, name) in streams where width % (2 * heads) != 0 {
      throw ConfigurationError("generator: \(name)Width \(width) is not a multiple of 2 × \(heads) heads")
    }
    if timeWidth % 2 != 0 {
      throw ConfigurationError("generator.timeWidth: expected an even number, found \(timeWidth)")
    }
  }
}
