// Files: what the commands open: a score, a voice, and where a voice is looked for when none is named.
import ArgumentParser
import Foundation
import Performer
import Score

/// Something that the command line cannot do, in words.
struct Failure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

enum Files {
  /// Reads a MIDI file.
  static func score(_ path: String) throws -> Score {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure("\(path): cannot be read; expected a MIDI file")
    }
    do { return try Score(midi: Array(data)) } catch { throw Failure("\(path): \(error)") }
  }

  /// The voice to play: the one that was asked for, or the first that is found.
  static func voice(_ asked: String?) throws -> Voice {
    if let asked { return try Voice(path: asked) }
    guard let found = candidates.first(where: { FileManager.default.isReadableFile(atPath: $0) }) else {
      throw Failure("no voice found; name one with --voice. Looked for:\n  " + candidates.joined(separator: "\n  "))
    }
    return try Voice(path: found)
  }

  private static var candidates: [String] {
    let environment = ProcessInfo.processInfo.environment
    let home = NSHomeDirectory()
    let program = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path ?? "."
    return [environment["FOTOPLAYER_VOICE"]].compactMap { $0 } + [
      "presets/piano.safetensors", "\(program)/../share/fotoplayer/piano.safetensors",
      "\(home)/.lv2/fotoplayer.lv2/voices/piano.safetensors",
      "/usr/local/lib/lv2/fotoplayer.lv2/voices/piano.safetensors",
      "/usr/lib/lv2/fotoplayer.lv2/voices/piano.safetensors",
    ]
  }
}

/// A place in time: seconds, or minutes and seconds with a colon.
struct Moment: ExpressibleByArgument {
  let seconds: Double

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard (1...3).contains(parts.count), parts.allSatisfy({ $0.map { $0.isFinite && $0 >= 0 } ?? false }) else {
      return nil
    }
    seconds = parts.reduce(0) { $0 * 60 + $1! }
    guard seconds <= 31_536_000 else { return nil }
  }
}
