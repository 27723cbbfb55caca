// SnapshotWeights: the wanted tensors of one safetensors file or of several shards, as one source of weights.
import Tensors

public struct SnapshotWeights: WeightSource, Sendable {
  /// Of what is wanted, in the order of the files.
  public let names: [String]
  /// The files that were opened.
  public let paths: [String]
  private let files: [SafeTensors]
  private let place: [String: Int]

  init(_ files: [SafeTensors], paths: [String], _ isWanted: (String) -> Bool) {
    (self.files, self.paths) = (files, paths)
    var names: [String] = []
    var place: [String: Int] = [:]
    for (index, file) in files.enumerated() {
      for name in file.names where isWanted(name) && place[name] == nil {
        names.append(name)
        place[name] = index
      }
    }
    (self.names, self.place) = (names, place)
  }

  public func fill(_ name: String, _ tensor: Tensor, initial: Initial) throws(WeightsError) {
    guard let index = place[name] else { throw WeightsError("\(name): missing") }
    try files[index].fill(name, tensor, initial: initial)
  }

  /// The sizes of a tensor; nil when there is none of that name.
  public func shape(_ name: String) -> [Int]? { place[name].flatMap { files[$0].shape(name) } }

  /// Numbers in all wanted tensors.
  public var count: Int { names.reduce(0) { $0 + (shape($1) ?? []).reduce(1, *) } }

  /// A digest of every byte of the files, and of how a model is made of them.
  ///
  /// - Parameter model: what else the model's results depend on.
  func identity(_ model: String) throws(WeightsError) -> String {
    var digest = ContentDigest()
    digest.add(model + "\n")
    for path in paths { try digest.add(file: path) }
    return digest.text
  }

  /// Refuses a configuration that would take far more memory than the files have numbers.
  func check(expected: Int, folder: String) throws(WeightsError) {
    if expected / 2 > count + (1 << 20) {
      throw WeightsError("\(folder)/config.json: expected a model of the \(count) numbers beside it, found \(expected)")
    }
  }
}
