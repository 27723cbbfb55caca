// FluidSynth: the program that plays a score on a sound font, for material to learn from.
// It acts on events at every 64th sample, so scores are written with one tick a block, and sound exactly on time.
import Foundation
import Score
import Tensors

/// Renders scores to mono samples at 24 kHz, dry.
public struct FluidSynth: Sendable {
  /// Samples between two moments at which an event can sound.
  public static let block = 64
  public static let sampleRate = 24000
  /// Ticks a second (and a quarter) of the scores that it plays: one tick is one block.
  public static let ticksPerSecond = sampleRate / block
  /// The loudness at which ten fingers at full strength do not clip.
  public static let gain = 0.6

  public let soundFont: URL
  /// Which of the sound font's instruments plays, as General MIDI counts them from 0; 0 is a grand piano.
  public let instrument: UInt8
  /// As the program calls itself.
  public let version: String
  /// How many samples a sound lags behind its event. Measured, and taken out of what `render` returns.
  public private(set) var lag = 0
  private let program: URL

  /// - Throws: `DataError` when the program or the sound font is not there, or does not play.
  public init(soundFont: URL, instrument: UInt8 = 0) throws {
    (self.soundFont, self.instrument) = (soundFont, instrument)
    guard FileManager.default.isReadableFile(atPath: soundFont.path) else {
      throw DataError(
        "\(soundFont.path): no such sound font; `apt install fluid-soundfont-gm` or `musescore-general-soundfont-lossless` brings one"
      )
    }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    guard
      let found = folders.map({ URL(fileURLWithPath: "\($0)/fluidsynth") }).first(where: {
        FileManager.default.isExecutableFile(atPath: $0.path)
      })
    else { throw DataError("the program fluidsynth is missing: `apt install fluidsynth`") }
    program = found
    let said = try FluidSynth.run(found, ["--version"])
    version = said.split(separator: "\n").first.map(String.init) ?? "FluidSynth"
    lag = try measuredLag()
  }

  /// The score on the grid on which this synthesiser plays it.
  public static func exact(_ score: Score) -> Score { score.quantised(to: 1 / Double(ticksPerSecond)) }

  /// The score as a file.
  public static func midi(_ score: Score) -> [UInt8] {
    score.midi(ticksPerQuarter: ticksPerSecond, beatsPerMinute: 60)
  }

  /// Writes that file, which is replaced in one step.
  public static func write(_ score: Score, to path: String) throws {
    var file = try FileReplacement(path: path)
    try file.write(midi(score))
    try file.commit()
  }

  /// Plays a score.
  ///
  /// - Parameters:
  ///   - score: on the grid that `exact` makes.
  ///   - seconds: the length of the result; what sounds longer is cut.
  ///   - scratch: a folder for two passing files, not shared with another thread.
  public func render(_ score: Score, seconds: Double, scratch: URL) throws -> [Int16] {
    let midi = scratch.appendingPathComponent("score.mid")
    let raw = scratch.appendingPathComponent("sound.raw")
    do { try Data(FluidSynth.instructions(score, instrument: instrument)).write(to: midi) } catch {
      throw DataError("\(midi.path): cannot write: \(error.localizedDescription)")
    }
    let format = ["-r", String(Self.sampleRate), "-T", "raw", "-O", "s16"]
    _ = try FluidSynth.run(
      program,
      ["-ni", "-q", "-g", String(Self.gain), "-R", "0", "-C", "0"] + format
        + ["-F", raw.path, soundFont.path, midi.path])
    let bytes = (try? Data(contentsOf: raw)) ?? Data()
    let frames = bytes.count / 4
    // It plays on until the last note has died away; what is shorter was cut short.
    guard frames >= Int(score.duration * Double(Self.sampleRate)) else {
      throw DataError("\(raw.path): \(frames) samples of \(score.duration) s were written; is the disk full?")
    }
    return bytes.withUnsafeBytes { bytes in
      let stereo = bytes.bindMemory(to: Int16.self)
      return (0..<Int(seconds * Double(Self.sampleRate))).map { index in
        let at = index + lag
        return at < frames ? Int16((Int(stereo[2 * at]) + Int(stereo[2 * at + 1])) / 2) : 0
      }
    }
  }

  /// Where two notes begin to sound, against where they should: whole blocks, the same of both.
  private func measuredLag() throws -> Int {
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("fotoplayer-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let lags = try [100, 475].map { tick in
      let start = Double(tick) / Double(Self.ticksPerSecond)
      let score = Score(notes: [Note(key: 60, velocity: 100, start: start, end: start + 0.2)])
      guard let first = try render(score, seconds: start + 0.2, scratch: scratch).firstIndex(where: { $0 != 0 }) else {
        throw DataError("\(soundFont.path): middle C is silent")
      }
      return (first - tick * Self.block) / Self.block * Self.block
    }
    guard lags[0] == lags[1], lags[0] >= 0 else {
      throw DataError("\(version) plays two notes \(lags) samples late; expected the same of both")
    }
    return lags[0]
  }

  /// What the program says on standard output; its complaint, thrown, when it fails.
  private static func run(_ program: URL, _ arguments: [String]) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = program
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    // It goes on with another sound font when it cannot read the one that it is given.
    guard process.terminationStatus == 0, !text.contains("error:") else {
      throw DataError("\(program.path) \(arguments.joined(separator: " ")): \(text.suffix(400))")
    }
    return text
  }
}

/// What was wrong with training data or its tools.
public struct DataError: Error, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
