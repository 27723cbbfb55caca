// NoteMatching: which found note is which true note: as many pairs as there can be, each note in one pair at most.
// Only notes of one key can be pairs, so that the graphs are small: augmenting paths (Berge 1957), key by key.
import Score

/// How far a found note may lie from the true one.
public struct NoteTolerance: Sendable, Equatable {
  /// Seconds between beginnings.
  public var onset = 0.05
  /// Between ends: of the true note's duration, and at least so many seconds; nil where ends do not matter.
  public var end: (ratio: Double, least: Double)?
  /// Between velocities, of the range of the true ones.
  public static let velocity = 0.1

  public static let onsets = NoteTolerance()
  public static let onsetsAndEnds = NoteTolerance(end: (0.2, 0.05))

  public init(onset: Double = 0.05, end: (ratio: Double, least: Double)? = nil) {
    (self.onset, self.end) = (onset, end)
  }

  public static func == (a: NoteTolerance, b: NoteTolerance) -> Bool {
    a.onset == b.onset && a.end?.ratio == b.end?.ratio && a.end?.least == b.end?.least
  }

  /// Distances are rounded to 0.1 ms first, so that exactly 50 ms is within 50 ms.
  func allows(_ found: Note, for wanted: Note) -> Bool {
    func distance(_ a: Double, _ b: Double) -> Double { ((a - b).magnitude * 1e4).rounded(.toNearestOrEven) / 1e4 }
    guard found.key == wanted.key, distance(wanted.start, found.start) <= onset else { return false }
    guard let end else { return true }
    return distance(wanted.end, found.end) <= max(end.ratio * (wanted.end - wanted.start), end.least)
  }
}

/// Pairs of a true and a found note.
public struct NoteMatching: Sendable {
  /// In the order of the true notes.
  public let pairs: [(wanted: Note, found: Note)]

  /// A largest set of pairs that the tolerance allows. There may be several such sets; found notes seek their true ones one
  /// after the other, the nearest first.
  public init(found: [Note], wanted: [Note], _ tolerance: NoteTolerance = .onsets) {
    let byKey = Dictionary(grouping: wanted.indices) { wanted[$0].key }
    var partner = [Int?](repeating: nil, count: wanted.count)
    var visited = [Int](repeating: -1, count: wanted.count)
    let candidates = found.map { note in
      (byKey[note.key] ?? []).filter { tolerance.allows(note, for: wanted[$0]) }.sorted {
        (wanted[$0].start - note.start).magnitude < (wanted[$1].start - note.start).magnitude
      }
    }
    /// Finds a true note for a found one, and others for those that have to make room.
    func seek(_ note: Int, round: Int) -> Bool {
      for candidate in candidates[note] where visited[candidate] != round {
        visited[candidate] = round
        if partner[candidate].map({ seek($0, round: round) }) ?? true {
          partner[candidate] = note
          return true
        }
      }
      return false
    }
    for note in found.indices where !candidates[note].isEmpty { _ = seek(note, round: note) }
    pairs = partner.enumerated().compactMap { index, note in note.map { (wanted[index], found[$0]) } }
  }
}
