// SizeTrial: what a size of the generator asks of a machine, told before anything is begun, and then tried: its weights are
// written to a file, read back, and asked for one block.
import Foundation
import Generator
import Layers
import Tensors

public struct SizeTrial: Sendable {
  public let size: GeneratorSize, configuration: GeneratorConfiguration
  public let parameters: Int

  /// How long the words of a trial are.
  private static let tokens = 32

  public init(_ size: GeneratorSize, piano: Bool) {
    let configuration = size.configuration(piano: piano)
    parameters = Weights.parameterCount { MultiStreamTransformer($0, configuration) }
    (self.size, self.configuration) = (size, configuration)
  }

  /// 2 P: the file, in bfloat16.
  public var fileBytes: Int { 2 * parameters }
  /// 6 P: weights as they are read, in float32, and as they are multiplied, packed in bfloat16.
  public var passBytes: Int { 6 * parameters }
  /// 20 P + 4 P a thread: weights, gradient, two moments and their average in float32, and the gradients of the examples
  /// that are in work. Activations come on top: they depend on the batch.
  public func trainingBytes(threads: Int) -> Int { (20 + 4 * threads) * parameters }

  /// Writes fresh weights, a tensor at a time: no more than the largest of them is in memory.
  ///
  /// - Parameters:
  ///   - path: replaced in one step.
  ///   - progress: hears how many of how many tensors are written; what it throws ends the work.
  /// - Throws: an error with the path.
  public func write(to path: String, seed: UInt64, progress: (Int, Int) throws -> Void) throws {
    let list = WeightList()
    _ = try Weights.make(from: list) { MultiStreamTransformer($0, configuration) }
    let fresh = RandomWeights(seed: seed)
    let metadata = ["generator": configuration.json.text(), "size": size.rawValue]
    try SafeTensors.write(
      list.entries.map { ($0.name, $0.shape) }, metadata: metadata, type: .bfloat16, to: path
    ) { index in
      let (name, shape, initial) = list.entries[index]
      let tensor = Tensor(zeros: shape)
      fresh.fill(name, tensor, initial: initial)
      try progress(index + 1, list.entries.count)
      return tensor
    }
  }

  /// Reads the file and asks for the velocity of one block under words, a film and, where there is one, a roll.
  ///
  /// - Returns: [1, frames, latentWidth].
  /// - Throws: `WeightsError` where the file holds something else.
  public func pass(path: String, frames: Int) throws -> Tensor {
    let c = configuration
    let model = try Weights.make(from: SafeTensors(path: path)) { MultiStreamTransformer($0, c) }.model
    func drawn(_ name: String, _ sizes: Int...) -> Tensor {
      let tensor = Tensor(zeros: Shape(sizes))
      RandomWeights(seed: 1).fill(name, tensor, initial: .normal(deviation: 1))
      return tensor
    }
    let latents = drawn("latents", 1, frames, c.latentWidth).tracked
    var guides = Guides(
      video: Guide(drawn("film", 1, frames, c.videoFeatures)),
      text: Captions([drawn("words", Self.tokens, c.textFeatures)]))
    if c.conditionWidth > 0 { guides.roll = Guide(drawn("roll", 1, frames, c.conditionWidth)) }
    let positions = Tensor(Shape(frames), (0..<frames).map(Float.init))
    let place = Placement(queries: positions, keys: positions, mask: Tensor(zeros: Shape(frames, frames)))
    var past: [KeyValue] = []
    let velocity = model.pass(latents, guides, time: Tensor(Shape(1), [0.5]), place, past: &past).velocity
    let program = Program(inputs: [latents], outputs: [velocity], precision: .bfloat16)
    program.run()
    let result = Tensor(zeros: Shape(1, frames, c.latentWidth))
    result.data.update(from: program.outputs[0].data, count: result.shape.count)
    return result
  }
}

/// Writes down what a model asks for, and gives it nothing: memory that nobody touches is not taken.
private final class WeightList: WeightSource {
  var names: [String] { [] }
  private(set) var entries: [(name: String, shape: Shape, initial: Initial)] = []

  func fill(_ name: String, _ tensor: Tensor, initial: Initial) {
    entries.append((name, tensor.shape, initial))
  }
}
