// The launch of a program that was built with MPI (the package's trait).
#if MPI
import Synchronization
import Training

extension Launch {
  public static let hasMPI = true
  private static let joined = Mutex<MPIRanks?>(nil)

  /// The ranks, joined when they are first asked for; nil where nobody launched several. For the main thread.
  ///
  /// - Parameter limit: seconds in which a rank must answer.
  /// - Throws: `LostRank` with MPI's reason.
  public static func ranks(limit: Double) throws -> (any Ranks)? {
    guard isLaunched else { return nil }
    return try joined.withLock { joined in
      joined = try joined ?? MPIRanks(limit: limit)
      return joined
    }
  }

  /// Whether this process is the one that speaks.
  public static var isFirst: Bool { joined.withLock { $0?.isFirst ?? true } }

  /// The number among the ranks on this machine: 0 for whoever is alone.
  public static var neighbour: Int { joined.withLock { $0?.neighbour ?? 0 } }

  /// The orderly end.
  public static func end() { joined.withLock { $0 }?.end() }

  /// The other end: the others are told why.
  ///
  /// - Returns: whether somebody has said it already.
  public static func leave(because reason: String) -> Bool {
    guard let ranks = joined.withLock({ $0 }) else { return false }
    ranks.leave(because: reason)
    return ranks.isTold
  }
}
#endif
