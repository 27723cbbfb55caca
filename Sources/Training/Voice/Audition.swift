// Audition: some seconds of a piece, to be listened to: as they were, as the codec carries them, as they are performed.
import Codec
import Foundation
import Generator
import Media
import Score
import Tensors

extension PianoSet {
  /// How many pieces are learned: all but the last, which is kept for listening.
  var learned: Int { max(1, pieces.count - 1) }
  /// The piece that is kept.
  public var kept: Int { pieces.count - 1 }

  /// One of the pieces that are learned, longer ones more often.
  func drawn(_ random: inout ShardRandom) -> Int {
    let frames = pieces.prefix(learned).map { max(1, $0.samples / 320) }
    var place = random.integer(in: 0..<frames.reduce(0, +))
    for (index, count) in frames.enumerated() {
      if place < count { return index }
      place -= count
    }
    return 0
  }
}

/// The beginning of a piece.
public struct Audition: Sendable {
  public let frames: Int
  let excerpt: Excerpt
  private let codec: VoiceCodec
  private let condition: Tensor

  /// - Parameter seconds: how much of the piece, or all of it where it is shorter.
  public init(_ piece: Piece, seconds: Double = 10, codec: VoiceCodec) throws {
    let c = codec.configuration
    self.codec = codec
    frames = max(1, min(Int(seconds * Double(c.sampleRate)), piece.samples) / c.hop)
    excerpt = try codec.excerpt(piece, frames: frames)
    condition = Condition.rows(
      roll: Excerpt.roll(piece, first: 0, frames: frames), energy: excerpt.energy.data, stride: c.bands,
      harmonicBands: c.harmonicBands)
  }

  /// The sound as it was, [1, samples].
  public var original: Tensor { excerpt.target }

  /// What the codec's encoder makes of it, [1, frames, latentWidth].
  public var latents: Tensor { codec.latents(excerpt) }

  /// What a generator makes of the score alone, each block on the past that it made itself; [1, frames, latentWidth].
  ///
  /// - Parameters:
  ///   - latents: the set whose mean and deviation the generator learned.
  ///   - block: frames a block.
  ///   - steps: of the flow.
  public func perform(
    _ generator: MultiStreamTransformer, _ latents: LatentSet, block: Int = 2, steps: Int = 4
  ) -> Tensor {
    let width = generator.configuration.latentWidth
    let blocks = BlockGenerator(generator, frames: block, precision: .float32)
    let whole = (frames + block - 1) / block * block
    let rows = Tensor(zeros: condition.shape.with(1, whole))
    rows.data.update(from: condition.data, count: condition.shape.count)
    let performed = Tensor(zeros: Shape(1, whole, width))
    for frame in stride(from: 0, to: whole, by: block) {
      blocks.generate(
        frame: Int64(frame), seed: 1, condition: rows.data + frame * rows.shape[2], steps: steps, guidance: 1,
        into: performed.data + frame * width)
    }
    for i in 0..<performed.shape.count {
      performed[i] = performed[i] * latents.deviation[i % width] + latents.mean[i % width]
    }
    return performed.slice(axis: 1, start: 0, length: frames)
  }

  /// The sound of latents [1, frames, latentWidth]: [1, samples].
  public func sound(_ latents: Tensor) -> Tensor { codec.sound(latents, excerpt) }

  /// Writes a sound [1, samples].
  public func write(_ sound: Tensor, to path: String) throws {
    try AudioFileWriter.write(sound.array, to: path, sampleRate: codec.configuration.sampleRate)
  }

  /// Writes the original once, and what stands for it at a step of a run.
  func write(_ sound: Tensor, step: Int, folder: String) throws {
    let first = folder + "/original.wav"
    if !FileManager.default.fileExists(atPath: first) { try write(original, to: first) }
    try write(sound, to: folder + String(format: "/step-%06d.wav", step))
  }
}

extension Condition {
  /// Rows for some frames, [1, frames, width].
  ///
  /// - Parameters:
  ///   - roll: [1, frames, RollWriter.width].
  ///   - energy: of the source, ln, `stride` numbers a frame of which the first `harmonicBands` count.
  static func rows(roll: Tensor, energy: UnsafePointer<Float>, stride: Int, harmonicBands: Int) -> Tensor {
    let frames = roll.shape[1]
    let width = width(harmonicBands: harmonicBands)
    let rows = Tensor(zeros: Shape(1, frames, width))
    for frame in 0..<frames {
      write(
        roll: roll.data + frame * RollWriter.width, energy: energy + frame * stride, harmonicBands: harmonicBands,
        into: rows.data + frame * width)
    }
    return rows
  }
}
