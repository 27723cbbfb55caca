// EventFile: what every piece of a set plays, decoded once: events.bin beside the scores, as long as the scores are the same.
// Composing or parsing hundreds of scores takes seconds, reading their events milliseconds. The file may always be removed.
import Foundation
import Score
import Tensors

/// A set's events, one array a piece.
struct EventFile {
  /// Format, then a digest of what the events were decoded from.
  private static let magic = Array("FPevent1".utf8)
  /// An event: its sample in 8 bytes, little-endian, its kind, key and value, and 5 zeros.
  private static let recordBytes = 16

  let path: String
  /// Of the set's recipe and of every score's name, size and time of change.
  private let digest: UInt64

  init(folder: URL, manifest: PianoManifest) {
    path = folder.appendingPathComponent("events.bin").path
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ bytes: some Sequence<UInt8>) {
      for byte in bytes { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
    add("\(manifest.recipe.secondsPerPiece) \(manifest.recipe.scores?.digest ?? "composed")\n".utf8)
    for entry in manifest.pieces {
      var status = stat()
      _ = stat(folder.appendingPathComponent(entry.name + ".mid").path, &status)
      add(
        "\(entry.name) \(entry.seed) \(entry.notes) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)\n"
          .utf8)
    }
    self.digest = digest
  }

  /// The events of `count` pieces; nil when there is no such file, or one of other scores, or one that is damaged.
  func read(count: Int) -> [[PerformanceEvent]]? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return data.withUnsafeBytes { bytes -> [[PerformanceEvent]]? in
      func number(_ at: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      }
      let head = 16 + 8 * count
      guard bytes.count >= head, bytes.prefix(8).elementsEqual(Self.magic), number(8) == digest else { return nil }
      let lengths = (0..<count).map { number(16 + 8 * $0) }
      let room = UInt64((bytes.count - head) / Self.recordBytes)
      guard lengths.allSatisfy({ $0 <= room }), lengths.reduce(0, +) == room else { return nil }
      var at = head
      var pieces: [[PerformanceEvent]] = []
      for length in lengths {
        var events: [PerformanceEvent] = []
        events.reserveCapacity(Int(length))
        for _ in 0..<length {
          guard let kind = PerformanceEvent.Kind(rawValue: bytes[at + 8]) else { return nil }
          events.append(
            PerformanceEvent(
              sample: Int64(bitPattern: number(at)), kind: kind, key: bytes[at + 9], value: bytes[at + 10]))
          at += Self.recordBytes
        }
        pieces.append(events)
      }
      return pieces
    }
  }

  /// Keeps them. A set that cannot be written to is decoded again the next time.
  func write(_ pieces: [[PerformanceEvent]]) {
    var bytes = Self.magic
    func append(_ number: UInt64) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
    append(digest)
    for events in pieces { append(UInt64(events.count)) }
    for event in pieces.joined() {
      append(UInt64(bitPattern: event.sample))
      bytes += [event.kind.rawValue, event.key, event.value, 0, 0, 0, 0, 0]
    }
    do {
      var file = try FileReplacement(path: path)
      try file.write(bytes)
      try file.commit()
    } catch {}
  }
}
