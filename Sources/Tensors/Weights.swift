// Weights: every named tensor of a model in one flat memory, so that an optimiser, a checkpoint or a sum over machines
// is one loop. Loading, initialising and naming are the same line of the layer that asks: `w("weight", 16, 8)`.
import Kernels

/// How a weight begins when it is not loaded.
public enum Initial: Sendable {
  case zeros, ones
  case constant(Float)
  case normal(deviation: Float)
  case uniform(bound: Float)
  /// Uniform within ±1/√fan, the usual choice for a layer with `fan` inputs.
  public static func fan(_ fan: Int) -> Initial { .uniform(bound: 1 / Float(max(1, fan)).squareRoot()) }
}

/// Where weights come from.
public protocol WeightSource {
  /// Fills a tensor; throws a `WeightsError` that says what was expected and found.
  func fill(_ name: String, _ tensor: Tensor, initial: Initial) throws(WeightsError)
  /// Names that the source holds, to tell what no layer asked for. Empty when anything goes.
  var names: [String] { get }
}

/// What was wrong with weights, all of it at once.
public struct WeightsError: Error, CustomStringConvertible, Equatable {
  public var description: String
  public init(_ description: String) { self.description = description }
}

/// Fresh weights: each depends on the seed and its own name only, not on the order in which layers are made.
public struct RandomWeights: WeightSource {
  public let seed: UInt64
  public init(seed: UInt64) { self.seed = seed }
  public var names: [String] { [] }

  public func fill(_ name: String, _ tensor: Tensor, initial: Initial) {
    let count = tensor.shape.count
    let data = tensor.data
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    switch initial {
    case .zeros: data.update(repeating: 0, count: count)
    case .ones: data.update(repeating: 1, count: count)
    case .constant(let value): data.update(repeating: value, count: count)
    case .normal(let deviation):
      fp_normal(seed ^ hash, 0, 0, data, count)
      for index in 0..<count { data[index] *= deviation }
    case .uniform(let bound):
      fp_uniform(seed ^ hash, 0, 0, data, count)
      for index in 0..<count { data[index] = bound * (2 * data[index] - 1) }
    }
  }
}

/// The named tensors of one model.
public final class Weights: @unchecked Sendable {
  public struct Entry: Sendable {
    public let name: String
    public let tensor: Tensor
    /// A parameter is trained; a constant (statistics, tables) is only stored.
    public let isParameter: Bool
  }

  public private(set) var entries: [Entry] = []
  /// All parameters, one after the other, in the order in which the layers were made.
  public private(set) var flat = Storage(0)
  private var source: (any WeightSource)?
  private var tracked = false
  private var frozen: (String) -> Bool = { _ in false }
  private var used = 0
  private var faults: [String] = []
  private var taken: Set<String> = []

  private init() {}

  /// Builds a model and its weights.
  ///
  /// - Parameters:
  ///   - source: a file, or `RandomWeights`.
  ///   - tracked: true to train. Untracked weights are constants, which a Program packs.
  ///   - frozen: names of parameters that are not trained: they are stored as constants are.
  ///   - build: makes the model from the root scope. It is called twice: for the shapes, then for good.
  /// - Throws: `WeightsError` that lists every missing, misshapen and unknown name.
  public static func make<Model>(
    from source: any WeightSource, tracked: Bool = false, frozen: @escaping (String) -> Bool = { _ in false },
    _ build: (Scope) -> Model
  ) throws(WeightsError) -> (model: Model, weights: Weights) {
    let plan = Weights()
    plan.frozen = frozen
    _ = build(Scope(weights: plan, path: ""))
    let weights = Weights()
    weights.flat = Storage(plan.used, zeroed: true)
    weights.source = source
    weights.tracked = tracked
    weights.frozen = frozen
    let model = build(Scope(weights: weights, path: ""))
    let known = Set(weights.entries.map(\.name))
    weights.faults += source.names.filter { !known.contains($0) }.map { "\($0): unknown; no layer asks for it" }
    weights.source = nil
    if !weights.faults.isEmpty {
      let rest = weights.faults.count > 8 ? "\n  … and \(weights.faults.count - 8) more" : ""
      throw WeightsError(
        "\(weights.faults.count) faults in \(known.count) weights:\n  "
          + weights.faults.prefix(8).joined(separator: "\n  ") + rest)
    }
    return (model, weights)
  }

  /// The number of parameters of a model, from shapes alone: no memory is taken for them.
  public static func parameterCount<Model>(_ build: (Scope) -> Model) -> Int {
    let plan = Weights()
    _ = build(Scope(weights: plan, path: ""))
    return plan.used
  }

  public var parameters: [Tensor] { entries.filter(\.isParameter).map(\.tensor) }

  fileprivate func tensor(_ name: String, _ shape: Shape, _ initial: Initial, isParameter: Bool) -> Tensor {
    let isParameter = isParameter && !frozen(name)
    let offset = used
    if isParameter { used += shape.count }
    let planning = source == nil
    let storage =
      planning
      ? Storage(UnwrittenMemory(), count: shape.count)
      : isParameter
        ? Storage(slice: flat, at: offset, count: shape.count) : Storage(shape.count, zeroed: true)
    var tensor = Tensor(shape, storage: storage)
    do { try source?.fill(name, tensor, initial: initial) } catch { faults.append(error.description) }
    if tracked && isParameter { tensor = tensor.tracked }
    precondition(taken.insert(name).inserted, "two weights are named \(name)")
    entries.append(Entry(name: name, tensor: tensor, isParameter: isParameter))
    return tensor
  }
}

/// What a weight has while only its shape counts: no memory, but zeros for a layer that asks.
private final class UnwrittenMemory: DeviceMemory {
  var shared: UnsafeMutablePointer<Float>? { nil }
  func download(to host: UnsafeMutablePointer<Float>, count: Int) { host.update(repeating: 0, count: count) }
  func wasWritten() {}
}

/// A place in the tree of names: `w / "layers" / "0"` is where the names begin with `layers.0.`.
public struct Scope {
  let weights: Weights
  let path: String

  public static func / (scope: Scope, name: String) -> Scope {
    Scope(weights: scope.weights, path: scope.path.isEmpty ? name : scope.path + "." + name)
  }
  public static func / (scope: Scope, index: Int) -> Scope { scope / String(index) }

  /// A trained weight.
  public func callAsFunction(_ name: String, _ sizes: Int..., initial: Initial) -> Tensor {
    weights.tensor((self / name).path, Shape(sizes), initial, isParameter: true)
  }

  /// A stored constant.
  public func constant(_ name: String, _ sizes: Int..., initial: Initial = .zeros) -> Tensor {
    weights.tensor((self / name).path, Shape(sizes), initial, isParameter: false)
  }
}
