// GeneratorConfiguration: the sizes of the transformer and of its block-causal attention.

/// What a voice file says about its generator.
public struct GeneratorConfiguration: Sendable, Equatable {
  /// Channels of the latents and of the condition (roll, source energies, and a flag that it is absent).
  public var latentWidth = 32, conditionWidth = 420
  /// Layers; widths and heads of the two streams; hidden width of a feed-forward network, in widths.
  public var depth = 5, audioWidth = 192, rollWidth = 96, audioHeads = 4, rollHeads = 2, expansion = 3
  public var timeWidth = 64
  /// How many frames back a frame may look: 96 frames are 1.3 s.
  public var window = 96

  public init() {}
}
