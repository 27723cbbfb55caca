// LatentSet: every piece of a set as a trained codec hears it: latents, and the energies of the strings beside them.
// Made once and kept in a file, since it is read at every step of a generator's training.
import Codec
import Foundation
import Generator
import Score
import Tensors

/// Latents and energies of a piano set.
public struct LatentSet: Sendable {
  public struct Part: Sendable {
    /// [frames, latentWidth], as the encoder makes them, and [frames, harmonicBands].
    public let latents: Tensor, energy: Tensor
    public var frames: Int { latents.shape[0] }
  }

  public let parts: [Part]
  /// Of each channel, [latentWidth].
  public internal(set) var mean: Tensor, deviation: Tensor

  /// 1/deviation, [latentWidth].
  var precision: Tensor { Tensor(deviation.shape, deviation.array.map { 1 / $0 }) }

  /// The latents of some frames of a part with a mean of 0 and a variance of 1, [frames, latentWidth].
  public func normalised(_ part: Int, first: Int, frames: Int) -> Tensor {
    let width = mean.shape[0]
    let result = parts[part].latents.slice(axis: 0, start: first, length: frames)
    for i in 0..<frames * width { result[i] = (result[i] - mean[i % width]) / deviation[i % width] }
    return result
  }

  /// Opens the file, or makes it.
  ///
  /// - Parameters:
  ///   - path: where it is kept.
  ///   - identity: what it was made from; another one is made anew.
  public init(
    path: String, identity: String, set: PianoSet, model: VoiceCodec, progress: (Int) -> Void
  ) throws {
    if let file = try? SafeTensors(path: path), file.metadata["identity"] == identity {
      try self.init(kept: path)
      return
    }
    var made: [Part] = []
    for piece in set.pieces {
      made.append(Self.encode(piece, model))
      progress(made.count)
    }
    let named = made.enumerated().flatMap { [("\($0).latents", $1.latents), ("\($0).energy", $1.energy)] }
    try SafeTensors.write(named.map { (name: $0.0, tensor: $0.1) }, metadata: ["identity": identity], to: path)
    self.init(made)
  }

  /// Opens a file that was made before.
  public init(kept path: String) throws {
    let file = try SafeTensors(path: path)
    let count = file.names.count / 2
    guard count > 0 else { throw TrainingError("\(path): no latents") }
    self.init(
      try (0..<count).map { Part(latents: try file.tensor("\($0).latents"), energy: try file.tensor("\($0).energy")) })
  }

  private init(_ parts: [Part]) {
    self.parts = parts
    (mean, deviation) = Self.statistics(parts)
  }

  private static func encode(_ piece: Piece, _ model: VoiceCodec) -> Part {
    let c = model.configuration
    let frames = piece.samples / c.hop
    let bands = c.harmonicBands
    let whole = model.excerpt(piece, frames: frames)
    return Part(
      latents: model.latents(whole).reshaped(frames, c.latentWidth),
      energy: whole.energy.slice(axis: 2, start: 0, length: bands).reshaped(frames, bands))
  }

  private static func statistics(_ parts: [Part]) -> (mean: Tensor, deviation: Tensor) {
    let width = parts[0].latents.shape[1]
    var sum = [Double](repeating: 0, count: width)
    var square = sum
    var count = 0.0
    for part in parts {
      for frame in 0..<part.frames {
        for channel in 0..<width {
          let value = Double(part.latents[frame * width + channel])
          sum[channel] += value
          square[channel] += value * value
        }
      }
      count += Double(part.frames)
    }
    let mean = sum.map { $0 / count }
    let deviation = (0..<width).map { max(1e-3, (square[$0] / count - mean[$0] * mean[$0]).squareRoot()) }
    return (Tensor(Shape(width), mean.map(Float.init)), Tensor(Shape(width), deviation.map(Float.init)))
  }
}
