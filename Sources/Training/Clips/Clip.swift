// Clip: what is learned from of Foley: a piece of sound with the words for it, the film of it, or both; a line of a manifest.
// Its JSON is strict: what is missing, of another kind or unknown is said by name, so that no misspelt caption is lost.
import Tensors

/// Something that was to be heard, and when.
public struct ClipEvent: Equatable, Sendable {
  /// Seconds from the clip's beginning.
  public let time: Double
  /// 0…1: what its loudness follows.
  public let strength: Double

  public init(time: Double, strength: Double) { (self.time, self.strength) = (time, strength) }
}

/// One clip.
public struct Clip: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    case textAudio = "text/audio"
    case videoAudio = "video/audio"
    case textVideoAudio = "text/video/audio"
  }

  /// Unique in a manifest.
  public var id: String
  /// A sound file, or a film with sound; `video` may be the same file. Relative paths count from the manifest's folder.
  public var audio: String
  public var video: String?
  /// The same sound in different words; one is drawn at each step of training.
  public var captions: [String] = []
  /// What kind of sound it is, where the list says so.
  public var category: String?
  /// The part of the media that is the clip, seconds; from their beginning, and to their end, where it is not said.
  public var start: Double?, seconds: Double?
  /// What it shares with other clips (a film on the web, a package): clips of one key are kept from learning together.
  public var key: String
  /// The list's own split: `train`, `test`.
  public var split: String?
  public var licence: String?
  public var source: String?
  public var events: [ClipEvent] = []

  public init(id: String, audio: String, key: String) { (self.id, self.audio, self.key) = (id, audio, key) }

  public var kind: Kind { video == nil ? .textAudio : captions.isEmpty ? .videoAudio : .textVideoAudio }
}

extension Clip {
  /// The names of a line's members.
  private static let names: Set = [
    "id", "audio", "video", "captions", "class", "start", "seconds", "key", "split", "licence", "source", "events",
  ]

  /// What was expected of a clip, and what was found.
  struct Fault: Error {
    let expected: String, found: String
  }

  /// A clip from the object of its line.
  init(_ json: JSON) throws(Fault) {
    guard let members = json.members else { throw Fault(expected: "an object {…}", found: Self.words(json)) }
    if let strange = members.first(where: { !Self.names.contains($0.name) }) {
      throw Fault(
        expected: "members named " + Self.names.sorted().joined(separator: ", "), found: "\"\(strange.name)\"")
    }
    func text(_ name: String) throws(Fault) -> String? {
      guard let value = json[name], value != .null else { return nil }
      guard let string = value.string, string.contains(where: { !$0.isWhitespace }) else {
        throw Fault(expected: "\"\(name)\" to be words", found: Self.words(value))
      }
      return string
    }
    func number(_ name: String, of json: JSON, from least: Double) throws(Fault) -> Double? {
      guard let value = json[name], value != .null else { return nil }
      guard let number = value.double, number.isFinite, number >= least else {
        throw Fault(expected: "\"\(name)\" to be a number from \(least) on", found: Self.words(value))
      }
      return number
    }
    func list(_ name: String) throws(Fault) -> [JSON] {
      guard let value = json[name], value != .null else { return [] }
      guard let elements = value.elements else {
        throw Fault(expected: "\"\(name)\" to be a list […]", found: Self.words(value))
      }
      return elements
    }
    guard let id = try text("id") else { throw Fault(expected: "\"id\"", found: "none") }
    guard let audio = try text("audio") else {
      throw Fault(expected: "\"audio\", the path of its sound", found: "none")
    }
    self.init(id: id, audio: audio, key: try text("key") ?? id)
    video = try text("video")
    for caption in try list("captions") {
      guard let words = caption.string, words.contains(where: { !$0.isWhitespace }) else {
        throw Fault(expected: "captions to be words", found: Self.words(caption))
      }
      captions.append(words)
    }
    guard video != nil || !captions.isEmpty else {
      throw Fault(expected: "\"captions\" or \"video\", or both", found: "neither")
    }
    category = try text("class")
    start = try number("start", of: json, from: 0)
    seconds = try number("seconds", of: json, from: 0.01)
    (split, licence, source) = (try text("split"), try text("licence"), try text("source"))
    for event in try list("events") {
      guard let time = try number("time", of: event, from: 0) else {
        throw Fault(expected: "events {\"time\": …, \"strength\": …}", found: Self.words(event))
      }
      if let seconds, time > seconds {
        throw Fault(expected: "events within the clip's \(seconds) s", found: "one at \(time) s")
      }
      events.append(ClipEvent(time: time, strength: try number("strength", of: event, from: 0) ?? 1))
    }
  }

  /// Without what is not known.
  var json: JSON {
    var members = [JSON.Member("id", JSON(id)), JSON.Member("audio", JSON(audio))]
    func add(_ name: String, _ value: JSON?) { if let value { members.append(JSON.Member(name, value)) } }
    add("video", video.map { JSON($0) })
    add("captions", captions.isEmpty ? nil : .array(captions.map { JSON($0) }))
    add("class", category.map { JSON($0) })
    add("start", start.map { JSON($0) })
    add("seconds", seconds.map { JSON($0) })
    add("key", key == id ? nil : JSON(key))
    add("split", split.map { JSON($0) })
    add("licence", licence.map { JSON($0) })
    add("source", source.map { JSON($0) })
    add("events", events.isEmpty ? nil : .array(events.map { ["time": JSON($0.time), "strength": JSON($0.strength)] }))
    return .object(members)
  }

  private static func words(_ json: JSON) -> String {
    let text = json.text()
    return text.count <= 60 ? text : text.prefix(57) + "…"
  }
}
