// Recording: a sound file as training wants it, one channel at 24 kHz, and what was noticed while it was read.
import Foundation
import Media
import Resampling

/// A file of somebody's own.
public struct Recording: Sendable {
  public static let sampleRate = 24000

  public let path: String
  /// As the file states them.
  public let sourceRate: Int, channels: Int
  /// The mean of the channels, ±1, at 24 kHz.
  public let samples: [Float]
  /// The largest value of any channel, before the mean.
  public let peak: Float
  /// Seconds at which at least three samples in a row stand at the largest value, the sign of a signal cut off.
  public let clips: [Double]
  /// The power of the mean, as a share of the channels' mean power: near 0 where the channels cancel each other.
  public let agreement: Double

  public var seconds: Double { Double(samples.count) / Double(Self.sampleRate) }

  /// Reads a file.
  ///
  /// - Throws: `AudioFileError` when it is no sound file; `DataError` when it holds nothing that can be learned from.
  public init(_ path: String) throws {
    let reader = try AudioFileReader(path)
    guard !reader.isLossy else {
      throw DataError(
        "what was compressed with loss would be learned as the piano's sound; export it anew as WAV or FLAC")
    }
    guard StreamingResampler.supports(from: reader.sampleRate, to: Self.sampleRate) else {
      throw DataError("expected a usual sample rate, found \(reader.sampleRate) Hz")
    }
    let channels = reader.channels
    let resampler = StreamingResampler(from: reader.sampleRate, to: Self.sampleRate, chunk: 4096)
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: resampler.chunk * channels)
    defer { buffer.deallocate() }
    var mono = [Float](repeating: 0, count: resampler.chunk)
    var piece = [Float](repeating: 0, count: resampler.maximumOutput)
    var result: [Float] = []
    result.reserveCapacity(reader.frames * Self.sampleRate / reader.sampleRate + 2 * piece.count + resampler.delay)
    var ceilings = Array(repeating: Ceiling(), count: channels)
    var read = 0
    var powers = (mean: 0.0, channels: 0.0)
    var wanted = Int.max
    while result.count < wanted {
      let count = wanted == .max ? reader.read(into: buffer) : 0
      for frame in 0..<resampler.chunk {
        var sum: Float = 0
        for channel in 0..<channels where frame < count {
          let value = buffer[frame * channels + channel].isFinite ? buffer[frame * channels + channel] : 0
          ceilings[channel].add(value, at: read + frame)
          powers.channels += Double(value * value) / Double(channels)
          sum += value
        }
        mono[frame] = sum / Float(channels)
        powers.mean += Double(mono[frame] * mono[frame])
      }
      result.append(contentsOf: piece[..<resampler.process(mono, into: &piece)])
      read += count
      if count < resampler.chunk, wanted == .max {
        wanted = (read * Self.sampleRate + reader.sampleRate - 1) / reader.sampleRate + resampler.delay
      }
    }
    self.path = path
    (sourceRate, self.channels) = (reader.sampleRate, channels)
    samples = Array(result[resampler.delay..<wanted])
    peak = ceilings.map(\.level).max() ?? 0
    let rate = Double(reader.sampleRate)
    clips = ceilings.filter { $0.level >= 0.5 }.flatMap(\.runs).sorted().map { Double($0) / rate }
    agreement = powers.channels > 0 ? powers.mean / powers.channels : 1
  }
}

/// The largest value of a channel so far, and where the signal rests on it.
private struct Ceiling {
  private(set) var level: Float = 0
  private(set) var runs: [Int] = []
  private var length = 0, sign: Float = 0

  mutating func add(_ value: Float, at frame: Int) {
    let height = abs(value)
    // A sixteen-bit step at full scale is half of this.
    let tolerance: Float = 6e-5
    if height > level * (1 + tolerance) {
      (level, length, sign) = (height, 1, value)
      runs.removeAll(keepingCapacity: true)
    } else if height > 0, height >= level * (1 - tolerance), value * sign > 0 || length == 0 {
      (length, sign) = (length + 1, value)
      if length == 3 { runs.append(frame) }
    } else {
      length = 0
    }
  }
}
