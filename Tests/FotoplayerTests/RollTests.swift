// RollTests: `fotoplayer roll` reads a score from a film; what it writes is what whoever reads scores finds in it.
import Conditioning
import Film
import Foundation
import Keyboards
import Score
import SmallFilms
import Testing
import Watching

@Suite struct RollTests {
  let place = try! Workplace()
  let clip: DrawnClip
  let keyboard: String

  init() throws {
    try SmallPredictor.write(to: place.path + "/roll.safetensors")
    clip = try DrawnClip(place.path + "/clip.mp4")
    keyboard = "\(try #require(clip.place))"
  }

  @discardableResult
  func roll(_ options: String...) throws -> Outcome {
    let outcome = try place.run(
      "fotoplayer",
      ["roll", "clip.mp4", "-o", "clip.mid", "--predictor", "roll.safetensors", "--keyboard", keyboard] + options)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome
  }

  func score(_ name: String) throws -> Score { try Score(midi: Array(place.bytes(name))) }

  /// What the predictor says of the clip, without the program.
  func seen(_ others: [DrawnClip] = []) throws -> Score {
    let films =
      [WatchedFilm(.top, clip.path, place: try KeyboardPlace(keyboard))]
      + others.map { WatchedFilm($0.view, $0.path, place: $0.place) }
    return try Watcher(RollModels.open(place.path + "/roll.safetensors"), films).watch().score
  }

  @Test func `A reader of scores finds in the file the notes and pedals that were seen`() throws {
    let feet = try DrawnClip(place.path + "/pedal.mp4", .pedal)
    let outcome = try roll("--views", "pedal=pedal.mp4")
    #expect(outcome.errors.isEmpty)
    let (read, expected) = (try score("clip.mid"), try seen([feet]))
    #expect(read.notes.count == expected.notes.count && !read.notes.isEmpty)
    // Times are rounded, and what begins at once may come in another order.
    func byKey(_ score: Score) -> [Note] { score.notes.sorted { ($0.key, $0.start) < ($1.key, $1.start) } }
    for (a, b) in zip(byKey(read), byKey(expected)) {
      #expect(a.key == b.key && a.velocity == b.velocity, "\(a) \(b)")
      #expect(abs(a.start - b.start) < 0.001 && abs(a.end - b.end) < 0.001, "\(a) \(b)")
    }
    #expect(read.pedals.map(\.value) == expected.pedals.map(\.value) && !read.pedals.isEmpty)
    #expect(read.pedals.map(\.kind) == expected.pedals.map(\.kind))
    for (a, b) in zip(read.pedals, expected.pedals) { #expect(abs(a.time - b.time) < 0.001) }
    #expect(outcome.output.hasPrefix("clip.mid: \(read.notes.count) notes in 1.6 s of film, "), "\(outcome.output)")
    #expect(outcome.output.contains("\n  top: clip.mp4, keys at \"\(keyboard)"))
  }

  @Test func `The score keeps the film's time, whatever part is read`() throws {
    try roll("--from", "0.4", "--to", "1.2", "--quiet")
    let part = try score("clip.mid")
    let isInside = part.notes.allSatisfy { $0.start >= 0.37 && $0.end < 1.3 }
    #expect(isInside && !part.notes.isEmpty)
    try roll("--quiet")
    let whole = try score("clip.mid").notes.filter { $0.start > 0.5 && $0.start < 1 }
    let middle = part.notes.filter { $0.start > 0.5 && $0.start < 1 }
    #expect(
      middle.count { note in whole.contains { $0.key == note.key && abs($0.start - note.start) < 1e-3 } } > middle.count
        / 2)
  }

  @Test func `A picture, a film with its keys lit, and JSON`() throws {
    let outcome = try roll("--picture", "roll.png", "--overlay", "check.mp4", "--json")
    #expect(try place.bytes("roll.png").prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
    #expect(place.files == ["clip.mp4", "clip.mid", "roll.png", "check.mp4", "roll.safetensors"])
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let json = try #require(object as? [String: Any])
    #expect(json["notes"] as? Int == (try score("clip.mid").notes.count))
    #expect(json["moments"] as? Int == 40 && json["from"] as? Double == 0 && json["confident"] as? Double == 0.02)
    let doubts = try #require(json["doubts"] as? [[String: Any]])
    for doubt in doubts { #expect(try #require(doubt["confidence"] as? Double) < 0.02) }
    // The lit film has the film's pictures at the film's times, and some of them are lit.
    let (film, lit) = (try FilmReader(clip.path), try FilmReader(place.path + "/check.mp4"))
    var (count, changed) = (0, 0)
    while let (time, picture) = try film.next(), let (again, other) = try lit.next() {
      #expect(abs(time - again) < 1e-4 && picture.width == other.width)
      let difference = zip(picture.bytes, other.bytes).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      if difference > 4 * picture.bytes.count { changed += 1 }
      count += 1
    }
    #expect(try lit.next() == nil)
    #expect(count == 40 && changed > 0, "\(changed) of \(count)")
  }

  @Test func `The predictor may be named by the environment`() throws {
    let arguments = ["roll", "clip.mp4", "-o", "clip.mid", "--keyboard", keyboard, "--quiet"]
    let outcome = try place.run("fotoplayer", arguments, environment: ["FOTOPLAYER_ROLL": "roll.safetensors"])
    #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.isEmpty)
    let missing = try place.run("fotoplayer", arguments)
    #expect(missing.status == 1)
    for word in ["no predictor for films found", "--predictor", "FOTOPLAYER_ROLL", "presets/roll.safetensors"] {
      #expect(missing.errors.contains(word), "\(missing.errors)")
    }
  }
}
