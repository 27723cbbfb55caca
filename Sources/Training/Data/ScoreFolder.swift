// ScoreFolder: somebody's own MIDI files as what a piano set plays: sections of them, transposed by some semitones.
// A seed alone says which, so that a set that was interrupted goes on with the same music.
import Foundation
import Score

/// Scores to take sections of.
public struct ScoreFolder: Sendable {
  /// What a set's description says of the scores it was made of.
  public struct Identity: Codable, Equatable, Sendable {
    public let files: Int, seconds: Double
    /// Of names and bytes: other scores make another set.
    public let digest: String
    /// The share of pieces that are made of them, 0…1; the others are composed.
    public let share: Double
    /// The most semitones that a section is moved up or down.
    public let transposition: Int
  }

  public let identity: Identity
  private let scores: [Score]

  /// Reads every `.mid` and `.midi` file in the folder and below.
  ///
  /// - Parameters:
  ///   - share: of the pieces, 0…1.
  ///   - transposition: semitones, at least 0.
  /// - Throws: `DataError` that names the file that cannot be read or has nothing that a piano can play.
  public init(_ folder: URL, share: Double = 1, transposition: Int = 5) throws {
    precondition(share >= 0 && share <= 1 && transposition >= 0, "a share of \(share), ±\(transposition) semitones")
    let names = (FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? [])
      .filter { ["mid", "midi"].contains(($0 as NSString).pathExtension.lowercased()) }.sorted()
    guard !names.isEmpty else { throw DataError("\(folder.path): expected a folder with MIDI files, found none") }
    var digest = FileDigest()
    scores = try names.map { name in
      let path = folder.appendingPathComponent(name).path
      guard let data = FileManager.default.contents(atPath: path) else {
        throw DataError("\(path): expected a MIDI file, found nothing that can be read")
      }
      digest.add(Array(name.utf8) + data)
      var score: Score
      do { score = try Score(midi: Array(data)) } catch { throw DataError("\(path): \(error)") }
      score.notes.removeAll { !Keyboard.keys.contains($0.key) }
      guard !score.notes.isEmpty else { throw DataError("\(path): expected notes of a piano, found none") }
      return score
    }
    identity = Identity(
      files: scores.count, seconds: scores.reduce(0) { $0 + $1.duration }, digest: digest.text,
      share: share, transposition: transposition)
  }

  /// A performance of `seconds`, its last keys up before the end: as many sections as fill it.
  /// Nil when the seed's piece is one that is composed.
  package func performance(seed: UInt64, seconds: Double) -> Score? {
    var chance = Chance(seed: seed &* 0x9E6C_63D0_876A_9A47 &+ 5)
    guard chance.unit() < identity.share else { return nil }
    let end = seconds - 0.5
    var notes: [Note] = []
    var pedals: [Pedal] = []
    var time = chance.between(0.1, 0.8)
    while time < end - 1 {
      let (score, begin) = place(chance.between(0, identity.seconds))
      let length = min(end - time, max(score.duration - begin, 1))
      var part = score.slice(from: begin, to: begin + length)
      part.notes.removeAll { $0.start > length - 0.05 }
      let interval = interval(part.notes.map { Int($0.key) }, &chance)
      notes += part.notes.map {
        Note(key: UInt8(Int($0.key) + interval), velocity: $0.velocity, start: $0.start + time, end: $0.end + time)
      }
      pedals += part.pedals.map { Pedal(kind: $0.kind, value: $0.value, time: $0.time + time) }
      time += length
      pedals += [Pedal.Kind.sustain, .sostenuto, .soft].map { Pedal(kind: $0, value: 0, time: time) }
      time += chance.between(0.3, 1)
    }
    return Score(notes: PerformanceGenerator.liftedBeforeStruckAgain(notes), pedals: pedals)
  }

  /// The score, and where in it, at a time of all scores one after the other.
  private func place(_ time: Double) -> (score: Score, begin: Double) {
    var rest = time
    for score in scores {
      if rest < score.duration { return (score, rest) }
      rest -= score.duration
    }
    return (scores[0], 0)
  }

  /// Semitones that leave every key on the piano.
  private func interval(_ keys: [Int], _ chance: inout Chance) -> Int {
    guard let lowest = keys.min(), let highest = keys.max() else { return 0 }
    let down = min(identity.transposition, lowest - Int(Keyboard.keys.lowerBound))
    let up = min(identity.transposition, Int(Keyboard.keys.upperBound) - highest)
    return chance.between(-down...up)
  }
}
