// Snapshot: a model of others in the folder that Hugging Face's tools make of it: config.json, the weights in one
// safetensors file or in shards, and what else it needs beside them. Nothing is converted or renamed.
import Glibc
import Tensors

/// A folder with a model of a kind. Its configuration is read; its weights are when they are asked for.
public struct Snapshot: Sendable {
  public let folder: String
  public let kind: SnapshotKind
  /// `config.json`.
  public let configuration: JSON

  /// Finds and checks a folder.
  ///
  /// - Parameter place: the folder, or the name of a model that Hugging Face's tools have downloaded into their own cache
  ///   (`google/flan-t5-base`).
  /// - Throws: `WeightsError` that says what is missing and where it comes from.
  public init(_ place: String, kind: SnapshotKind) throws(WeightsError) {
    let folder = Self.resolved(place)
    self.folder = folder
    self.kind = kind
    guard Self.isFolder(folder) else { throw kind.missing(folder, folder: folder) }
    guard let json = try Self.json(folder + "/config.json") else {
      throw kind.missing(folder + "/config.json", folder: folder)
    }
    let type = json["model_type"]?.string
    guard let type, kind.types.contains(type) else { throw kind.wrong(type, folder: folder) }
    configuration = json
  }

  /// The kind of model in a folder; nil where there is none that we know.
  public static func kind(of place: String) -> SnapshotKind? {
    let type = (try? json(resolved(place) + "/config.json"))??["model_type"]?.string
    return type.flatMap { type in SnapshotKind.all.first { $0.types.contains(type) } }
  }

  /// The path of a file of the folder.
  ///
  /// - Throws: `WeightsError` that says where it comes from if there is none.
  public func path(_ file: String) throws(WeightsError) -> String {
    let path = folder + "/" + file
    if access(path, R_OK) != 0 { throw kind.missing(path, folder: folder) }
    return path
  }

  /// A file of the folder as JSON; nil where there is none.
  public func json(_ file: String) throws(WeightsError) -> JSON? { try Self.json(folder + "/" + file) }

  /// Reads the configuration, and says which file is wrong.
  func read<Configuration>(
    _ make: (JSON) throws(ConfigurationError) -> Configuration
  ) throws(WeightsError) -> Configuration {
    do { return try make(configuration) } catch { throw WeightsError("\(folder)/config.json: \(error)") }
  }

  /// The weights whose names are wanted. Shards without any are not opened, and need not be there.
  public func weights(where isWanted: (String) -> Bool) throws(WeightsError) -> SnapshotWeights {
    let (single, index) = ("model.safetensors", "model.safetensors.index.json")
    if access(folder + "/" + single, F_OK) == 0 {
      return SnapshotWeights([try SafeTensors(path: folder + "/" + single)], paths: [folder + "/" + single], isWanted)
    }
    guard let json = try json(index) else {
      let others = [
        "pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack", "pytorch_model.pt",
      ]
      if let other = others.first(where: { access(folder + "/" + $0, F_OK) == 0 }) {
        throw kind.pickled(other, folder: folder)
      }
      throw kind.missing(folder + "/" + single, folder: folder)
    }
    guard let map = json["weight_map"]?.members, !map.isEmpty else {
      throw WeightsError("\(folder)/\(index): expected weight_map, the shard of each weight, found none")
    }
    var wanted: [String] = []
    var all: Set<String> = []
    for member in map {
      guard let shard = member.value.string, !shard.isEmpty, !shard.contains("/"), !shard.hasPrefix(".") else {
        throw WeightsError(
          "\(folder)/\(index): \(member.name): expected the name of a file beside it, found \(member.value.text())")
      }
      all.insert(shard)
      if isWanted(member.name), !wanted.contains(shard) { wanted.append(shard) }
    }
    let missing = wanted.filter { access(folder + "/" + $0, R_OK) != 0 }
    if !missing.isEmpty { throw kind.missing(shards: missing, of: all.count, folder: folder) }
    var shards: [SafeTensors] = []
    for shard in wanted { shards.append(try SafeTensors(path: folder + "/" + shard)) }
    return SnapshotWeights(shards, paths: wanted.map { folder + "/" + $0 }, isWanted)
  }

  private static func json(_ path: String) throws(WeightsError) -> JSON? {
    if access(path, F_OK) != 0 { return nil }
    return try JSON(path: path)
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// A folder as it is named, or where Hugging Face's cache keeps the model `owner/name`.
  private static func resolved(_ place: String) -> String {
    let place = place.count > 1 && place.hasSuffix("/") ? String(place.dropLast()) : place
    let words = place.split(separator: "/", omittingEmptySubsequences: false)
    guard !isFolder(place), words.count == 2, !words[0].isEmpty, !words[1].isEmpty, !place.hasPrefix(".") else {
      return place
    }
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    let cache =
      variable("HF_HUB_CACHE") ?? variable("HF_HOME").map { $0 + "/hub" }
      ?? (variable("XDG_CACHE_HOME") ?? (variable("HOME") ?? "") + "/.cache") + "/huggingface/hub"
    let model = "\(cache)/models--\(words[0])--\(words[1])"
    guard let file = try? OpenFile(model + "/refs/main"), file.count <= 256 else { return place }
    var name = [UInt8](repeating: 0, count: file.count)
    guard (try? name.withUnsafeMutableBytes({ try file.read(at: 0, into: $0) })) != nil else { return place }
    let commit = String(decoding: name, as: UTF8.self).prefix { $0.isLetter || $0.isNumber }
    let folder = "\(model)/snapshots/\(commit)"
    return isFolder(folder) ? folder : place
  }
}
