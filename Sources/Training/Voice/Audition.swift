// Audition: what a run plays when it is listened to: the beginning of a piece that it does not learn.
import Codec
import Foundation
import Media
import Score
import Tensors

extension PianoSet {
  /// How many pieces are learned: all but the last, which is kept for listening.
  var learned: Int { max(1, pieces.count - 1) }
  /// The piece that is kept.
  var kept: Int { pieces.count - 1 }
}

/// Ten seconds of the piece that is kept, or all of it where it is shorter.
struct Audition: Sendable {
  let excerpt: Excerpt
  let frames: Int
  private let sampleRate: Int

  init(_ set: PianoSet, _ model: CodecModel) {
    let source = model.configuration.source
    let piece = set.pieces[set.kept]
    frames = max(1, min(10 * source.sampleRate, piece.samples) / source.hop)
    sampleRate = source.sampleRate
    let noise = NoiseBands(source.noise, sampleRate: Double(source.sampleRate))
    excerpt = Excerpt(
      piece, first: 0, frames: frames, margin: model.encoder.margin,
      bank: SourceBank(source, table: model.table, noise: noise))
  }

  /// The sound of latents [1, frames, latentWidth]: [1, samples].
  func sound(_ latents: Tensor, _ model: CodecModel) -> Tensor {
    var state = model.decoder.silence()
    let sound = model.decoder(latents, source: excerpt.source, energy: excerpt.energy, state: &state)
    return sound.untracked.reshaped(excerpt.target.shape)
  }

  /// Writes the original once, and what stands for it at a step.
  func write(_ sound: Tensor, step: Int, folder: String) throws {
    let original = folder + "/original.wav"
    if !FileManager.default.fileExists(atPath: original) { try write(excerpt.target, to: original) }
    try write(sound, to: folder + String(format: "/step-%06d.wav", step))
  }

  private func write(_ sound: Tensor, to path: String) throws {
    let writer = try AudioFileWriter(path, sampleRate: sampleRate, channels: 1)
    try writer.write(UnsafeBufferPointer(start: sound.data, count: sound.shape.count))
    try writer.close()
  }
}
