// ClipCheck: what lacks in a clip of a manifest, and what does not fit together: sound, film, captions, events, licence.
import Film
import Foundation
import Media
import Training

/// What was found of one clip.
public struct ClipCheck: Sendable {
  public let name: String
  public private(set) var seconds = 0.0
  public private(set) var findings: [Finding] = []
  private let summary: String

  public var isFaulty: Bool { findings.contains { $0.weight == .fault } }

  /// One line for a person.
  public var line: String { "\(name): \(String(format: "%.1f", seconds)) s, \(summary)" }

  public init(_ clip: Clip, of manifest: ClipManifest) {
    name = clip.id
    summary = clip.kind.rawValue + (clip.category.map { ", \($0)" } ?? "")
    seconds = clip.seconds ?? 0
    let audio = manifest.audio(clip)
    sound(clip, audio)
    if let video = manifest.video(clip) { film(clip, video, isSound: video == audio) }
    if clip.licence == nil {
      warn("clips.jsonl", "no licence", "a model may only be given away if its material allows it")
    }
    if clip.kind == .videoAudio { warn("clips.jsonl", "no caption", "words cannot be learned from it") }
  }

  private mutating func fault(_ file: String, _ found: String, _ advice: String) {
    findings.append(.fault("\(name)/\(file)", found, advice))
  }
  private mutating func warn(_ file: String, _ found: String, _ advice: String) {
    findings.append(.warning("\(name)/\(file)", found, advice))
  }

  /// Sound files are listened to; of the sound of a film, its length alone is looked at.
  private mutating func sound(_ clip: Clip, _ path: String) {
    let file = URL(fileURLWithPath: path).lastPathComponent
    guard FileManager.default.isReadableFile(atPath: path) else {
      return fault(file, "missing", "is \(path) where it was? `data import` again finds what was moved")
    }
    guard clip.audio != clip.video else { return }
    guard let reader = try? AudioFileReader(path) else {
      // What libsndfile does not know, libav may.
      let known = try? FilmInformation(path)
      if known?.hasSound != true { fault(file, "not a sound file", "export or copy it anew") }
      return
    }
    let length = Double(reader.frames) / Double(max(reader.sampleRate, 1))
    if seconds == 0 { seconds = length }
    let end = (clip.start ?? 0) + (clip.seconds ?? 0)
    if length + 0.1 < end {
      let found = String(format: "%.2f s, where the clip ends at %.2f s", length, end)
      if clip.start != nil || length < end / 2 {
        fault(file, found, "was it cut? then leave out \"start\"")
      } else {
        warn(file, found, "what lacks is silence")
      }
    }
    let begin = Int((clip.start ?? 0) * Double(reader.sampleRate))
    if begin > 0 { try? reader.seek(to: min(begin, reader.frames)) }
    let count = clip.seconds.map { Int($0 * Double(reader.sampleRate)) } ?? reader.frames
    let samples = reader.readAll().prefix(count * reader.channels)
    let peak = samples.reduce(0) { max($0, abs($1)) }
    if peak < 1e-3 { fault(file, "silent", "nothing can be learned of it") }
    let full = samples.count { abs($0) >= 0.999 }
    if full > reader.sampleRate / 100 {
      warn(file, "\(full) samples at full scale", "it was recorded too loud; what is clipped is learned, too")
    }
  }

  private mutating func film(_ clip: Clip, _ path: String, isSound: Bool) {
    let file = URL(fileURLWithPath: path).lastPathComponent
    guard FileManager.default.isReadableFile(atPath: path) else {
      return fault(file, "missing", "is \(path) where it was? `data import` again finds what was moved")
    }
    let film: FilmInformation
    do { film = try FilmInformation(path) } catch {
      return fault(file, "\(error)".replacing(path + ": ", with: ""), "copy it anew")
    }
    guard film.hasPictures else { return fault(file, "it holds no pictures", "leave out \"video\"") }
    if isSound, !film.hasSound { fault(file, "it holds no sound", "name a sound file as \"audio\"") }
    guard let length = film.duration else { return }
    if seconds == 0 { seconds = length }
    let end = (clip.start ?? 0) + (clip.seconds ?? 0)
    if length + 0.5 < end {
      fault(
        file, String(format: "%.2f s, where the clip ends at %.2f s", length, end),
        "film and sound of a clip begin and end together")
    }
  }
}
