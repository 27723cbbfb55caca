// SoundComparison: two folders of sounds, real ones and made ones, and how near these come to those. Sounds of one name belong
// together; those without a partner count where only the whole matters.
import Evaluation
import Foundation
import Hearing
import Tensors

public struct SoundComparison: Sendable {
  public let real: [String: String], made: [String: String]
  /// The names that are in both.
  public let pairs: [String]

  /// - Throws: `DataError` where one of them is no folder with sounds.
  public init(real: String, made: String) throws {
    func sounds(_ path: String) throws -> [String: String] {
      let found = try MediaFolder(URL(fileURLWithPath: path)).sounds
      guard !found.isEmpty else { throw DataError("\(path): expected a folder of sounds, found none") }
      return found
    }
    (self.real, self.made) = (try sounds(real), try sounds(made))
    pairs = self.made.keys.filter { [real = self.real] in real[$0] != nil }.sorted()
  }

  /// How many sounds all of the measures read.
  public func work(networks: Int) -> Int { networks * (real.count + made.count) + pairs.count }

  /// FAD, FD, KL and inception score with the networks that are there; SI-SDR of spectrograms.
  ///
  /// - Parameter progress: is told how many of `work` sounds were read.
  /// - Throws: `DataError` with the path of a sound that cannot be read.
  public func measures(_ networks: [SoundNetwork], progress: (Int) -> Void = { _ in }) throws -> [SoundMeasure] {
    var read = 0
    func counted<Result>(_ result: Result) -> Result {
      read += 1
      progress(read)
      return result
    }
    var rows: [SoundMeasure] = []
    for network in networks {
      let heardReal = try Ear(network, real) { _ = counted(0) }
      let heardMade = try Ear(network, made) { _ = counted(0) }
      rows += measures(network, heardReal, heardMade)
    }
    let ratios = try pairs.map { name in
      counted(
        SpectrogramRatio()(
          made: try MonoSound.samples(made[name]!, rate: SpectrogramRatio.sampleRate),
          real: try MonoSound.samples(real[name]!, rate: SpectrogramRatio.sampleRate)))
    }
    rows.append(
      .taken("SI-SDR (dB)", count: pairs.count, note: SpectrogramRatio.note) {
        guard !ratios.isEmpty else { throw MetricError("no name is in both folders") }
        return spread(ratios)
      })
    return rows
  }

  private func measures(_ network: SoundNetwork, _ real: Ear, _ made: Ear) -> [SoundMeasure] {
    let kind = network.kind.rawValue
    // Papers mean VGGish by FAD, and Cnn14 by the others.
    let with = network.kind == .yamnet ? " (YAMNet)" : ""
    var rows: [SoundMeasure] = [
      .taken(
        (network.kind == .vggish ? "FAD" : "FD") + with, count: made.embeddings.count,
        note: "\(kind), \(network.width) dimensions, beside \(real.embeddings.count)"
      ) { (try frechetDistance(real.embeddings, made.embeddings), nil) }
    ]
    guard network.kinds > 0 else { return rows }
    rows.append(
      .taken("KL" + with, count: pairs.count, note: "\(kind), \(network.kinds) kinds, softmax") {
        guard !pairs.isEmpty else { throw MetricError("no name is in both folders") }
        return (try softmaxDivergence(made: made.outputs(pairs), real: real.outputs(pairs)), nil)
      })
    let parts = min(10, made.names.count)
    rows.append(
      .taken("IS" + with, count: made.names.count, note: "\(kind), \(network.kinds) kinds, \(parts) parts") {
        let score = try InceptionScore(made.outputs(made.names), parts: parts)
        return (score.mean, score.deviation)
      })
    return rows
  }
}

/// The mean, and the deviation of single values from it.
private func spread(_ values: [Double]) -> (value: Double, deviation: Double?) {
  let mean = values.reduce(0, +) / Double(values.count)
  let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  return (mean, values.count > 1 ? square.squareRoot() : nil)
}

/// What a network heard in the sounds of a folder, in the order of their names.
private struct Ear {
  let names: [String]
  private(set) var embeddings: Embeddings
  private var said: [String: [Float]] = [:]
  private let kinds: Int

  init(_ network: SoundNetwork, _ sounds: [String: String], progress: () -> Void) throws {
    names = sounds.keys.sorted()
    embeddings = Embeddings(width: network.width)
    kinds = network.kinds
    for name in names {
      let heard = network(try MonoSound.samples(sounds[name]!, rate: SoundNetwork.sampleRate))
      embeddings.append(heard.embeddings.array)
      said[name] = heard.outputs?.array
      progress()
    }
  }

  func outputs(_ names: [String]) -> Embeddings {
    var rows = Embeddings(width: kinds)
    for name in names { rows.append(said[name]!) }
    return rows
  }
}
