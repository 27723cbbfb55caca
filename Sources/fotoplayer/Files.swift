// Files: what the commands open: a score, a sound, a voice, and where a voice is looked for when none is named.
import ArgumentParser
import Foundation
import Media
import Performer
import Resampling
import Scenery
import Score

/// Something that the command line cannot do, in words.
package struct Failure: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

enum Files {
  /// Reads a MIDI file.
  static func score(_ path: String) throws -> Score { try scoreAndTempo(path).score }

  /// The same, with what is needed to count along.
  static func scoreAndTempo(_ path: String) throws -> (score: Score, tempo: TempoMap) {
    let bytes = try bytes(path, expected: "a MIDI file")
    do { return (try Score(midi: bytes), try TempoMap(midi: bytes)) } catch { throw Failure("\(path): \(error)") }
  }

  /// What `info` can tell of.
  enum Kind { case score, voice, other }

  /// What a file says that it is: by its first bytes, or by the name that voices have.
  static func kind(_ path: String) throws -> Kind {
    let head = try bytes(path, expected: "a voice, a MIDI file or a film", atMost: 9)
    if head.starts(with: Array("MThd".utf8)) { return .score }
    return path.hasSuffix(".safetensors") || head.count == 9 && head[8] == UInt8(ascii: "{") ? .voice : .other
  }

  /// The bytes of a file, or the first of them.
  private static func bytes(_ path: String, expected: String, atMost limit: Int = .max) throws -> [UInt8] {
    func failure() -> Failure { Failure("\(path): expected \(expected), found: \(String(cString: strerror(errno)))") }
    guard let file = fopen(path, "r") else { throw failure() }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 65536)
    while bytes.count < limit {
      let count = fread(&part, 1, min(part.count, limit - bytes.count), file)
      guard count > 0 else { break }
      bytes += part[..<count]
      guard bytes.count <= 1 << 28 else { throw Failure("\(path): expected \(expected), found more than 256 MB") }
    }
    guard ferror(file) == 0 else { throw failure() }
    return bytes
  }

  /// Reads a sound as samples at a rate, a list for each channel. One channel becomes several, several become their mean.
  static func sound(_ path: String, sampleRate: Int, channels: Int) throws -> [[Float]] {
    let file = try AudioFileReader(path)
    guard StreamingResampler.supports(from: file.sampleRate, to: sampleRate) else {
      throw Failure("\(path): expected a rate that becomes \(sampleRate) Hz, found \(file.sampleRate) Hz")
    }
    let samples = file.readAll()
    let count = samples.count / file.channels
    if let wrong = samples.firstIndex(where: { !$0.isFinite }) {
      throw Failure("\(path): expected finite samples, found \(samples[wrong]) at sample \(wrong / file.channels)")
    }
    let heard = (0..<file.channels).map { channel in (0..<count).map { samples[$0 * file.channels + channel] } }
    let mixed =
      heard.count == channels
      ? heard
      : [[Float]](
        repeating: (0..<count).map { index in heard.reduce(0) { $0 + $1[index] } / Float(heard.count) },
        count: channels)
    return mixed.map { resample($0, from: file.sampleRate, to: sampleRate) }
  }

  /// The piano to play: the one that was asked for, or the first that is found.
  static func voice(_ asked: String?) throws -> Voice { try Voice(path: voicePath(asked)).of(.piano) }

  /// The voice of Foley, likewise.
  static func foley(_ asked: String?) throws -> Voice {
    try Voice(path: voicePath(asked, usual: "foley", variable: "FOTOPLAYER_FOLEY")).of(.foley)
  }

  /// The same, not opened yet.
  static func voicePath(
    _ asked: String?, usual: String = "piano", variable: String = "FOTOPLAYER_VOICE"
  ) throws -> String {
    if let named = asked ?? ProcessInfo.processInfo.environment[variable] { return named }
    let candidates = voicePlaces.folders.map { "\($0)/\(usual).safetensors" }
    guard let found = candidates.first(where: { FileManager.default.isReadableFile(atPath: $0) }) else {
      throw Failure(
        "no voice found; name one with --voice or in \(variable). Looked for:\n  "
          + candidates.joined(separator: "\n  "))
    }
    return found
  }

  /// What reads films: the one that was asked for, or the first that is found.
  static func predictor(_ asked: String?) throws -> String {
    let environment = ProcessInfo.processInfo.environment
    if let named = asked ?? environment["FOTOPLAYER_ROLL"] { return named }
    let places = ["presets/\(predictorName)", "\(share)/\(predictorName)", "\(Folders.data())/\(predictorName)"]
    guard let found = places.first(where: { FileManager.default.isReadableFile(atPath: $0) }) else {
      throw Failure(
        "no predictor for films found; name one with --predictor or in FOTOPLAYER_ROLL. Looked for:\n  "
          + places.joined(separator: "\n  "))
    }
    return found
  }

  /// It lies where voices lie, and is none.
  private static let predictorName = "roll.safetensors"

  /// Beside the program.
  private static var share: String {
    (Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path ?? ".")
      + "/../share/fotoplayer"
  }

  /// Writes a file that appears when it is whole.
  static func write(_ bytes: [UInt8], to path: String) throws {
    do {
      let part = try PartFile(path)
      guard let file = fopen(part.writing, "w") else { throw Failure(String(cString: strerror(errno))) }
      let isWhole = fwrite(bytes, 1, bytes.count, file) == bytes.count
      guard fclose(file) == 0, isWhole else {
        let reason = String(cString: strerror(errno))
        part.discard()
        throw Failure(reason)
      }
      try part.complete()
    } catch {
      throw Failure("\(path): expected to write there, found \((error as? PartFile.Refusal)?.reason ?? "\(error)")")
    }
  }

  /// Writes a picture that appears when it is whole.
  static func write(_ canvas: Canvas, to path: String) throws {
    let part = "\(path).\(getpid()).part"
    guard canvas.write(png: part), rename(part, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(part)
      throw Failure("\(path): expected to write a picture there, found \(reason)")
    }
  }

  /// All voices where voices lie, each once.
  static var voices: [String] { voicePlaces.voices.filter { !$0.hasSuffix("/" + predictorName) } }

  /// Beside the one that is named, in the folder, beside the program, and where hosts look for bundles.
  static var voicePlaces: VoicePlaces {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"] ?? NSHomeDirectory()
    let named = environment["FOTOPLAYER_VOICE"].map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
    let bundles = environment["LV2_PATH"] ?? "\(home)/.lv2:/usr/local/lib/lv2:/usr/lib/lv2"
    return VoicePlaces(
      own: (named.map { [$0] } ?? []) + ["presets", share], bundles: bundles.split(separator: ":").map(String.init))
  }
}

/// A place in time: seconds, or minutes and seconds with a colon.
package struct Moment: ExpressibleByArgument {
  package let seconds: Double

  package init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard (1...3).contains(parts.count), parts.allSatisfy({ $0.map { $0.isFinite && $0 >= 0 } ?? false }) else {
      return nil
    }
    seconds = parts.reduce(0) { $0 * 60 + $1! }
    guard seconds <= 31_536_000 else { return nil }
  }
}
