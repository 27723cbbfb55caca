// BlockSize: how much of a score the generator makes at once: some frames, or all of it.
import ArgumentParser
import Performer

/// Frames a block on the command line.
enum BlockSize: ExpressibleByArgument, CustomStringConvertible {
  case frames(Int)
  case whole

  /// The longest score that is one block, in seconds: memory grows with its square.
  static let longest = 60.0

  init?(argument: String) {
    if argument == "whole" {
      self = .whole
    } else if let count = Int(argument), 1...24 ~= count {
      self = .frames(count)
    } else {
      return nil
    }
  }

  var description: String {
    switch self {
    case .frames(let count): "\(count)"
    case .whole: "whole"
    }
  }

  /// Frames a block of a performance of some seconds.
  func frames(seconds: Double) throws -> Int {
    if case .frames(let count) = self { return count }
    guard seconds <= Self.longest else {
      throw Failure("--block whole: expected at most \(Int(Self.longest)) s, found \(seconds) s; --to ends earlier")
    }
    return max(1, Int((seconds * Double(CodecClock.rate) / Double(CodecClock.hop)).rounded(.up)))
  }
}
