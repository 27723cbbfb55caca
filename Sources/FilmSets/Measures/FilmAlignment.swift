// FilmAlignment: AV-Align of sounds and their films: whether something begins to sound where something moves.
import Evaluation
import Film
import Foundation
import Hearing
import Pictures
import Training

/// When the pictures of films move most, read once for any number of sounds.
public struct FilmAlignment: Sendable {
  private struct Motion: Sendable {
    let peaks: [Double], rate: Double
  }
  private let motions: [String: Motion]
  private let folder: String

  /// Reads the films of a folder, at their full size.
  ///
  /// - Parameters:
  ///   - names: those that are looked at, of those that are there.
  ///   - progress: is told how many films were read.
  /// - Throws: `DataError` where the folder has none of them, or `FilmError` where one cannot be read.
  public init(_ folder: String, names: some Sequence<String>, progress: (Int) -> Void = { _ in }) throws {
    let films = try MediaFolder(URL(fileURLWithPath: folder)).films
    let wanted = Set(names).filter { films[$0] != nil }.sorted()
    guard !wanted.isEmpty else { throw DataError("\(folder): expected films of the sounds' names, found none") }
    var motions: [String: Motion] = [:]
    for (index, name) in wanted.enumerated() {
      motions[name] = try Self.motion(films[name]!)
      progress(index + 1)
    }
    (self.motions, self.folder) = (motions, folder)
  }

  /// The mean length of the optical flow from each picture to the next; the first counts twice, as in the released script.
  private static func motion(_ path: String) throws -> Motion {
    let film = try FilmReader(path)
    let rate = film.information.averageRate ?? film.information.frameRate?.picturesPerSecond ?? 25
    var flow: [Double] = []
    var last: Picture?
    while let (_, picture) = try film.next() {
      if let last { flow.append(OpticalFlow(from: last, to: picture).meanLength) }
      last = picture
    }
    return Motion(peaks: PeakAlignment.peaks(flow: flow.prefix(1) + flow, rate: rate), rate: rate)
  }

  /// The mean over sounds that have a film; and the same with the films exchanged, each sound with the next name's: what chance
  /// gives.
  ///
  /// - Parameter sounds: paths by their names.
  public func measures(_ sounds: [String: String], of title: String) throws -> [SoundMeasure] {
    let names = sounds.keys.filter { motions[$0] != nil }.sorted()
    let find = Onsets()
    let onsets = try names.map { find(try MonoSound.samples(sounds[$0]!, rate: Onsets.sampleRate)) }
    func mean(_ partner: (Int) -> Int) throws -> (value: Double, deviation: Double?) {
      guard !names.isEmpty else { throw MetricError("no name is among the films") }
      let scores = names.indices.map { index in
        let motion = motions[names[partner(index)]]!
        return PeakAlignment(onsets: onsets[index], peaks: motion.peaks, rate: motion.rate).score
      }
      return (scores.reduce(0, +) / Double(scores.count), nil)
    }
    let note = "librosa's onsets, Farnebäck's flow"
    var rows: [SoundMeasure] = [
      .taken("AV-Align, \(title)", count: names.count, note: note) { try mean { $0 } }
    ]
    if names.count > 1 {
      rows.append(
        .taken("AV-Align, \(title), films exchanged", count: names.count, note: note) {
          try mean { ($0 + 1) % names.count }
        })
    }
    return rows
  }
}
