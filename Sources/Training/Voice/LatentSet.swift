// LatentSet: every piece of a set as a trained codec hears it: latents, and the energies of the strings beside them.
// Made once and kept in a file, of which every step of a generator's training reads the few frames that it wants.
import Codec
import Foundation
import Generator
import Score
import Tensors

/// Latents and energies of a piano set.
public struct LatentSet: Sendable {
  /// Frames of every piece.
  public let frames: [Int]
  /// Of each channel, [latentWidth].
  public internal(set) var mean: Tensor, deviation: Tensor

  /// 1/deviation, [latentWidth].
  var precision: Tensor { Tensor(deviation.shape, deviation.array.map { 1 / $0 }) }

  private let file: SafeTensors

  /// The latents of some frames of a piece, as the encoder makes them, [frames, latentWidth].
  ///
  /// - Throws: an error with the path, when the file cannot be read or became shorter.
  public func latents(_ piece: Int, first: Int, frames: Int) throws -> Tensor {
    try file.rows("\(piece).latents", from: first, count: frames)
  }

  /// The energies of the strings beside them, [frames, harmonicBands].
  public func energy(_ piece: Int, first: Int, frames: Int) throws -> Tensor {
    try file.rows("\(piece).energy", from: first, count: frames)
  }

  /// The latents with a mean of 0 and a variance of 1, [frames, latentWidth].
  public func normalised(_ piece: Int, first: Int, frames: Int) throws -> Tensor {
    let width = mean.shape[0]
    let result = try latents(piece, first: first, frames: frames)
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
    if let file = try? SafeTensors(path: path), file.metadata["identity"] == identity, file.shape("mean") != nil {
      try self.init(kept: path)
      return
    }
    let c = model.configuration
    var statistics = ChannelStatistics(width: c.latentWidth)
    var energy: Tensor?
    var shapes: [(name: String, shape: Shape)] = []
    for (index, piece) in set.pieces.enumerated() {
      let frames = piece.samples / c.hop
      shapes.append(("\(index).latents", Shape(frames, c.latentWidth)))
      shapes.append(("\(index).energy", Shape(frames, c.harmonicBands)))
    }
    shapes += ["mean", "deviation"].map { ($0, Shape(c.latentWidth)) }
    try SafeTensors.write(shapes, metadata: ["identity": identity], to: path) { index in
      let piece = index / 2
      if piece == set.pieces.count { return index % 2 == 0 ? statistics.mean : statistics.deviation }
      if index % 2 == 1 { return energy! }
      let made = try Self.encode(set.pieces[piece], model)
      statistics.add(made.latents)
      energy = made.energy
      progress(piece + 1)
      return made.latents
    }
    try self.init(kept: path)
  }

  /// Opens a file that was made before.
  public init(kept path: String) throws {
    file = try SafeTensors(path: path)
    frames = try (0..<max(1, file.names.count / 2 - 1)).map { [file] piece in
      guard let shape = file.shape("\(piece).latents"), shape.count == 2,
        file.shape("\(piece).energy")?.first == shape[0]
      else { throw TrainingError("\(path): expected the latents and energies of piece \(piece + 1), found none") }
      return shape[0]
    }
    mean = try file.tensor("mean")
    deviation = try file.tensor("deviation")
  }

  private static func encode(_ piece: Piece, _ model: VoiceCodec) throws -> (latents: Tensor, energy: Tensor) {
    let c = model.configuration
    let frames = piece.samples / c.hop
    let bands = c.harmonicBands
    let whole = try model.excerpt(piece, frames: frames)
    return (
      latents: model.latents(whole).reshaped(frames, c.latentWidth),
      energy: whole.energy.slice(axis: 2, start: 0, length: bands).reshaped(frames, bands)
    )
  }
}
