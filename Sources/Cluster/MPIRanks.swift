// MPIRanks: the ranks of a training as the processes that an MPI launcher started.
// Nothing waits inside of MPI: every message is asked after, so that a signal, a farewell or a time limit ends the waiting.
#if MPI
import CMPI
import Glibc
import Synchronization
import Terminal
import Training

/// This process among those that `mpirun` or `srun` started.
final class MPIRanks: Ranks, @unchecked Sendable {
  let rank: Int, count: Int
  /// The number among the ranks on this machine.
  let neighbour: Int
  /// Seconds in which a rank must answer.
  private let limit: Double
  private var world = cmpi_world()
  // A receipt of whatever a leaving rank says is always open.
  private static let farewellSize = 1024
  private let farewell = UnsafeMutableRawBufferPointer.allocate(byteCount: farewellSize, alignment: 16)
  private var listening = cmpi_request()
  private var farewells: [Int: String] = [:]
  private var hasLeft = false
  /// Whether somebody has said why this rank goes, so that nobody else need say it.
  private(set) var isTold = false
  private enum Tag { static let work: Int32 = 1, farewell: Int32 = 2 }
  /// After a signal, the seconds in which the others may still answer: launchers kill a second after it.
  private static let grace = 0.3

  /// - Throws: `LostRank` with MPI's reason.
  init(limit: Double) throws {
    self.limit = limit
    var (rank, count, neighbour): (Int32, Int32, Int32) = (0, 0, 0)
    try MPIRanks.check("cannot join the other ranks", cmpi_begin(&world, &rank, &count, &neighbour))
    (self.rank, self.count, self.neighbour) = (Int(rank), Int(count), Int(neighbour))
    try listen()
  }

  func exchange(_ messages: [RankMessage], isPatient: Bool) throws {
    if let (rank, reason) = farewells.first { throw left(rank, reason) }
    var pending = try messages.map { try begin($0, Tag.work) }
    let begun = MPIRanks.now
    var signalled: Double?
    var rounds = 0
    while true {
      pending = try stillPending(pending)
      if pending.isEmpty { return }
      try hear()
      rounds += 1
      // Short waits are short: a rank that sleeps answers late.
      guard rounds > 200 else {
        sched_yield()
        continue
      }
      usleep(100)
      if isPatient { continue }
      let waited = MPIRanks.now - begun
      if let signal = Interruption.signal {
        signalled = signalled ?? waited
        if waited - signalled! > MPIRanks.grace {
          throw LostRank("asked to stop (signal \(signal)) while \(MPIRanks.words(pending)) did not answer")
        }
      }
      if waited > limit {
        throw LostRank("\(MPIRanks.words(pending)) did not answer for \(Int(limit)) seconds")
      }
    }
  }

  func leave(because reason: String) {
    guard !hasLeft else { return }
    hasLeft = true
    let text = Array(reason.utf8.prefix(MPIRanks.farewellSize - 1)) + [0]
    let said = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 16)
    said.copyBytes(from: text)
    // Rank 0 is told first, and waited for: it keeps what can be kept, and its end ends the others.
    var pending = (0..<count).filter { $0 != rank }.compactMap { try? begin(RankMessage(.to, $0, said), Tag.farewell) }
    let begun = MPIRanks.now
    while MPIRanks.now - begun < (rank == 0 ? 0.2 : limit) {
      pending = (try? stillPending(pending)) ?? []
      try? hear()
      if rank == 0 ? pending.isEmpty : farewells[0] != nil { break }
      if rank != 0, !isTold, MPIRanks.now - begun > 0.2 {
        // It may be writing a checkpoint; or it is the one that is lost.
        isTold = true
        let line = "rank \(rank) of \(count): \(reason)\n"
        line.withCString { _ = write(2, $0, strlen($0)) }
      }
      usleep(1000)
    }
    isTold = isTold || rank != 0 && farewells[0] != nil
  }

  /// The orderly end, to which all ranks come.
  func end() {
    guard !hasLeft else { return }
    hasLeft = true
    cmpi_cancel(&listening)
    _ = cmpi_end()
  }

  // MARK: Messages

  /// A message under way, and the rank at its other end.
  private struct Pending {
    let peer: Int
    var request: cmpi_request
  }

  private func begin(_ message: RankMessage, _ tag: Int32) throws -> Pending {
    var request = cmpi_request()
    let (bytes, count) = (message.bytes.baseAddress, Int32(message.bytes.count))
    let error =
      switch message.direction {
      case .to: cmpi_send(&world, bytes, count, Int32(message.peer), tag, &request)
      case .from: cmpi_receive(&world, bytes, count, Int32(message.peer), tag, &request)
      }
    try MPIRanks.check("rank \(message.peer) cannot be reached", error)
    return Pending(peer: message.peer, request: request)
  }

  private func stillPending(_ pending: [Pending]) throws -> [Pending] {
    try pending.compactMap { each in
      var each = each
      return try source(&each.request) == nil ? each : nil
    }
  }

  /// Who sent what is done; nil while it is not.
  private func source(_ request: inout cmpi_request) throws -> Int? {
    var (isDone, source): (Int32, Int32) = (0, 0)
    try MPIRanks.check("a message was lost", cmpi_test(&request, &isDone, &source))
    return isDone == 0 ? nil : Int(source)
  }

  private func listen() throws {
    try MPIRanks.check(
      "cannot hear the other ranks",
      cmpi_receive(
        &world, farewell.baseAddress, Int32(MPIRanks.farewellSize), -1, Tag.farewell, &listening))
  }

  /// Throws when a rank said that it goes.
  private func hear() throws {
    guard let rank = try source(&listening) else { return }
    let reason = String(decoding: farewell.prefix { $0 != 0 }, as: UTF8.self)
    farewells[rank] = reason
    try listen()
    throw left(rank, reason)
  }

  private func left(_ rank: Int, _ reason: String) -> LostRank { LostRank("rank \(rank) of \(count) left: \(reason)") }

  // MARK: Words

  private static func words(_ pending: [Pending]) -> String {
    let ranks = Set(pending.map(\.peer)).sorted().map(String.init)
    return ranks.count == 1 ? "rank \(ranks[0])" : "ranks \(ranks.joined(separator: ", "))"
  }

  private static func check(_ what: String, _ error: Int32) throws {
    if error == 0 { return }
    let reason = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(cmpi_reason_length())) { text in
      text.initialize(repeating: 0)
      cmpi_reason(error, text.baseAddress)
      return String(cString: text.baseAddress!)
    }
    throw LostRank("\(what): MPI: \(reason)")
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
#endif
