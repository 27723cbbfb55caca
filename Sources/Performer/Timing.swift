// Timing: where a block's samples lie on the host's clock, and how long after its event a note sounds.
// Integers throughout: the same answer on the millionth block as on the first. docs/decisions tells the derivation.

/// The codec's clock. A voice that runs on another is refused.
public enum CodecClock {
  /// Samples a second.
  public static var rate: Int { @_noLocks @_noAllocation get { 24_000 } }
  /// Samples a frame; 75 frames are a second.
  public static let hop = 320
}

/// The two clocks of a performance and the latency between them, for one host rate and block size.
public struct Timing: BitwiseCopyable, Sendable, Equatable {
  /// Host samples a second.
  public let hostRate: Int
  /// Codec frames a block.
  public let blockFrames: Int
  /// Host samples that the resampler holds back.
  public let resamplerDelay: Int
  /// Host samples from an event to its sound, and the frames a block that they are enough for, `blockFrames` or more.
  public let latency: Int, latencyFrames: Int

  @_noLocks @_noAllocation
  public init(hostRate: Int, blockFrames: Int, latencyFrames: Int = 0, nominalBlock: Int, resamplerDelay: Int) {
    self.hostRate = hostRate
    self.blockFrames = blockFrames
    self.latencyFrames = max(latencyFrames, blockFrames)
    self.resamplerDelay = resamplerDelay
    let frame = Timing.hostSamples(halfFrames: 2, hostRate: hostRate)
    let computing = Timing.hostSamples(halfFrames: self.latencyFrames, hostRate: hostRate)
    let margin = max(frame, nominalBlock &+ computing)
    latency =
      Timing.hostSamples(halfFrames: 2 &* self.latencyFrames, hostRate: hostRate) &+ margin &+ resamplerDelay
  }

  /// Codec samples a block.
  public var blockSamples: Int {
    @_noLocks @_noAllocation get { blockFrames &* 320 }
  }

  /// The codec sample that host sample `position` falls into: `⌊position · 24000 / rate⌋`.
  @_noLocks @_noAllocation
  public func codecSample(at position: Int64) -> Int64 { position &* 24_000 / Int64(hostRate) }

  /// The blocks that end at or before host sample `position`.
  @_noLocks @_noAllocation
  public func completeBlocks(at position: Int64) -> Int64 { codecSample(at: position) / Int64(blockSamples) }

  /// Host samples that `frames` codec frames have filled, from the start: `⌊320 · frames · rate / 24000⌋`.
  @_noLocks @_noAllocation
  public func hostSamples(frames: Int64) -> Int64 { frames &* Int64(hostRate) / 75 }

  /// Nanoseconds that `samples` host samples take: whole seconds apart, so that nothing overflows.
  @_noLocks @_noAllocation
  public func nanoseconds(_ samples: Int64) -> Int64 {
    let rate = Int64(hostRate)
    return samples / rate &* 1_000_000_000 &+ samples % rate &* 1_000_000_000 / rate
  }

  /// Half frames as host samples, rounded up.
  @_noLocks @_noAllocation
  private static func hostSamples(halfFrames: Int, hostRate: Int) -> Int { (halfFrames &* hostRate &+ 149) / 150 }
}
