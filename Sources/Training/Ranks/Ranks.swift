// Ranks: several processes that train one model, each with a part of every step's shards.
// What they must be able to do for each other is one thing, to exchange messages; the rest is made of it (RankSum.swift).

/// The processes of one training, as one of them sees them.
///
/// All of them call the same functions in the same order. The thread that trains is the only one that calls.
public protocol Ranks: AnyObject, Sendable {
  /// This process's number, 0 ..< count. Rank 0 writes what is written.
  var rank: Int { get }
  var count: Int { get }

  /// Sends and receives all of the messages, whichever comes first; those between two ranks keep their order.
  ///
  /// When this throws, transfers may still be under way: the messages' memory must stay as long as the process.
  ///
  /// - Parameter isPatient: waits as long as it takes, whatever signals come, and ends by a farewell alone.
  /// - Throws: `LostRank` when a rank left, does not answer in time, or cannot be reached, or a signal came meanwhile.
  func exchange(_ messages: [RankMessage], isPatient: Bool) throws

  /// Tells the others that this rank goes, and why, and waits until rank 0 has gone too. May be called again.
  func leave(because reason: String)
}

/// Bytes on their way to another rank or from it.
public struct RankMessage {
  public enum Direction { case to, from }
  public let direction: Direction
  public let peer: Int
  public let bytes: UnsafeMutableRawBufferPointer

  package init(_ direction: Direction, _ peer: Int, _ start: UnsafeMutablePointer<Float>, count: Int) {
    (self.direction, self.peer) = (direction, peer)
    bytes = UnsafeMutableRawBufferPointer(start: start, count: count * MemoryLayout<Float>.stride)
  }

  package init(_ direction: Direction, _ peer: Int, _ bytes: UnsafeMutableRawBufferPointer) {
    (self.direction, self.peer, self.bytes) = (direction, peer, bytes)
  }
}

/// The other ranks cannot be counted on any more.
public struct LostRank: Error, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

extension Ranks {
  /// The rank that writes.
  public var isFirst: Bool { rank == 0 }

  /// What every rank does, rank 0 before the others: what it makes they find.
  public func inTurn<Result>(_ body: () throws -> Result) throws -> Result {
    if isFirst {
      let result = try body()
      try meet()
      return result
    }
    try meet()
    return try body()
  }

  /// Waits until all have come here, as long as it takes. Who comes here stays: either all go on from it, or none.
  public func meet() throws { _ = try gather([0], isPatient: true) }
}
