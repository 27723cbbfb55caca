// RankPart: what one process does of every step, and what it must hear from the others: nothing, where it is the only one.
// Rank 0 touches the run's folder, and decides where all must agree.
import Terminal

/// A rank's part of a training.
final class RankPart {
  /// Nil where one process does it all.
  let ranks: (any Ranks)?
  /// Neighbouring shards of every step, so many that no rank has two more than another.
  let shards: Range<Int>
  private var told: Int32?

  /// - Throws: `TrainingError` when there are more ranks than shards.
  init(_ ranks: (any Ranks)?, shards: Int) throws {
    self.ranks = ranks
    guard let ranks else {
      self.shards = 0..<shards
      return
    }
    if ranks.count > shards {
      throw TrainingError("\(ranks.count) ranks cannot share \(shards) examples a step; raise --batch, or start fewer")
    }
    self.shards = shards * ranks.rank / ranks.count..<shards * (ranks.rank + 1) / ranks.count
  }

  /// Whether this process writes what is written.
  var isFirst: Bool { ranks?.isFirst ?? true }

  /// The shards in so many parts, done one after the other.
  func groups(_ parts: Int) -> [Range<Int>] {
    let size = (shards.count + parts - 1) / max(1, parts)
    return stride(from: shards.lowerBound, to: shards.upperBound, by: size).map {
      $0..<min($0 + size, shards.upperBound)
    }
  }

  /// The signal after which all stop together; nil while no rank has had one.
  var signal: Int32? { ranks == nil ? Interruption.signal : told }

  /// The norm as rank 0 found it, so that processors of different kinds shorten a gradient alike. Signals are told, too.
  func agreed(norm: Float) throws -> Float {
    guard let ranks else { return norm }
    let all = try ranks.gather([norm, Float(Interruption.signal ?? 0)])
    told = all.map { Int32($0[1]) }.first { $0 != 0 }
    return all[0][0]
  }

  /// The others hear of an error as long as all memory is there that may be on its way to them.
  func orLeave<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      ranks?.leave(because: "\(error)")
      throw error
    }
  }
}
