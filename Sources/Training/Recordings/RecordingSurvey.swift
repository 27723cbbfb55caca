// RecordingSurvey: every recording of a folder looked at, several at once, and what only all of them together tell.
// What was found of a file is kept beside the set, and found again by the file's bytes.
import Foundation
import Synchronization
import Tensors

/// The report on a folder of recordings.
public struct RecordingSurvey: Sendable {
  public let reports: [RecordingReport]
  public let findings: [Finding]

  /// Those without faults.
  public var usable: [RecordingReport] { reports.filter { !$0.isFaulty } }
  public var faults: [Finding] { findings.filter { $0.weight == .fault } }
  public var minutes: Double { usable.reduce(0) { $0 + $1.seconds } / 60 }

  /// The median of the recordings' tunings, in cents above the strings of the voice; 0 when none could be measured.
  public var cents: Double { Self.median(usable.compactMap(\.cents)) ?? 0 }

  private struct Kept: Codable {
    var format = 1
    let voice: String
    let reports: [RecordingReport]
  }

  /// Looks at the recordings.
  ///
  /// - Parameters:
  ///   - voice: that is to learn from them.
  ///   - kept: a file where the reports are kept; nil to keep none.
  ///   - leastMinutes: of music; less is a fault.
  ///   - progress: told how many recordings have been looked at.
  public init(
    _ folder: RecordingFolder, voice: TrainedVoice, kept: String? = nil, leastMinutes: Double = 1, jobs: Int = 1,
    progress: @escaping @Sendable (Int) -> Void
  ) throws {
    let check = RecordingCheck(folder: folder.path, voice: voice)
    let data = kept.flatMap { FileManager.default.contents(atPath: $0) } ?? Data()
    let old = (try? JSONDecoder().decode(Kept.self, from: data)).flatMap {
      $0.voice == voice.identity ? $0.reports : nil
    }
    let known = old ?? []
    let found = Mutex((reports: [Int: RecordingReport](), done: 0))
    let pool = WorkerPool(threads: jobs)
    pool.run(folder.pairs.count) { index in
      let report = check.report(folder.pairs[index], known: known)
      found.withLock {
        $0.reports[index] = report
        $0.done += 1
        progress($0.done)
      }
    }
    pool.close()
    reports = found.withLock { state in folder.pairs.indices.map { state.reports[$0]! } }
    findings = folder.findings + reports.flatMap(\.findings) + Self.together(reports, leastMinutes)
    guard let kept else { return }
    var file = try FileReplacement(path: kept)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try file.write(Array(try encoder.encode(Kept(voice: voice.identity, reports: reports))))
    try file.commit()
  }

  /// What no file tells by itself.
  private static func together(_ reports: [RecordingReport], _ leastMinutes: Double) -> [Finding] {
    var findings: [Finding] = []
    var seen: [String: String] = [:]
    for report in reports where !report.digest.isEmpty {
      if let first = seen[report.digest] {
        findings.append(.warning(report.sound, "the same sound as \(first)", "it counts twice; remove one of them"))
      }
      seen[report.digest] = seen[report.digest] ?? report.sound
    }
    let usable = reports.filter { !$0.isFaulty }
    if let median = median(usable.compactMap(\.cents)) {
      for report in usable {
        guard let cents = report.cents, abs(cents - median) > 15 else { continue }
        findings.append(
          .warning(
            report.sound, String(format: "tuned %+.0f cents away from the other recordings", cents - median),
            "a voice has one tuning; recordings of another day or piano make a style of their own"))
      }
    }
    if !usable.isEmpty, usable.allSatisfy({ $0.cents == nil }) {
      findings.append(
        .warning(
          "", "the tuning could not be heard: no recording has \(Tuning.fewest) clear partials of lone notes",
          "the voice's own tuning is kept; is the piano in tune with it? A recorded scale would tell"))
    }
    let minutes = usable.reduce(0) { $0 + $1.seconds } / 60
    let found = String(format: "%.1f minutes that can be used", minutes)
    if minutes < leastMinutes {
      findings.append(
        .fault("", found, String(format: "at least %.0f minute, better half an hour of varied playing", leastMinutes)))
    } else if minutes < 10 {
      findings.append(
        .warning("", found, "enough for a first impression; half an hour of varied playing makes a voice"))
    }
    return findings
  }

  private static func median(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.sorted()[values.count / 2]
  }

  /// The whole report for a person.
  ///
  /// - Parameter pitch: of the voice's A4, Hz.
  public func text(pitch: Double) -> String {
    let lines = reports.filter { !$0.isFaulty }.map { $0.line(pitch: pitch) }
    guard !usable.isEmpty else { return (lines + findings.map(\.text)).joined(separator: "\n") }
    let total = String(
      format: "%.1f minutes in %d recordings, %d notes; tuned to A = %.1f Hz (%+.0f cents from the voice)", minutes,
      usable.count, usable.reduce(0) { $0 + $1.inside }, pitch * pow(2, cents / 1200), cents)
    return (lines + findings.map(\.text) + [total]).joined(separator: "\n")
  }
}
