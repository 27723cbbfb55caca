// `keyboard`: where the keys lie in a film, found or said, and drawn over one of its pictures.
import ArgumentParser
import Film
import Foundation
import Keyboards
import Scenery
import Watching

struct KeyboardCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keyboard", abstract: "Find the keys of a piano in a film.",
    discussion: """
      Examples:
        fotoplayer keyboard clip.mp4
        fotoplayer keyboard clip.mp4 --picture found.png
        fotoplayer keyboard clip.mp4 --keyboard "40,300 920,302 924,195 38,196" --picture check.png

      The camera stands still and sees the keys from above; from the other side of the
      piano will do, along the keys will not. Cameras may be mirrored, turned or stand
      on their heads. What it prints behind keyboard: is what --keyboard takes, here
      and in roll, perform and play.
      """)

  @Argument(help: "A film in any container and codec.") var film: String
  @Option(help: "Where the keys lie, instead of looking for them: \"x,y x,y x,y x,y [keys 21-108] [bend 0]\".")
  var keyboard: String?
  @Option(help: "A picture to write, .png: the outlines of the keys over a picture of the film. C4 is middle C.")
  var picture: String?
  @Flag(help: "Say it as JSON.") var json = false
  @OptionGroup var part: PartOptions

  /// What is printed.
  private struct Report: Encodable {
    let film: String, width: Int, height: Int
    /// As --keyboard takes it.
    let keyboard: String
    /// Bass front, treble front, treble back, bass back: points from the upper left.
    let corners: [[Float]]
    /// The lowest and the highest MIDI key.
    let keys: [Int]
    let bend: Float
    /// 0…1, and whether the octave was seen; none where the place was given.
    let confidence: Double?, isOctaveKnown: Bool?
  }

  func validate() throws {
    if let keyboard {
      do { _ = try KeyboardPlace(keyboard) } catch { throw ValidationError("--keyboard \(keyboard): \(error)") }
    }
  }

  func run() throws {
    let reader = try FilmReader(film, range: part.range)
    let (place, found) = try place()
    let report = Report(
      film: film, width: reader.width, height: reader.height, keyboard: "\(place)",
      corners: place.corners.map { [$0.x, $0.y] }, keys: [place.keys.lowerBound, place.keys.upperBound],
      bend: place.bend, confidence: found?.confidence, isOctaveKnown: found?.isOctaveKnown)
    if let picture { try draw(place, reader, to: picture) }
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(report), as: UTF8.self))
    } else {
      say(report)
    }
  }

  private func place() throws -> (KeyboardPlace, FoundPlace?) {
    if let keyboard { return (try KeyboardPlace(keyboard), nil) }
    do {
      let found = try KeyboardSearch.find(film, range: part.range)
      return (found.place, found)
    } catch let error as WatchingError {
      throw Failure("\(error). Where the keys lie can be said with --keyboard \"x,y x,y x,y x,y\"")
    }
  }

  /// Over the picture in the middle of what is looked at.
  private func draw(_ place: KeyboardPlace, _ reader: FilmReader, to path: String) throws {
    let begin = max(part.range?.lowerBound ?? reader.start, reader.start)
    let end = min(part.range?.upperBound ?? .infinity, reader.information.duration ?? begin)
    try reader.seek(to: max(begin, (begin + end) / 2))
    guard let shown = try reader.next()?.picture else { throw Failure("\(film): expected a picture, found none there") }
    let lights = try KeyLights(place, width: reader.width, height: reader.height)
    try Files.write(lights.outlined(shown), to: path)
  }

  private func say(_ report: Report) {
    let ends = report.keys.map { KeyNames.name(UInt8($0)) }
    var lines = [
      ("film", "\(report.film), \(report.width) × \(report.height)"), ("keyboard", report.keyboard),
      ("keys", "\(report.keys[1] - report.keys[0] + 1), \(ends[0]) to \(ends[1])"),
    ]
    if let confidence = report.confidence, let isOctaveKnown = report.isOctaveKnown {
      lines += [
        ("confidence", String(format: "%.2f", confidence) + (confidence < 0.5 ? "; look at it with --picture" : "")),
        ("octaves", isOctaveKnown ? "known by the ends of the keyboard" : "not seen; the middle was taken for E4"),
      ]
    }
    for (name, value) in lines { print((name + ":").padding(toLength: 12, withPad: " ", startingAt: 0) + value) }
  }
}
