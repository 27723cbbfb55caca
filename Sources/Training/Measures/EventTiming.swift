// EventTiming: how far from the events that are known a sound begins to sound.
// Filmed causes know to the sample when something happens; whether a model has seen that is what this tells.
import Evaluation
import Hearing
import Tensors

/// |t − o|, o the beginning in the sound that is nearest to an event at t; the median over all events of all sounds, and how many
/// of them are met within 100 ms. Beginnings are librosa's onsets, in steps of 23 ms.
public struct EventTiming: Sendable {
  /// Seconds within which an event is met.
  static let reach = 0.1
  /// Of a sound in which nothing begins, as far as anything is.
  static let nothing = 10.0

  /// Of an event each: seconds to the nearest beginning.
  package static func errors(events: [Double], onsets: [Double]) -> [Double] {
    events.map { event in onsets.map { abs($0 - event) }.min() ?? nothing }
  }

  /// The middle one, or the mean of the two in the middle; nil of none.
  package static func median(_ values: [Double]) -> Double? {
    let sorted = values.sorted()
    guard let last = sorted.indices.last else { return nil }
    return (sorted[last / 2] + sorted[(last + 1) / 2]) / 2
  }

  /// The median error; and the same with the events exchanged, each sound with the next name's: what chance gives.
  ///
  /// - Parameters:
  ///   - sounds: paths by their names.
  ///   - events: seconds, by the same names.
  /// - Throws: `DataError` with the path of a sound that cannot be read.
  public static func measures(
    _ sounds: [String: String], events: [String: [Double]], of title: String
  ) throws -> [SoundMeasure] {
    let names = sounds.keys.filter { !(events[$0] ?? []).isEmpty }.sorted()
    let find = Onsets()
    let onsets = try names.map { find(try MonoSound.samples(sounds[$0]!, rate: Onsets.sampleRate)) }
    func row(_ words: String, _ partner: (Int) -> Int) -> SoundMeasure {
      let found = names.indices.flatMap { errors(events: events[names[partner($0)]]!, onsets: onsets[$0]) }
      let met = Double(found.count { $0 <= reach }) / Double(max(1, found.count))
      return SoundMeasure(
        "onset error (ms), \(title)\(words)", median(found).map { 1000 * $0 }, count: found.count,
        note: found.isEmpty
          ? "no events of these sounds are known" : "median; \(Int((100 * met).rounded())) % within 100 ms")
    }
    return [row("") { $0 }] + (names.count > 1 ? [row(", events exchanged") { ($0 + 1) % names.count }] : [])
  }
}
