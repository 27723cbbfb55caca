// RecordingCheck: everything that can be wrong with a recording and its score, looked for at once.
// What it finds has the file's name, what was found, and what to do; what it measures is used when the set is made.
import Codec
import Foundation
import Score

/// Looks at recordings with the strings of the voice that is to learn from them.
public struct RecordingCheck: Sendable {
  /// What is refused, and what is only mentioned.
  public enum Limit {
    /// Of the largest sample: silence; too soft to be more than its noise; softer than need be.
    static let silent: Float = 1e-3, soft: Float = 1e-2, low: Float = 0.05
    /// Places a minute where a recording is cut off.
    static let clipsPerMinute = 6.0
    /// Of the correlation between the score's strikes and the recording's rises; and how far above its rival.
    public static let agreement = 0.4
    static let lead = 1.02
    /// Of the lone strikes that are heard in place.
    static let heard = 0.4
    /// Of the notes that may lie outside the recording.
    static let outside = 0.02
    /// Seconds of a recording; cents; dB between music and noise.
    static let shortest = 5.0, cents = 100.0, noise = 35.0
    /// Seconds that a recording may have begun before or after its score.
    static let reach = 120.0
  }

  private let folder: String
  private let source: SourceConfiguration, strings: StringTable
  private let noise: NoiseBands

  /// - Parameter voice: that is to learn.
  public init(folder: String, voice: TrainedVoice) {
    self.folder = folder
    source = voice.frameCodec.configuration.source
    strings = voice.strings
    noise = NoiseBands(source.noise, sampleRate: Double(source.sampleRate))
  }

  /// Looks at one recording. Never throws: what is wrong is in the report.
  ///
  /// - Parameter known: reports of before; that of the same bytes is given back.
  public func report(_ pair: RecordingPair, known: [RecordingReport] = []) -> RecordingReport {
    let soundPath = folder + "/" + pair.sound
    let scorePath = folder + "/" + pair.score
    var report = RecordingReport(
      pair, digest: (try? FileDigest.text(soundPath)) ?? "", scoreDigest: (try? FileDigest.text(scorePath)) ?? "")
    let isSame = { (other: RecordingReport) in
      other.sound == pair.sound && other.score == pair.score && other.digest == report.digest
        && other.scoreDigest == report.scoreDigest && !report.digest.isEmpty && !report.scoreDigest.isEmpty
    }
    if let found = known.first(where: isSame) { return found }
    let score = self.score(pair, scorePath, &report)
    let recording: Recording
    do { recording = try Recording(soundPath) } catch {
      let reason = "\(error)".replacingOccurrences(of: soundPath + ": ", with: "")
      report.findings.append(.fault(pair.sound, "cannot be used: \(reason)", "give a whole WAV or FLAC file"))
      return report
    }
    report.seconds = recording.seconds
    report.peak = recording.peak
    report.findings += sound(recording, pair.sound)
    guard !report.isFaulty, let score else { return report }
    place(score, in: recording, pair, &report)
    return report
  }

  private func score(_ pair: RecordingPair, _ path: String, _ report: inout RecordingReport) -> Score? {
    func fault(_ found: String, _ advice: String) -> Score? {
      report.findings.append(.fault(pair.score, found, advice))
      return nil
    }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      return fault("cannot be read", "look at its permissions")
    }
    guard !bytes.isEmpty else { return fault("an empty file", "export it again from what recorded the keyboard") }
    var score: Score
    do { score = try Score(midi: Array(bytes)) } catch {
      return fault("no MIDI file that can be read (\(error))", "export it again as a Standard MIDI File")
    }
    let outside = score.notes.filter { !Keyboard.keys.contains($0.key) }.count
    score.notes.removeAll { !Keyboard.keys.contains($0.key) }
    guard !score.notes.isEmpty else {
      return fault("no notes of a piano", "was the right track exported? `fotoplayer info` says what a MIDI file holds")
    }
    report.notes = score.notes.count
    if outside > 0 {
      report.findings.append(
        .warning(pair.score, "\(outside) notes that no piano has", "they are left out; are other instruments in it?"))
    }
    if score.notes.count >= 50, Set(score.notes.map(\.velocity)).count <= 3 {
      report.findings.append(
        .warning(
          pair.score, "hardly any dynamics: \(Set(score.notes.map(\.velocity)).count) velocities in all",
          "a score that was typed teaches no touch; what a keyboard recorded does"))
    }
    return score
  }

  /// What the sound alone says.
  private func sound(_ recording: Recording, _ name: String) -> [Finding] {
    let level = String(format: "%.0f dB", 20 * log10(max(Double(recording.peak), 1e-6)))
    if recording.peak < Limit.silent {
      return [.fault(name, "silent (its loudest moment is \(level))", "was the right input recorded?")]
    }
    var findings: [Finding] = []
    if recording.seconds < Limit.shortest {
      let length = String(format: "%.1f s", recording.seconds)
      findings.append(.fault(name, "only \(length) long", "give at least \(Int(Limit.shortest)) s a file"))
    }
    if recording.peak < Limit.soft {
      findings.append(
        .fault(name, "much too soft (peak \(level))", "record it again with more gain; raising it now raises its noise")
      )
    } else if recording.peak < Limit.low {
      findings.append(
        .warning(name, "soft (peak \(level))", "it is made louder, and its noise with it; better record with more gain")
      )
    }
    let clips = recording.clips.count
    if clips >= 3 {
      let places = recording.clips.prefix(3).map { String(format: "%.2f s", $0) }.joined(separator: ", ")
      let found = "cut off at full scale in \(clips) places (\(places)\(clips > 3 ? ", …" : ""))"
      let isBad = Double(clips) > max(Limit.clipsPerMinute, Limit.clipsPerMinute * recording.seconds / 60)
      findings.append(
        isBad
          ? .fault(name, found, "the distortion would be learned; record it again with less gain")
          : .warning(name, found, "a little of its distortion will be learned"))
    }
    if recording.channels > 1, recording.agreement < 0.1 {
      findings.append(
        .fault(
          name, "its channels cancel each other", "one of them has its polarity reversed; export one channel alone"))
    }
    return findings
  }

  /// Where the score lies in the sound, and what follows from it.
  private func place(_ score: Score, in recording: Recording, _ pair: RecordingPair, _ report: inout RecordingReport) {
    let reach = pair.isShared ? max(recording.seconds, score.duration) + 1 : Limit.reach
    let alignment = Alignment(score, in: recording.samples, reach: reach)
    report.alignment = alignment
    let placed = alignment.applied(to: score)
    let inside = placed.notes.filter { $0.start >= 0 && $0.start < recording.seconds - 0.05 }
    report.inside = inside.count
    let lone = "\(alignment.heard) of \(alignment.strikes) lone strikes in place"
    if alignment.agreement < Limit.agreement {
      let found = String(
        format: "does not fit it anywhere (agreement %.2f, expected %.2f; ", alignment.agreement, Limit.agreement)
      report.findings.append(
        .fault(
          pair.sound, "\(pair.score) \(found)\(lone))",
          "is it the score of another recording, or another take? Its notes must be those that were played"))
      return
    }
    if alignment.strikes >= 5, Double(alignment.heard) < Limit.heard * Double(alignment.strikes) {
      report.findings.append(
        .fault(
          pair.sound, "\(pair.score) fits it, but not in time (\(lone))",
          "was the score quantised, or the recording edited, after it was played? Give them as they were"))
      return
    }
    if alignment.rival * Limit.lead > alignment.agreement {
      report.findings.append(
        .fault(
          pair.sound, "\(pair.score) fits it as well in another place",
          "give more of the music, so that it repeats less"))
    }
    let missing = placed.notes.count - inside.count
    if missing > 0, !pair.isShared {
      let over = (placed.notes.last?.start ?? 0) - recording.seconds
      let found =
        "\(missing) of \(placed.notes.count) notes lie outside the recording"
        + (over > 0 ? String(format: ", which ends %.1f s before the last of them", over) : "")
      let isMuch = Double(missing) > Limit.outside * Double(placed.notes.count)
      report.findings.append(
        isMuch
          ? .fault(pair.score, found, "cut it to what was recorded, or give the whole recording")
          : .warning(pair.score, found, "they are left out"))
    }
    let part = Score(notes: inside, pedals: placed.pedals)
    report.cents = Tuning(part, in: recording.samples, strings: strings).cents
    if let cents = report.cents, abs(cents) > Limit.cents {
      report.findings.append(
        .fault(
          pair.sound, String(format: "tuned %+.0f cents away from the voice", cents),
          "beyond ±\(Int(Limit.cents)) cents keys and sound do not belong together: was it transposed, or recorded at another rate?"
        ))
    }
    let level = RecordingLevel(part, in: recording.samples, source, strings, noise)
    (report.gain, report.noise) = (level.gain, level.noise)
    if let noise = level.noise, noise < Limit.noise {
      report.findings.append(
        .warning(
          pair.sound, String(format: "noisy: only %.0f dB between the music and the noise of its pauses", noise),
          "the noise is learned as a part of the piano"))
    }
  }
}
