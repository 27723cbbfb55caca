// PerformanceEconomy: what a performance gives up at present because the machine is too slow, for all to read.
// It fits into a word, so that the audio thread can hand it on.

/// What is given up at present.
public struct PerformanceEconomy: BitwiseCopyable, Sendable, Equatable {
  /// How far it has come, in the order in which quality is given up.
  public enum Stage: UInt8, Sendable, BitwiseCopyable {
    /// All is played as it was set.
    case none
    /// Fewer steps than were set.
    case fewerSteps
    /// One step, without guidance.
    case oneStep
    /// Larger blocks besides, from the next pause on.
    case largerBlock
    /// There is no more to give up: blocks that come too late are silent.
    case silence
  }

  public var stage: Stage
  /// Steps that are played.
  public var steps: Int
  /// Guidance that was set is not played.
  public var foldsGuidance: Bool
  /// Codec frames by which blocks are to be larger than was set. The latency of a performance that sounds does not
  /// change: they become so at `Stage.adoptBlockSize`.
  public var extraFrames: Int

  @_noLocks @_noAllocation
  init(stage: Stage = .none, steps: Int = 0, foldsGuidance: Bool = false, extraFrames: Int = 0) {
    self.stage = stage
    self.steps = steps
    self.foldsGuidance = foldsGuidance
    self.extraFrames = extraFrames
  }

  @_noLocks @_noAllocation
  init(packed: UInt32) {
    stage = Stage(rawValue: UInt8(truncatingIfNeeded: packed & 0xFF)) ?? .none
    extraFrames = Int(packed &>> 8 & 0x7F)
    foldsGuidance = packed & 0x8000 != 0
    steps = Int(packed &>> 16)
  }

  /// All of it in a number: equal for what is equal.
  public var packed: UInt32 {
    @_noLocks @_noAllocation get {
      UInt32(stage.rawValue) | UInt32(truncatingIfNeeded: extraFrames & 0x7F) &<< 8 | (foldsGuidance ? 0x8000 : 0)
        | UInt32(truncatingIfNeeded: steps & 0xFFFF) &<< 16
    }
  }
}
