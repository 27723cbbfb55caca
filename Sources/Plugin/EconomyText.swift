// EconomyText: in words what the instrument gives up on a machine that is too slow, and how its threads run.
// For the status property and for the log.
import Performer

extension PerformanceEconomy {
  /// Nil where all is played as it was set.
  ///
  /// - Parameter isWaiting: blocks are still to become larger.
  func text(isWaiting: Bool) -> String? {
    guard stage != .none else { return nil }
    var parts = ["\(steps) step\(steps == 1 ? "" : "s")"]
    if foldsGuidance { parts.append("no guidance") }
    if extraFrames > 0 {
      let frames = "larger blocks by \(extraFrames)"
      parts.append(isWaiting ? frames + " from the next pause on" : frames)
    }
    if stage == .silence { parts.append("what is still late is silent") }
    return "the machine is too slow: " + parts.joined(separator: ", ")
  }
}

extension GeneratorPriority {
  /// Nil where there is nothing to say: the threads are as the audio thread is.
  var text: String? {
    switch self {
    case .unknown, .normal: nil
    case .realtime(let number): "generates with real-time priority \(number), just below the audio thread"
    case .refused:
      "generates with normal priority: the system refuses a real-time one (its limits for rtprio or rttime), "
        + "so other programs may make blocks late"
    }
  }
}
