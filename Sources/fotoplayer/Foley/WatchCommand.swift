// `watch`: a film is looked at once, and what was seen is kept: in a small file that Fotoplayer Foley performs in a host, or,
// what begins in it, as a MIDI file that people can read and correct.
import ArgumentParser
import Film
import Foley
import Foundation
import Performer
import Score
import Watching

struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Look at a film: for Fotoplayer Foley in a host, or for what begins when.",
    discussion: """
      Examples:
        fotoplayer watch clip.mp4 -o clip.safetensors
        fotoplayer watch clip.mp4 -o clip.mid
        fotoplayer watch clip.mp4 --events corrected.mid -o clip.safetensors

      The plugin Fotoplayer Foley takes what was seen as its Film, and performs it along
      with the host's transport. Nothing of the pictures can be seen in it: it says where
      something moves, what begins, and when. What begins is found by the voice, or is
      what --events says: the notes of a MIDI file, such as the second example writes, with
      a note for each event, the stronger the louder. docs/foley.md says more.
      """)

  @Argument(help: "A film in any container and codec.") var film: String
  @Option(name: .shortAndLong, help: "The file to write: .safetensors for the plugin, or .mid.") var output: String
  @Option(help: "What begins in the film, instead of what is found: the notes of this MIDI file.") var events: String?
  @Option(help: "The voice that finds what begins. By default the shipped one.") var voice: String?
  @Flag(help: "Say nothing but errors.") var quiet = false

  private var isScore: Bool { [".mid", ".midi"].contains { output.lowercased().hasSuffix($0) } }

  func validate() throws {
    guard isScore || output.lowercased().hasSuffix(".safetensors") else {
      throw ValidationError("-o \(output): expected .safetensors or .mid")
    }
    guard events == nil || !isScore else { throw ValidationError("--events: expected with -o FILE.safetensors") }
    guard events == nil || voice == nil else { throw ValidationError("--voice: expected without --events") }
  }

  func run() throws {
    let information = try FilmInformation(film)
    guard information.hasPictures else {
      throw Failure(
        "\(film): expected a film, found \(information.hasSound ? "sound without pictures" : "no pictures")")
    }
    let told = try events.map { try Files.score($0).notes.map { ($0.start, Double($0.velocity) / 127) } }
    let finder = told == nil ? try self.finder() : nil
    let lead = try watched(information.duration, told, finder)
    let name = URL(fileURLWithPath: film).lastPathComponent
    if isScore {
      try Files.write(score(lead.events ?? []).midi(), to: output)
    } else {
      try SeenFilm(lead, viewer: MotionView.identity, name: name).write(to: output)
    }
    guard !quiet else { return }
    let last = String(format: "%.2f", lead.times.last!)
    let begins = lead.events.map { "\($0.count) events" } ?? "events not looked for"
    print("\(output): \(lead.times.count) pictures of \(name), the last at \(last) s, \(begins)")
  }

  /// Of the voice that was asked for, which must have one; of the usual one, if it is there, only where nothing else is wanted.
  private func finder() throws -> EventFinder? {
    guard isScore || voice != nil else {
      guard let usual = try? Files.foley(nil), usual.foley?.films == MotionView.identity else { return nil }
      return try EventFinder(usual)
    }
    let voice = try Files.foley(self.voice)
    try voice.expectToWatch()
    guard let finder = try EventFinder(voice) else {
      throw Failure("\(voice.path): expected a voice that finds events in films, found one that does not")
    }
    return finder
  }

  private func watched(
    _ duration: Double?, _ told: [(Double, Double)]?, _ finder: EventFinder?
  ) throws -> FilmLead {
    var step = Step("watching", seconds: duration, isQuiet: quiet)
    defer { step.finish() }
    let seen = try FilmFeatures.motion(film) { try step.show($0) }
    guard !seen.times.isEmpty else { throw Failure("\(film): expected pictures, found none") }
    step.complete()
    var lead = FilmLead(features: seen.features, times: seen.times)
    lead.events = told?.map { (time: $0.0, strength: $0.1) } ?? finder?(lead)
    return lead
  }

  /// A note an event, of a twentieth of a second.
  private func score(_ events: [(time: Double, strength: Double)]) -> Score {
    Score(
      notes: events.map { event in
        let velocity = UInt8(min(max((event.strength * 127).rounded(), 1), 127))
        return Note(key: 60, velocity: velocity, start: event.time, end: event.time + 0.05)
      })
  }
}
