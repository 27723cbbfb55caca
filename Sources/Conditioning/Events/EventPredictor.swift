// EventPredictor: from what is seen in a film to when something is to be heard in it, and how strongly: the roll predictor of
// Foley. It sees as far ahead as back, since a film is watched before it is performed.
import Layers
import Tensors

/// The sizes of a predictor.
public struct EventConfiguration: Sendable, Equatable {
  /// Numbers a picture.
  public var features: Int
  public var width = 64, depth = 5, taps = 15, expansion = 2

  public init(features: Int) { self.features = features }

  public init(_ json: JSON) throws(ConfigurationError) {
    let read = try ConfigurationReader(json, path: "events")
    self.init(features: try read.integer("features", in: 1...65536))
    width = try read.integer("width", in: 1...1024)
    depth = try read.integer("depth", in: 1...64)
    taps = try read.integer("taps", in: 1...63)
    guard taps % 2 == 1 else { throw ConfigurationError("events.taps: expected an odd number, found \(taps)") }
    expansion = try read.integer("expansion", in: 1...16)
  }

  public var json: JSON {
    [
      "features": JSON(features), "width": JSON(width), "depth": JSON(depth), "taps": JSON(taps),
      "expansion": JSON(expansion),
    ]
  }

  /// Frames ahead, and as many back, that an answer depends on.
  public var reach: Int { depth * (taps / 2) }
}

/// h = B₅(…B₁(W₀·x)), B: `ConvolutionBlock`, centred; (o, s) = W₁·norm(h). σ(o[t]) is the probability that something begins in
/// latent frame t, σ(s[t]) how strongly it then does.
public struct EventPredictor: Sendable {
  public let configuration: EventConfiguration
  private let input: Linear, blocks: [ConvolutionBlock], norm: LayerNorm, output: Linear
  /// Where answers begin: hardly ever does something begin.
  private let offset: Tensor

  public init(_ w: Scope, _ c: EventConfiguration) {
    configuration = c
    input = Linear(w / "input", inputs: c.features, outputs: c.width)
    blocks = (0..<c.depth).map {
      ConvolutionBlock(w / "blocks" / $0, width: c.width, taps: c.taps, expansion: c.expansion)
    }
    norm = LayerNorm(w / "norm", width: c.width)
    output = Linear(w / "output", inputs: c.width, outputs: 2, initial: .normal(deviation: 0.02))
    offset = Tensor(Shape(2), [-4, 0])
  }

  /// What is answered of every frame, each [batch, frames], before σ.
  public struct Logits: Sendable { public let onset: Tensor, strength: Tensor }

  /// - Parameter seen: the features of the picture that each latent frame shows, [batch, frames, features].
  public func callAsFunction(_ seen: Tensor) -> Logits {
    var x = input(seen)
    for block in blocks { x = block.centred(x) }
    let answers = output(norm(x)) + offset
    func answer(_ index: Int) -> Tensor {
      answers.slice(axis: 2, start: index, length: 1).reshaped(x.shape[0], x.shape[1])
    }
    return Logits(onset: answer(0), strength: answer(1))
  }
}
