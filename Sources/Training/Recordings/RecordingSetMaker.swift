// RecordingSetMaker: recordings become a set: one channel at 24 kHz, cut into pieces of about a minute where the least rings
// on, each with its score as it lies in the sound. It goes on where it was stopped.
import Foundation
import Score
import Tensors

/// Fills a set's folder.
public struct RecordingSetMaker {
  private let folder: URL, recordings: String
  private let recipe: RecordingManifest.Recipe

  /// - Parameters:
  ///   - folder: the set's.
  ///   - recordings: the folder of the recordings.
  ///   - survey: of them; those without faults are used.
  ///   - licence: what their owner says.
  public init(folder: URL, recordings: String, survey: RecordingSurvey, licence: String) {
    let reports = survey.usable
    precondition(!reports.isEmpty, "no recording without faults")
    self.folder = folder
    self.recordings = recordings
    let sources = reports.map { report in
      RecordingManifest.Source(
        sound: report.sound, digest: report.digest, score: report.score, scoreDigest: report.scoreDigest,
        alignment: report.alignment!, seconds: report.seconds)
    }
    let seconds = reports.reduce(0) { $0 + $1.seconds }
    recipe = RecordingManifest.Recipe(
      sources: sources, licence: licence, gain: Self.gain(reports), cents: survey.cents,
      secondsPerPiece: min(60, max(10, (seconds / 10).rounded())))
  }

  /// One gain for all, so that their dynamics stay: the median of what each would need, and no sample is cut off.
  private static func gain(_ reports: [RecordingReport]) -> Double {
    let sorted = reports.map(\.gain).sorted()
    let peak = Double(reports.map(\.peak).max()!)
    return min(pow(10, sorted[sorted.count / 2] / 20), 0.98 / max(peak, 1e-6))
  }

  /// Makes what lacks.
  ///
  /// - Parameter progress: told how many recordings are done, at first and after each.
  /// - Throws: `DataError` when the folder holds another set, or when a file cannot be read or written.
  public func make(progress: (Int) -> Void) throws -> RecordingManifest {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var manifest = try found()
    progress(0)
    for (index, source) in recipe.sources.enumerated() {
      if !manifest.pieces.contains(where: { $0.sound == source.sound }) {
        manifest.pieces += try pieces(of: source, number: index)
        try manifest.write(in: folder)
      }
      progress(index + 1)
    }
    return manifest
  }

  private func found() throws -> RecordingManifest {
    guard FileManager.default.fileExists(atPath: PianoManifest.path(in: folder)) else {
      return RecordingManifest(recipe)
    }
    guard var manifest = try RecordingManifest.read(in: folder), manifest.recipe == recipe else {
      throw DataError("\(folder.path) holds another set: the recordings have changed since. Choose another folder")
    }
    let broken = manifest.pieces.filter { entry in
      let path = folder.appendingPathComponent(entry.name).path
      let size = try? FileManager.default.attributesOfItem(atPath: path + ".s16")[.size] as? Int
      return size != 2 * entry.samples || !FileManager.default.fileExists(atPath: path + ".mid")
    }
    let sounds = Set(broken.map(\.sound))
    manifest.pieces.removeAll { sounds.contains($0.sound) }
    return manifest
  }

  private func pieces(of source: RecordingManifest.Source, number: Int) throws -> [RecordingManifest.Entry] {
    let path = recordings + "/" + source.sound
    guard try FileDigest.text(path) == source.digest else {
      throw DataError("\(path) has changed since it was checked")
    }
    let samples: [Float]
    do { samples = try Recording(path).samples } catch { throw DataError("\(path): \(error)") }
    guard let bytes = FileManager.default.contents(atPath: recordings + "/" + source.score) else {
      throw DataError("\(recordings)/\(source.score): cannot be read")
    }
    let score = source.alignment.applied(to: try Score(midi: Array(bytes))).playable(within: samples.count)
    return try RecordingCut(score, samples: samples.count, secondsPerPiece: recipe.secondsPerPiece).parts.enumerated()
      .map {
        index, part in
        let name = String(format: "recording-%04d-%03d", number + 1, index + 1)
        let path = folder.appendingPathComponent(name).path
        let score = score.part(part)
        var midi = try FileReplacement(path: path + ".mid")
        // A tick is a sample.
        try midi.write(score.midi(ticksPerQuarter: Recording.sampleRate, beatsPerMinute: 60))
        try midi.commit()
        let whole = samples[part].map { value in
          Int16(min(max((Double(value) * recipe.gain * 32768).rounded(), -32768), 32767)).littleEndian
        }
        var sound = try FileReplacement(path: path + ".s16")
        try whole.withUnsafeBytes { bytes in try sound.write(bytes) }
        try sound.commit()
        return RecordingManifest.Entry(
          name: name, sound: source.sound, first: part.lowerBound, notes: score.notes.count, samples: part.count)
      }
  }
}
