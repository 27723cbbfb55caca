// FilmCheck: what lacks in a clip, and what does not fit together: films, scores, sound and description.
import Film
import Foundation
import Media
import Scenery
import Score
import Training

/// What was found of one clip.
public struct FilmCheck: Sendable {
  public let name: String
  /// Of its longest film.
  public private(set) var seconds = 0.0
  public private(set) var notes = 0
  public private(set) var views: [FilmView] = []
  public private(set) var findings: [Finding] = []

  public var isFaulty: Bool { findings.contains { $0.weight == .fault } }

  /// One line for a person.
  public var line: String {
    let seen = views.isEmpty ? "no films" : views.map(\.rawValue).joined(separator: ", ")
    return "\(name): \(String(format: "%.1f", seconds)) s, \(notes) notes, \(seen)"
  }

  private static let least = (rate: 20.0, width: 320)
  /// Two lengths may differ by so many seconds; beyond the second number the clip cannot be used.
  private static let lengths = (notice: 0.1, fault: 0.5)

  public init(_ clip: ClipFolder) {
    name = clip.name
    films(clip)
    let score = scores(clip)
    sound(clip, score)
    heights(clip)
    description(clip)
  }

  private mutating func fault(_ file: String, _ found: String, _ advice: String) {
    findings.append(.fault("\(name)/\(file)", found, advice))
  }
  private mutating func warn(_ file: String, _ found: String, _ advice: String) {
    findings.append(.warning("\(name)/\(file)", found, advice))
  }

  private mutating func films(_ clip: ClipFolder) {
    var lengths: [(file: String, seconds: Double)] = []
    var rates: [(file: String, rate: Double)] = []
    for view in FilmView.allCases {
      guard let path = clip.film(view) else {
        missing(view)
        continue
      }
      let file = path.lastPathComponent
      let film: FilmInformation
      do { film = try FilmInformation(path.path) } catch {
        fault(file, "\(error)".replacing(path.path + ": ", with: ""), "record or copy it anew")
        continue
      }
      guard film.hasPictures else {
        fault(file, "it holds no pictures", "is it the film of this view?")
        continue
      }
      views.append(view)
      if film.width < Self.least.width {
        warn(file, "\(film.width) × \(film.height) points", "below \(Self.least.width) keys are hard to tell apart")
      }
      if let rate = film.frameRate?.picturesPerSecond ?? film.averageRate {
        rates.append((file, rate))
        if rate < Self.least.rate {
          warn(
            file, String(format: "%.4g pictures a second", rate), "onsets are found at \(Int(Self.least.rate)) and more"
          )
        }
      }
      if film.frameRate == nil {
        warn(file, "its frame rate varies", "that is read well, but record at a fixed one if you can")
      }
      if let length = film.duration { lengths.append((file, length)) }
    }
    seconds = lengths.map(\.seconds).max() ?? 0
    for other in lengths where seconds - other.seconds > Self.lengths.notice {
      let found = String(format: "%.2f s, where the longest film has %.2f s", other.seconds, seconds)
      let advice = "all films of a clip begin and end together: cut them so"
      if seconds - other.seconds > Self.lengths.fault {
        fault(other.file, found, advice)
      } else {
        warn(other.file, found, advice)
      }
    }
    if let first = rates.first, let other = rates.first(where: { abs($0.rate - first.rate) > 0.01 }) {
      warn(
        other.file, String(format: "%.4g pictures a second, where \(first.file) has %.4g", other.rate, first.rate),
        "they are brought together by time; the slower one decides how exact that is")
    }
  }

  private mutating func missing(_ view: FilmView) {
    let file = view.rawValue + ".mp4"
    switch view {
    case .top: fault(file, "missing", "every step needs the view from above")
    case .left, .right, .front: warn(file, "missing", "velocities are learned from four views; this one is passed over")
    case .pedal: warn(file, "missing", "pedals cannot be learned without it")
    }
  }

  /// The most complete score.
  private mutating func scores(_ clip: ClipFolder) -> Score? {
    var best: Score?
    for part in ClipFolder.Part.allCases {
      guard clip.score(part) != nil else {
        warn(part.rawValue + ".mid", "missing", Self.use[part] ?? "")
        continue
      }
      do {
        let score = try clip.read(part)
        examine(score, part, clip.score(part)?.lastPathComponent ?? "")
        best = score
      } catch {
        fault(part.rawValue + ".mid", "not a MIDI file (\(error))", "export it anew")
      }
    }
    if best == nil { fault("precise.mid", "no score at all", "without one nothing can be learned of the films") }
    notes = best?.notes.count ?? 0
    return best
  }

  private static let use: [ClipFolder.Part: String] = [
    .coarse: "step 1 takes the notes of precise.mid instead", .precise: "step 2 has no velocities to learn",
    .fine: "step 3 has no pedals to learn",
  ]

  private mutating func examine(_ score: Score, _ part: ClipFolder.Part, _ file: String) {
    guard let last = score.notes.max(by: { $0.start < $1.start }) else {
      return warn(file, "it has no notes", "a clip of silence teaches little; is it the right file?")
    }
    if seconds > 0, last.start > seconds {
      let outside = score.notes.count { $0.start > seconds }
      fault(
        file, "\(outside) of \(score.notes.count) notes begin after the film's end",
        "film and score must begin together; is it another performance, or another tempo?")
    } else if seconds > 0, score.duration > seconds + 1 {
      warn(
        file, String(format: "it ends at %.2f s, the film at %.2f s", score.duration, seconds),
        "what is outside is passed over")
    }
    let strange = score.notes.count { !Keyboard.keys.contains($0.key) }
    if strange > 0 { warn(file, "\(strange) notes on keys that a piano lacks", "they are passed over") }
    if part != .coarse, score.notes.count > 8, Set(score.notes.map(\.velocity)).count == 1 {
      warn(
        file, "all notes have one velocity",
        "nothing is learned of touch; was it recorded from a keyboard with sensors?")
    }
    if part == .fine, score.pedals.isEmpty { warn(file, "no pedal moves", "nothing is learned of pedals here") }
  }

  private mutating func heights(_ clip: ClipFolder) {
    guard let file = clip.heights?.lastPathComponent else { return }
    do {
      guard let known = try FingerHeights(in: clip.folder) else { return }
      guard let rate = (try? clip.clip())?.framesPerSecond, rate > 0 else {
        return warn(file, "how many pictures a second it has is not said", "write framesPerSecond into clip.json")
      }
      let length = Double(known.count) / rate
      guard seconds > 0, abs(length - seconds) > Self.lengths.notice else { return }
      warn(
        file, String(format: "%.2f s, where the longest film has %.2f s", length, seconds),
        "there are 88 numbers for each picture")
    } catch {
      fault(
        file, "\(error)".replacing(FingerHeights.path(in: clip.folder) + ": ", with: ""),
        "leave it out, or write it anew")
    }
  }

  private mutating func sound(_ clip: ClipFolder, _ score: Score?) {
    guard let path = clip.sound else {
      return warn("audio.wav", "missing", "the roll can be learned without it, the sound not")
    }
    let file = path.lastPathComponent
    do {
      let reader = try AudioFileReader(path.path)
      let length = Double(reader.frames) / Double(max(reader.sampleRate, 1))
      if seconds > 0, abs(length - seconds) > Self.lengths.notice {
        let found = String(format: "%.2f s, where the longest film has %.2f s", length, seconds)
        let advice = "films and sound begin and end together: cut them so"
        if abs(length - seconds) > Self.lengths.fault { fault(file, found, advice) } else { warn(file, found, advice) }
      }
      if let score, !score.notes.isEmpty, reader.readAll().allSatisfy({ abs($0) < 1e-4 }) {
        warn(file, "silent, where the score has \(score.notes.count) notes", "was the microphone on?")
      }
    } catch {
      fault(file, "not a sound file (\(error))", "export it anew as WAV or FLAC")
    }
  }

  private mutating func description(_ clip: ClipFolder) {
    do {
      guard let description = try clip.clip() else {
        return warn(
          "clip.json", "missing",
          "write {\"style\": \"…\", \"licence\": \"…\"}: what sounds, and what may be done with it")
      }
      if description.licence == nil {
        warn("clip.json", "no licence", "a model may only be given away if its material allows it")
      }
      if description.style == nil { warn("clip.json", "no style", "name what sounds: an instrument, a player, a room") }
    } catch { fault("clip.json", "\(error)".replacing(FilmClip.path(in: clip.folder) + ": ", with: ""), "mend it") }
  }
}
