// StripPredictor: five frames from any of four sides, and of the feet, to the notes of the middle frame.
// Small enough for real time: what is shared by all keys is computed over the strip, the rest at 88 places.
import Layers
import Tensors

/// Views are encoded each by itself; features of a key are averaged over the views that are there, each with a weight that
/// it gives itself: softmax over views. Blocks along the keys then see the hands, and up to five numbers are said of each key.
public struct StripPredictor: Sendable {
  public let configuration: StripConfiguration
  private let views: [(view: RollView, encoder: StripEncoder, gate: Linear)]
  private let blocks: [ConvolutionBlock], norm: LayerNorm, output: Linear, heights: Linear?
  private let pedals: PedalEncoder?
  /// Where answers begin: keys are seldom down and hardly ever struck.
  private let offset: Tensor

  public init(_ w: Scope, _ c: StripConfiguration) {
    configuration = c
    views = c.views.map { view in
      let w = w / "views" / view.rawValue
      return (view, StripEncoder(w, c), Linear(w / "gate", inputs: c.width, outputs: 1, initial: .zeros))
    }
    blocks = (0..<c.depth).map {
      ConvolutionBlock(w / "blocks" / $0, width: c.width, taps: c.taps, expansion: c.expansion)
    }
    norm = LayerNorm(w / "norm", width: c.width)
    let answers = c.velocity ? 4 : 3
    output = Linear(w / "output", inputs: c.width, outputs: answers, initial: .normal(deviation: 0.02))
    heights = c.heights ? Linear(w / "heights", inputs: c.width, outputs: 1, initial: .normal(deviation: 0.02)) : nil
    offset = Tensor(Shape(answers), Array([-3, -5, 0, 0].prefix(answers)))
    pedals = c.pedals ? PedalEncoder(w / "pedals") : nil
  }

  /// - Parameter input: at least one view of the keys, all of the configuration's; the pedals only if it is to tell them.
  public func callAsFunction(_ input: RollInput) -> RollLogits {
    let present = views.enumerated().filter { input.strips[$1.view] != nil }
    precondition(!present.isEmpty, "no view of the keys: \(configuration.views) are known")
    let features = present.map { $1.encoder(input.strips[$1.view]!) }
    var x = features[0]
    if present.count > 1 {
      var gates = concatenate(zip(present, features).map { $0.element.gate($1) }, axis: 2)
      if let presence = input.presence {
        let columns = present.map { presence.slice(axis: 1, start: $0.offset, length: 1) }
        // What is not there weighs e⁻¹⁰⁰⁰⁰.
        gates = gates + (concatenate(columns, axis: 1).reshaped(x.shape[0], 1, present.count) * 10000 - 10000)
      }
      let weights = softmax(gates)
      let parts = features.enumerated().map { $1 * weights.slice(axis: 2, start: $0, length: 1) }
      x = parts.dropFirst().reduce(parts[0], +)
    }
    for block in blocks { x = block.centred(x) }
    x = norm(x)
    let answers = output(x) + offset
    func answer(_ index: Int) -> Tensor {
      answers.slice(axis: 2, start: index, length: 1).reshaped(x.shape[0], StripGeometry.keys)
    }
    return RollLogits(
      down: answer(0), onset: answer(1), shift: tanh(answer(2)) * 0.5,
      velocity: configuration.velocity ? answer(3) : nil,
      height: heights.map { $0(x).reshaped(x.shape[0], StripGeometry.keys) },
      pedals: input.pedal.flatMap(depths))
  }

  /// What is said of the feet alone, [batch, 3]; nil in a network that tells no pedals.
  public func depths(_ pictures: Tensor) -> Tensor? { pedals.map { $0(pictures) } }
}
