// FeatureCache: what encoders made, kept on disk by content: the same model and the same input are never computed twice.
// An entry appears whole or not at all, knows what it is of and its own digest; one that is damaged is made anew.
import Glibc
import Synchronization
import Tensors

/// A folder of features. It may be removed at any time, and be used by several programs at once.
public final class FeatureCache: Sendable {
  /// What happened since the cache was opened.
  public struct Counts: Sendable, Equatable {
    /// Entries that were found, made, found damaged (and made), and that could not be kept.
    public var found = 0, made = 0, damaged = 0, lost = 0
    /// Why the first could not be kept.
    public var fault: String?

    public init(found: Int = 0, made: Int = 0) { (self.found, self.made) = (found, made) }
  }

  public let folder: String
  private let state = Mutex(Counts())

  public init(_ folder: String) { self.folder = folder }

  public var counts: Counts { state.withLock { $0 } }

  /// Where programs keep what can be made again: `$XDG_CACHE_HOME/fotoplayer/features`.
  public static var usualFolder: String {
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    let cache = variable("XDG_CACHE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (cache ?? (variable("HOME") ?? ".") + "/.cache") + "/fotoplayer/features"
  }

  private static let format = "fotoplayer features 1"

  /// The tensors of an input: those that are kept, or those that `make` makes, which are then kept.
  ///
  /// - Parameters:
  ///   - key: everything that the tensors depend on, such as the model's identity and a digest of the input.
  ///   - names: the tensors that there must be.
  /// - Returns: the tensors, in the order of their names.
  /// - Throws: what `make` throws. A cache that cannot be read or written costs time only; `counts` tells of it.
  public func tensors(
    _ key: [String], names: [String], make: () throws -> [Tensor]
  ) throws -> [Tensor] {
    let path = path(key)
    let isThere = access(path, F_OK) == 0
    if isThere, let kept = try? read(path, key, names) {
      state.withLock { $0.found += 1 }
      return kept
    }
    let made = try make()
    precondition(made.count == names.count, "\(made.count) tensors for \(names)")
    state.withLock {
      $0.made += 1
      if isThere { $0.damaged += 1 }
    }
    do { try write(Array(zip(names, made)), key, to: path) } catch {
      state.withLock {
        $0.lost += 1
        if $0.fault == nil { $0.fault = "\(error)" }
      }
    }
    return made
  }

  /// Where an entry is or would be.
  package func path(_ key: [String]) -> String {
    let digest = ContentDigest.text(of: key)
    return "\(folder)/\(digest.prefix(2))/\(digest.dropFirst(2)).safetensors"
  }

  private func read(_ path: String, _ key: [String], _ names: [String]) throws(WeightsError) -> [Tensor] {
    let file = try SafeTensors(path: path)
    var tensors: [Tensor] = []
    for name in names { tensors.append(try file.tensor(name)) }
    let expected = Self.metadata(key, Array(zip(names, tensors)))
    guard file.metadata == expected else { throw WeightsError("\(path): damaged") }
    return tensors
  }

  private func write(_ tensors: [(name: String, tensor: Tensor)], _ key: [String], to path: String) throws(WeightsError)
  {
    try Self.make(folder: String(path[..<path.lastIndex(of: "/")!]))
    try SafeTensors.write(tensors, metadata: Self.metadata(key, tensors), to: path)
  }

  /// The key word by word, so that two keys of one digest are told apart, and the digest of what is kept.
  private static func metadata(
    _ key: [String], _ tensors: [(name: String, tensor: Tensor)]
  ) -> [String: String] {
    var digest = ContentDigest()
    for (name, tensor) in tensors {
      digest.add("\(name) \(tensor.shape)\n")
      digest.add(UnsafeRawBufferPointer(UnsafeBufferPointer(start: tensor.storage.reading, count: tensor.shape.count)))
    }
    return ["format": format, "key": JSON.array(key.map { JSON($0) }).text(), "digest": digest.text]
  }

  private static func make(folder: String) throws(WeightsError) {
    if mkdir(folder, 0o755) == 0 || errno == EEXIST { return }
    let reason = errno
    if reason == ENOENT, let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
      try make(folder: String(folder[..<slash]))
      if mkdir(folder, 0o755) == 0 || errno == EEXIST { return }
    }
    throw WeightsError("\(folder): cannot make the folder: \(String(cString: strerror(reason)))")
  }
}
