// RankSumTests: sums over ranks are those of a loop over the ranks, to the bit, however the memory divides.
// The ranks are threads here, so that this is tested where there is no MPI, too.
import Foundation
import Synchronization
import Testing
import Training

@Suite struct RankSumTests {
  @Test(arguments: [(1, 5, 4), (2, 7, 100), (3, 10, 2), (3, 2, 4), (4, 1000, 7), (5, 0, 3)])
  func `Every rank has the sum in the order of the ranks`(ranks: Int, count: Int, piece: Int) throws {
    // Of very different sizes, so that another order is another sum.
    let values = (0..<ranks).map { rank in
      (0..<count).map { index -> Float in
        let mantissa = Float((index * 37 + rank * 11) % 23 - 9)
        let exponent = Float((rank + index) % 6 - 2)
        return mantissa * powf(10, exponent)
      }
    }
    let expected = (0..<count).map { index in values.dropFirst().reduce(values[0][index]) { $0 + $1[index] } }
    let found = try ThreadRank.run(ranks) { rank in
      var own = values[rank.rank]
      try own.withUnsafeMutableBufferPointer { own in
        guard let start = own.baseAddress else { return }
        try rank.sum(start, count: count, pieceCount: piece)
      }
      return own
    }
    for rank in found { #expect(rank == expected) }
  }

  @Test func `Every rank hears all, and takes what rank 0 has`() throws {
    let found = try ThreadRank.run(3) { rank in
      let all = try rank.gather([Float(rank.rank), 10])
      let text = try rank.share("rank \(rank.rank)")
      return (all, text, try rank.share(7 + rank.rank))
    }
    for (all, text, number) in found {
      #expect(all == [[0, 10], [1, 10], [2, 10]])
      #expect(text == "rank 0")
      #expect(number == 7)
    }
  }

  @Test func `Rank 0 prepares, the others find`() throws {
    let made = Mutex([Int]())
    _ = try ThreadRank.run(3) { rank in
      try rank.inTurn { made.withLock { $0.append(rank.rank) } }
    }
    #expect(made.withLock { $0.first } == 0)
    #expect(made.withLock { $0.sorted() } == [0, 1, 2])
  }
}

/// A rank that is a thread.
private final class ThreadRank: Ranks {
  /// What is on its way: from whom and to whom, in its order.
  private final class Post: @unchecked Sendable {
    let condition = NSCondition()
    var letters: [[Int]: [[UInt8]]] = [:]
  }

  let rank: Int, count: Int
  private let post: Post

  private init(_ rank: Int, of count: Int, _ post: Post) { (self.rank, self.count, self.post) = (rank, count, post) }

  func exchange(_ messages: [RankMessage], isPatient: Bool) throws {
    post.condition.withLock {
      for message in messages where message.direction == .to {
        post.letters[[rank, message.peer], default: []].append(Array(message.bytes))
      }
      post.condition.broadcast()
      for message in messages where message.direction == .from {
        while post.letters[[message.peer, rank], default: []].isEmpty { post.condition.wait() }
        message.bytes.copyBytes(from: post.letters[[message.peer, rank]]!.removeFirst())
      }
    }
  }

  func leave(because reason: String) {}

  /// What `body` returns in each of so many ranks.
  static func run<Result: Sendable>(_ count: Int, _ body: @escaping @Sendable (ThreadRank) throws -> Result) throws
    -> [Result]
  {
    let post = Post()
    let results = Mutex([Int: Swift.Result<Result, any Error>]())
    let done = DispatchSemaphore(value: 0)
    for rank in 0..<count {
      Thread.detachNewThread {
        let result = Swift.Result { try body(ThreadRank(rank, of: count, post)) }
        results.withLock { $0[rank] = result }
        done.signal()
      }
    }
    for _ in 0..<count { done.wait() }
    return try results.withLock { results in try (0..<count).map { try results[$0]!.get() } }
  }
}
