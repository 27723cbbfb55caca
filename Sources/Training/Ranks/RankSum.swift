// RankSum: what the ranks do together, out of messages: sums, words of each, values of the first.
// Every number is added in the order of the ranks, whoever is first: a given number of ranks makes the same bits each time.
import Foundation
import Kernels
import Tensors

extension Ranks {
  /// values ← Σ_r values_r, added in the order r = 0, 1, …; the same bits on all ranks.
  ///
  /// Each rank adds up a part of the memory, which the others send to it, and sends the sum to them. So 2·(n − 1)/n of the
  /// memory goes out of every rank, and as much comes in.
  ///
  /// - Parameter pieceCount: numbers of each rank's part at a time.
  package func sum(_ values: UnsafeMutablePointer<Float>, count total: Int, pieceCount: Int = 1 << 20) throws {
    guard count > 1 else { return }
    let piece = max(1, min(pieceCount, (total + count - 1) / count))
    // It stays when something fails (`exchange`).
    let heard = UnsafeMutablePointer<Float>.allocate(capacity: piece * count)
    for start in stride(from: 0, to: total, by: piece * count) {
      let length = min(piece * count, total - start)
      func part(_ rank: Int) -> (start: UnsafeMutablePointer<Float>, count: Int) {
        let bounds = length * rank / count..<length * (rank + 1) / count
        return (values + start + bounds.lowerBound, bounds.count)
      }
      let own = part(rank)
      try exchange { other in
        [
          RankMessage(.from, other, heard + other * own.count, count: own.count),
          RankMessage(.to, other, part(other).start, count: part(other).count),
        ]
      }
      (heard + rank * own.count).update(from: own.start, count: own.count)
      own.start.update(from: heard, count: own.count)
      for other in 1..<count { fp_accumulate(own.count, heard + other * own.count, own.start) }
      try exchange { other in
        [
          RankMessage(.from, other, part(other).start, count: part(other).count),
          RankMessage(.to, other, own.start, count: own.count),
        ]
      }
    }
    heard.deallocate()
  }

  /// What every rank says, in the order of the ranks. All say as much.
  package func gather(_ own: [Float], isPatient: Bool = false) throws -> [[Float]] {
    let said = UnsafeMutablePointer<Float>.allocate(capacity: max(1, own.count * count))
    (said + rank * own.count).update(from: own, count: own.count)
    try exchange(isPatient: isPatient) { other in
      [
        RankMessage(.from, other, said + other * own.count, count: own.count),
        RankMessage(.to, other, said + rank * own.count, count: own.count),
      ]
    }
    defer { said.deallocate() }
    return (0..<count).map { Array(UnsafeBufferPointer(start: said + $0 * own.count, count: own.count)) }
  }

  /// bytes ← those of rank 0.
  ///
  /// - Parameter pieceCount: bytes at a time.
  package func share(_ bytes: UnsafeMutableRawBufferPointer, pieceCount: Int = 1 << 26) throws {
    for start in stride(from: 0, to: bytes.count, by: pieceCount) {
      let piece = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<min(start + pieceCount, bytes.count)])
      let messages =
        isFirst ? (1..<count).map { RankMessage(.to, $0, piece) } : [RankMessage(.from, 0, piece)]
      try exchange(messages, isPatient: true)
    }
  }

  package func share(_ values: UnsafeMutablePointer<Float>, count: Int) throws {
    try share(UnsafeMutableRawBufferPointer(start: values, count: count * MemoryLayout<Float>.stride))
  }

  /// The number that rank 0 has.
  package func share(_ number: Int) throws -> Int {
    let place = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    place.pointee = number
    try share(UnsafeMutableRawBufferPointer(start: place, count: MemoryLayout<Int>.stride))
    defer { place.deallocate() }
    return place.pointee
  }

  /// The text that rank 0 has.
  package func share(_ text: String) throws -> String {
    let utf8 = Array(text.utf8)
    let length = try share(utf8.count)
    let place = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 1)
    if isFirst { place.copyBytes(from: utf8) }
    try share(place)
    defer { place.deallocate() }
    return String(decoding: place, as: UTF8.self)
  }

  /// Makes sure that all were started with the same settings.
  func agree(on settings: JSON) throws {
    let first = try JSON(parsing: Array(try share(settings.text()).utf8))
    let differences = RunFolder.differences(first, settings)
    if !differences.isEmpty {
      throw TrainingError(
        "rank \(rank) was started with other settings than rank 0:\n  "
          + differences.prefix(12).joined(separator: "\n  "))
    }
  }

  private func exchange(isPatient: Bool = false, _ messages: (_ other: Int) -> [RankMessage]) throws {
    try exchange(
      (0..<count).filter { $0 != rank }.flatMap(messages).filter { !$0.bytes.isEmpty }, isPatient: isPatient)
  }
}
