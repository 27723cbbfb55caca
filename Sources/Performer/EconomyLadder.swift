// EconomyLadder: in which order quality is given up when the machine is too slow, rung by rung.
// Steps are halved down to one, guidance is folded, blocks grow; what is left then is faded silence.

/// The rungs under what a musician has set.
///
/// With `S` steps, rungs 1…h halve them, rounding up, until one is left; the next folds guidance into 1, where it is not 1
/// anyway; each further one makes blocks a codec frame larger, up to `largestBlock`.
package struct EconomyLadder: Equatable, Sendable {
  /// No block is made larger than this many frames, for it is late enough.
  package static let largestBlock = 8

  private let steps: Int
  private let isGuided: Bool
  private let frames: Int

  /// - Parameters:
  ///   - settings: as they were set.
  ///   - frames: of a block, as they were set.
  package init(_ settings: PerformanceSettings, frames: Int) {
    steps = Int(max(1, min(settings.steps, 1024)))
    isGuided = settings.guidance != 1
    self.frames = frames
  }

  /// Rungs that halve the steps.
  private var halvings: Int { Int.bitWidth - (steps - 1).leadingZeroBitCount }

  /// Rungs that hold from the next block on.
  package var immediateRungs: Int { halvings + (isGuided ? 1 : 0) }

  /// All of them.
  package var rungs: Int { immediateRungs + max(0, EconomyLadder.largestBlock - frames) }

  /// Steps of the flow on a rung: `⌈S / 2ⁿ⌉`.
  package func steps(on rung: Int) -> Int {
    let halved = min(rung, halvings)
    return (steps + (1 << halved) - 1) >> halved
  }

  /// Whether guidance is given up on a rung.
  package func foldsGuidance(on rung: Int) -> Bool { isGuided && rung > halvings }

  /// Frames by which a block is larger on a rung.
  package func extraFrames(on rung: Int) -> Int { max(0, min(rung, rungs) - immediateRungs) }

  /// What is played on a rung; on rung 0 exactly what was set.
  package func settings(_ settings: PerformanceSettings, on rung: Int) -> PerformanceSettings {
    guard rung > 0 else { return settings }
    var spared = settings
    spared.steps = Int32(steps(on: rung))
    if foldsGuidance(on: rung) { spared.guidance = 1 }
    return spared
  }

  /// Passes through the network for a block: each step is one, or two under guidance, and one more remembers the block.
  package func passes(on rung: Int) -> Int {
    steps(on: rung) * (isGuided && !foldsGuidance(on: rung) ? 2 : 1) + 1
  }
}
