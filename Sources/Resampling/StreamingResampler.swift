// StreamingResampler: one channel from one sample rate to another, a fixed chunk at a time, with a delay known exactly.
// Silence costs nothing once the filter has run out, and the phase stays that of the stream.
import CSampleRate

/// Band-limited resampling by libsamplerate's windowed sinc (medium: 121 dB, 90 % of the band).
///
/// `output[delay + n]` is the input's value at time `n / to`. Whatever chunks hold, `k` of them have given exactly
/// `⌊k · chunk · to / from⌋` samples. Equal rates pass through untouched, without delay.
public final class StreamingResampler {
  /// Input samples in half the filter when the rate rises; output samples when it falls (measured for all rates by
  /// the tests: the filter never holds back more).
  private static var reach: Int { 47 }

  /// Output samples by which the stream is late.
  public static func delay(from: Int, to: Int) -> Int {
    from == to ? 0 : (reach &* max(from, to) &+ from &- 1) / from &+ 1
  }

  /// Input samples a chunk.
  public let chunk: Int
  public let from: Int
  public let to: Int
  /// Output samples by which the stream is late.
  public let delay: Int
  /// The most samples that one chunk gives.
  public let maximumOutput: Int

  private let converter: OpaquePointer?
  /// Converted samples that are not due yet: at most `delay` plus a chunk's.
  private let held: UnsafeMutablePointer<Float>
  private let heldCapacity: Int
  private var heldCount = 0
  private let silence: UnsafeMutablePointer<Float>
  /// Chunks taken so far.
  private var chunks: Int64 = 0
  /// Chunks of silence since the last that was none.
  private var silentChunks: Int
  /// Silent chunks after which the filter holds nothing.
  private let memory: Int
  /// The phase repeats every so many chunks.
  private let period: Int64

  /// - Precondition: `supports(from:to:)`.
  public init(from: Int, to: Int, chunk: Int) {
    precondition(
      StreamingResampler.supports(from: from, to: to) && chunk > 0, "resampling \(from) to \(to) in chunks of \(chunk)")
    self.from = from
    self.to = to
    self.chunk = chunk
    delay = StreamingResampler.delay(from: from, to: to)
    maximumOutput = (chunk * to + from - 1) / from
    heldCapacity = 2 * delay + maximumOutput + 64
    held = .allocate(capacity: heldCapacity)
    silence = .allocate(capacity: chunk)
    silence.initialize(repeating: 0, count: chunk)
    let span = 2 * StreamingResampler.reach * max(from, to) / to + 2
    memory = (span + chunk - 1) / chunk + 1
    silentChunks = memory
    period = Int64(from / greatestCommonDivisor(from, chunk * to))
    var error: Int32 = 0
    converter = from == to ? nil : src_new(Int32(SRC_SINC_MEDIUM_QUALITY), 1, &error)
    precondition(from == to || converter != nil, "libsamplerate: out of memory")
  }

  deinit {
    held.deallocate()
    silence.deallocate()
    if let converter { src_delete(converter) }
  }

  /// Back to the start: silence stands before the next chunk.
  public func reset() {
    chunks = 0
    silentChunks = memory
  }

  /// The filter has run out: silence gives silence, and costs nothing.
  public var isAtRest: Bool { converter == nil || silentChunks >= memory }

  /// Passes `count` chunks of silence without asking for the silence that they give.
  ///
  /// - Precondition: `isAtRest`.
  public func pass(_ count: Int64) {
    precondition(isAtRest && count >= 0, "\(count) chunks passed")
    chunks += count
  }

  /// Samples that the next chunk will give.
  public var due: Int { Int(position(after: chunks + 1) - position(after: chunks)) }

  /// Takes a chunk (`nil`: of silence) and writes the samples that it gives. Returns their number.
  public func process(_ input: UnsafePointer<Float>?, into output: UnsafeMutablePointer<Float>) -> Int {
    let count = due
    defer { chunks += 1 }
    guard converter != nil else {
      output.update(from: input ?? UnsafePointer(silence), count: count)
      return count
    }
    if input == nil && silentChunks >= memory {
      output.update(repeating: 0, count: count)
      return count
    }
    if silentChunks >= memory { wake(into: output) }
    silentChunks = input == nil ? silentChunks + 1 : 0
    convert(input ?? UnsafePointer(silence))
    give(count, to: output)
    return count
  }

  /// Restarts the filter where its phase is zero, and runs it over silence up to here, over all that it looks back on.
  /// `scratch` takes what is not used.
  private func wake(into scratch: UnsafeMutablePointer<Float>) {
    src_reset(converter)
    held.update(repeating: 0, count: delay)
    heldCount = delay
    let phase = (chunks - Int64(memory)) % period
    let before = Int64(memory) + (phase < 0 ? phase + period : phase)
    for index in 0..<before {
      convert(silence)
      give(Int(position(after: index + 1) - position(after: index)), to: scratch)
    }
  }

  private func convert(_ input: UnsafePointer<Float>) {
    var data = SRC_DATA()
    data.data_in = input
    data.input_frames = chunk
    data.data_out = held + heldCount
    data.output_frames = heldCapacity - heldCount
    data.src_ratio = Double(to) / Double(from)
    let error = src_process(converter, &data)
    precondition(error == 0 && data.input_frames_used == chunk, "libsamplerate: \(from) to \(to), error \(error)")
    heldCount += data.output_frames_gen
  }

  private func give(_ count: Int, to output: UnsafeMutablePointer<Float>) {
    precondition(count <= heldCount, "resampling \(from) to \(to): \(count) samples due, \(heldCount) held")
    output.update(from: held, count: count)
    heldCount -= count
    for index in 0..<heldCount { held[index] = held[index + count] }
  }

  private func position(after chunks: Int64) -> Int64 {
    Int64(chunk) * chunks * Int64(to) / Int64(from)
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
