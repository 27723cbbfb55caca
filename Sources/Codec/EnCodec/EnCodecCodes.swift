// EnCodecCodes: a sound as codes, and back. A codec that streams takes the sound in pieces with its state carried, one
// with chunks takes them one by one, each at its own loudness, and lets them overlap when they are put together.
import Glibc
import Tensors

/// A sound in the words of a codec.
public struct EnCodecCodes: Sendable, Equatable {
  public struct Chunk: Sendable, Equatable {
    /// A row for each codebook, a code a frame.
    public var codes: [[UInt16]]
    /// The loudness that was taken out; 1 where the codec does not normalise.
    public var scale: Float

    public init(codes: [[UInt16]], scale: Float = 1) { (self.codes, self.scale) = (codes, scale) }
  }

  public var chunks: [Chunk]
  /// Samples a channel of the sound.
  public var samples: Int
  /// Thousands of bits a second.
  public var bandwidth: Double

  public init(chunks: [Chunk], samples: Int, bandwidth: Double) {
    (self.chunks, self.samples, self.bandwidth) = (chunks, samples, bandwidth)
  }
}

extension EnCodecConfiguration {
  /// Where the chunks of a sound lie.
  func chunks(_ samples: Int) -> [Range<Int>] {
    guard let chunk else { return samples > 0 ? [0..<samples] : [] }
    return stride(from: 0, to: samples, by: chunk.stride).map { $0..<min(samples, $0 + chunk.length) }
  }
}

extension EnCodec {
  /// The codes of a sound.
  ///
  /// - Parameters:
  ///   - audio: as many channels as the codec has, all of one length.
  ///   - bandwidth: one of the configuration's.
  ///   - progress: hears how many samples are done; what it throws ends the work.
  public func encode(
    _ audio: [[Float]], bandwidth: Double, progress: (Int) throws -> Void = { _ in }
  ) rethrows -> EnCodecCodes {
    let c = configuration
    let count = c.codebooks(bandwidth: bandwidth)
    let signal = interleaved(audio)
    let chunks = try c.chunks(audio[0].count).map { range in
      var chunk = signal.slice(axis: 1, start: range.lowerBound, length: range.count)
      var scale: Float = 1
      if c.normalises {
        scale = Self.loudness(chunk)
        chunk = chunk * (1 / scale)
      }
      var codes = [[UInt16]](repeating: [], count: count)
      try encoder.inPieces(chunk) { latents, done in
        for (row, new) in quantizer.encode(latents, codebooks: count).enumerated() { codes[row] += new }
        try progress(range.lowerBound + done)
      }
      return EnCodecCodes.Chunk(codes: codes, scale: scale)
    }
    return EnCodecCodes(chunks: chunks, samples: audio[0].count, bandwidth: bandwidth)
  }

  /// The latents of a sound before they are quantised, [1, frames, latentWidth].
  public func latents(
    of audio: [[Float]], progress: (Int) throws -> Void = { _ in }
  ) rethrows -> Tensor {
    precondition(configuration.chunk == nil && !configuration.normalises, "the latents of chunks are not a sound's")
    var pieces = [Tensor(zeros: Shape(1, 0, configuration.latentWidth))]
    try encoder.inPieces(interleaved(audio)) { latents, done in
      pieces.append(latents)
      try progress(done)
    }
    return concatenate(pieces, axis: 1)
  }

  /// The sound of codes, a list of samples for each channel.
  ///
  /// - Precondition: the codes are this codec's (`EnCodecCodes.init(path:codec:)` checks).
  public func decode(_ codes: EnCodecCodes, progress: (Int) throws -> Void = { _ in }) rethrows -> [[Float]] {
    let c = configuration
    let ranges = c.chunks(codes.samples)
    let isWhole = c.chunk == nil
    let length = ((ranges.first?.count ?? 0) + c.hop - 1) / c.hop * c.hop
    /// A triangle over a whole chunk: where two overlap, one fades into the other.
    func weight(_ index: Int) -> Float {
      isWhole ? 1 : 0.5 - abs(Float(index + 1) / Float(length + 1) - 0.5)
    }
    var sum = [[Float]](repeating: [Float](repeating: 0, count: codes.samples), count: c.channels)
    var weights = [Float](repeating: 0, count: codes.samples)
    for (range, chunk) in zip(ranges, codes.chunks) {
      var at = range.lowerBound
      try decoder.inPieces(quantizer.decode(chunk.codes)) { sound, _ in
        // What fills the last frame lies behind the end.
        let count = max(0, min(sound.shape[1], codes.samples - at))
        for index in 0..<count {
          let weight = weight(at - range.lowerBound + index)
          weights[at + index] += weight
          for channel in sum.indices {
            sum[channel][at + index] += weight * chunk.scale * sound[index * c.channels + channel]
          }
        }
        at += count
        try progress(at)
      }
    }
    if isWhole { return sum }
    return sum.map { channel in zip(channel, weights).map { $0 / $1 } }
  }

  private func interleaved(_ audio: [[Float]]) -> Tensor {
    let channels = configuration.channels
    precondition(audio.count == channels && audio.allSatisfy { $0.count == audio[0].count }, "\(channels) channels")
    let signal = Tensor(zeros: Shape(1, audio[0].count, channels))
    for (channel, samples) in audio.enumerated() {
      for (index, sample) in samples.enumerated() { signal[index * channels + channel] = sample }
    }
    return signal
  }

  /// √(mean of the squared mean of all channels) + 10⁻⁸.
  private static func loudness(_ chunk: Tensor) -> Float {
    let (samples, channels) = (chunk.shape[1], chunk.shape[2])
    var square = 0.0
    for index in 0..<samples {
      var mono: Float = 0
      for channel in 0..<channels { mono += chunk[index * channels + channel] }
      square += Double(mono / Float(channels)) * Double(mono / Float(channels))
    }
    return Float((square / Double(max(1, samples))).squareRoot()) + 1e-8
  }
}
