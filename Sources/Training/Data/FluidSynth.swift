// FluidSynth: the program that plays a score on a sound font, for material to learn from.
// It acts on events at every 64th sample, so scores are written with one tick a block, and sound exactly on time.
import Foundation
import Score

/// Renders scores to mono samples at 24 kHz.
public struct FluidSynth: Sendable {
  /// Samples between two moments at which an event can sound.
  public static let block = 64
  public static let sampleRate = 24000
  /// How many samples a sound lags behind its event: one block, in which the synthesiser hears of it.
  public static let lag = 64

  public let soundFont: URL
  private let program: URL

  /// - Throws: `DataError` when the program or the sound font is not there.
  public init(soundFont: URL) throws {
    self.soundFont = soundFont
    guard FileManager.default.isReadableFile(atPath: soundFont.path) else {
      throw DataError("\(soundFont.path): no such sound font; Debian's package fluid-soundfont-gm has one")
    }
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    guard
      let found = path.map({ URL(fileURLWithPath: "\($0)/fluidsynth") }).first(where: {
        FileManager.default.isExecutableFile(atPath: $0.path)
      })
    else { throw DataError("fluidsynth is not installed; Debian's package has its name") }
    program = found
  }

  /// The score on the grid on which this synthesiser plays it.
  public static func exact(_ score: Score) -> Score { score.quantised(to: Double(block) / Double(sampleRate)) }

  /// Plays a score, dry.
  ///
  /// - Parameters:
  ///   - score: on the grid that `exact` makes.
  ///   - seconds: the length of the result; what sounds longer is cut.
  ///   - scratch: a folder for two passing files.
  public func render(_ score: Score, seconds: Double, scratch: URL) throws -> [Int16] {
    let midi = scratch.appendingPathComponent("score.mid")
    let raw = scratch.appendingPathComponent("sound.raw")
    // 375 ticks a second: one tick is one block.
    try Data(score.midi(ticksPerQuarter: Self.sampleRate / Self.block, beatsPerMinute: 60)).write(to: midi)
    let process = Process()
    process.executableURL = program
    process.arguments =
      ["-ni", "-q", "-g", "0.6", "-r", String(Self.sampleRate), "-R", "0", "-C", "0", "-T", "raw", "-O", "s16"]
      + ["-F", raw.path, soundFont.path, midi.path]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0, let bytes = try? Data(contentsOf: raw) else {
      throw DataError("fluidsynth failed with status \(process.terminationStatus) on \(soundFont.path)")
    }
    let frames = bytes.count / 4
    let count = Int(seconds * Double(Self.sampleRate))
    return bytes.withUnsafeBytes { samples in
      let stereo = samples.bindMemory(to: Int16.self)
      return (0..<count).map { index in
        let at = index + Self.lag
        return at < frames ? Int16((Int(stereo[2 * at]) + Int(stereo[2 * at + 1])) / 2) : 0
      }
    }
  }
}

/// What was wrong with training data or its tools.
public struct DataError: Error, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
