// PerformanceOptions: how a score is to be performed, and the performance itself, the same for every command that makes sound.
import ArgumentParser
import Foundation
import Performer
import Score

struct PerformanceOptions: ParsableArguments {
  @Option(help: "The voice, a .safetensors file. By default the shipped one.") var voice: String?
  @Option(help: "Another seed, another performance of the same notes.") var seed: UInt64 = 1
  @Option(help: "Steps of the flow, 1…64: more is finer and slower.") var steps = 4
  @Option(help: "Codec frames a block, 1…24, or 'whole'; 75 are a second. Live blocks are 1 to 8.") var block =
    BlockSize.frames(4)
  @Option(help: "How strongly the score leads, 0…4; 1 as learned, anything else doubles the work.") var guidance:
    Float = 1
  @Option(help: "Samples a second.") var rate = 48000

  func validate() throws {
    guard 1...64 ~= steps else { throw ValidationError("--steps \(steps): expected 1…64") }
    guard guidance >= 0, guidance <= 4 else { throw ValidationError("--guidance \(guidance): expected 0…4") }
    guard 8000...192_000 ~= rate else { throw ValidationError("--rate \(rate): expected 8000…192000") }
  }
}

/// Samples of one channel as those of two, and how loud they were.
struct StereoSamples {
  private(set) var peak: Float = 0
  private var stereo: [Float] = []

  /// - Returns: interleaved samples of two channels.
  mutating func take(_ samples: UnsafeBufferPointer<Float>) -> [Float] {
    stereo.removeAll(keepingCapacity: true)
    for sample in samples {
      peak = max(peak, abs(sample))
      stereo.append(sample)
      stereo.append(sample)
    }
    return stereo
  }

  /// dB of full scale.
  var decibels: Float { 20 * log10(max(peak, 1e-6)) }
}

/// A score becomes stereo samples.
struct Performance {
  let voice: Voice
  private let options: PerformanceOptions
  private let performer: OfflinePerformer
  private let seconds: Double
  private var decibels: Float = 0
  private var took = 0.0

  /// - Parameter seconds: how long the sound is to be.
  init(_ options: PerformanceOptions, voice: Voice, seconds: Double) throws {
    (self.options, self.voice, self.seconds) = (options, voice, seconds)
    performer = OfflinePerformer(
      instrument: VoicePlayer(voice), hostRate: options.rate, blockFrames: try options.block.frames(seconds: seconds))
  }

  /// - Parameter write: takes interleaved samples of two channels.
  mutating func perform(_ score: Score, isQuiet: Bool, write: ([Float]) throws -> Void) throws {
    var step = Step("performing", seconds: seconds, isQuiet: isQuiet)
    defer { step.finish() }
    var stereo = StereoSamples()
    let started = Date()
    try performer.perform(
      score.events(sampleRate: options.rate), seconds: seconds,
      settings: PerformanceSettings(steps: Int32(options.steps), guidance: options.guidance, seed: options.seed)
    ) { samples, done in
      try write(stereo.take(samples))
      try step.show(done * seconds)
    }
    step.complete()
    (decibels, took) = (stereo.decibels, Date().timeIntervalSince(started))
  }

  /// Says on standard error what was wrong with the sound, if anything was.
  func warn() {
    guard performer.invalidSamples > 0 else { return }
    let count = "\(performer.invalidSamples) samples"
    let warning = "Warning: \(voice.path): expected finite samples, found \(count) that are not; they are silent\n"
    FileHandle.standardError.write(Data(warning.utf8))
  }

  /// What was played.
  func words(notes: Int) -> String {
    func rounded(_ value: Double) -> String { String(format: "%.3g", value) }
    return "\(rounded(seconds)) s of \(voice.name), \(notes) notes, peak \(String(format: "%.1f", decibels)) dB, "
      + "real-time factor \(rounded(took / max(seconds, 0.001)))"
  }
}
