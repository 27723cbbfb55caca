// FoleyReading: what a voice of Foley says about who reads its prompts and watches its films, and which words it heard.
import Tensors

/// Stands under `foley` in a voice's metadata.
public struct FoleyReading: Sendable, Equatable {
  /// Which encoders its features come from, as they call themselves; no films where it watches none.
  public let words: String, films: String?
  /// The words of the captions that it learned from, in order of the alphabet: others say little to it.
  public let vocabulary: [String]
  /// What kinds of sounds it learned, for people.
  public let classes: [String]
  /// How it finds events in films, as `EventFinder` reads it; nil where it finds none.
  public let events: JSON?

  public init(words: String, films: String?, vocabulary: [String], classes: [String], events: JSON? = nil) {
    (self.words, self.films, self.vocabulary, self.classes) = (words, films, vocabulary, classes)
    self.events = events
  }

  init(_ json: JSON) throws(ConfigurationError) {
    func list(_ name: String) throws(ConfigurationError) -> [String] {
      guard let elements = json[name]?.elements else {
        throw ConfigurationError("foley.\(name): expected a list, found \(json[name]?.text() ?? "none")")
      }
      return elements.compactMap(\.string)
    }
    guard let words = json["words"]?.string else {
      throw ConfigurationError("foley.words: expected who reads prompts, found \(json["words"]?.text() ?? "none")")
    }
    (self.words, films) = (words, json["films"]?.string)
    (vocabulary, classes) = (try list("vocabulary"), try list("classes"))
    events = json["events"]
  }

  var json: JSON {
    func list(_ words: [String]) -> JSON { .array(words.map { JSON($0) }) }
    let json: JSON = [
      "words": JSON(words), "films": films.map { JSON($0) } ?? .null, "vocabulary": list(vocabulary),
      "classes": list(classes),
    ]
    return events.map { .object(json.members! + [JSON.Member("events", $0)]) } ?? json
  }
}
