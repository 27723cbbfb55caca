// `render`: a score becomes a sound file, as the plugin would play it.
import ArgumentParser
import Foundation
import Media
import Performer
import Score
import Terminal

struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render", abstract: "Perform a MIDI file into a sound file.",
    discussion: """
      Examples:
        fotoplayer render song.mid -o song.wav
        fotoplayer render song.mid -o song.flac --steps 8 --from 0:30 --to 1:00
        fotoplayer render song.mid -o song.wav --block whole --to 0:20

      The same score, voice, seed, steps and block give the same samples on every
      run. The sound file appears when it is whole. Without --voice the voice is the
      one that FOTOPLAYER_VOICE names, else presets/piano.safetensors, else that of
      the installed plugin.
      """)

  @Argument(help: "The score, a Standard MIDI File.") var score: String
  @Option(name: .shortAndLong, help: "The sound file: .wav or .flac.") var output: String
  @Option(help: "The voice, a .safetensors file. By default the shipped one.") var voice: String?
  @Option(help: "Another seed, another performance of the same notes.") var seed: UInt64 = 1
  @Option(help: "Steps of the flow, 1…64: more is finer and slower.") var steps = 4
  @Option(help: "Codec frames a block, 1…24, or 'whole'; 75 are a second. Live blocks are 1 to 8.") var block =
    BlockSize.frames(4)
  @Option(help: "How strongly the score leads, 0…4; 1 as learned, anything else doubles the work.") var guidance:
    Float = 1
  @Option(help: "Samples a second.") var rate = 48000
  @Option(help: "Begin here: seconds, or minutes:seconds.") var from: Moment?
  @Option(help: "End here.") var to: Moment?
  @Flag(help: "Say nothing but errors.") var quiet = false

  func validate() throws {
    guard 1...64 ~= steps else { throw ValidationError("--steps \(steps): expected 1…64") }
    guard guidance >= 0, guidance <= 4 else { throw ValidationError("--guidance \(guidance): expected 0…4") }
    guard 8000...192_000 ~= rate else { throw ValidationError("--rate \(rate): expected 8000…192000") }
    if let from, let to, to.seconds <= from.seconds { throw ValidationError("--to lies before --from") }
  }

  func run() throws {
    let whole = try Files.score(score)
    let voice = try Files.voice(voice)
    let begin = from?.seconds ?? 0
    if begin >= whole.duration, begin > 0 {
      throw Failure("\(score): --from \(begin) s lies behind its end at \(whole.duration) s")
    }
    let end = min(to?.seconds ?? .infinity, whole.duration)
    // To the end means with what happens at the end: the pedal that is let go there.
    let part = whole.slice(from: begin, to: to == nil ? .infinity : max(end, begin))
    // What rings on after the last key is up.
    let seconds = max(0, end - begin) + (to == nil ? 3 : 0)
    let performer = OfflinePerformer(
      instrument: VoicePlayer(voice), hostRate: rate, blockFrames: try block.frames(seconds: seconds))
    let writer = try AudioFileWriter(output, sampleRate: rate, channels: 2)
    Interruption.listen()
    let total = Int(seconds.rounded(.up))
    var bar = !quiet && isatty(STDERR_FILENO) == 1 ? ProgressBar(total: total, unit: "s") : nil
    var stereo: [Float] = []
    var peak: Float = 0
    let started = Date()
    do {
      try performer.perform(
        part.events(sampleRate: rate), seconds: seconds,
        settings: PerformanceSettings(steps: Int32(steps), guidance: guidance, seed: seed)
      ) { samples, done in
        if let signal = Interruption.signal { throw ExitCode(128 + signal) }
        stereo.removeAll(keepingCapacity: true)
        for sample in samples {
          peak = max(peak, abs(sample))
          stereo.append(sample)
          stereo.append(sample)
        }
        try writer.write(stereo)
        bar?.show(Int(done * seconds))
      }
    } catch {
      bar?.finish()
      throw error
    }
    try writer.close()
    bar?.show(total)
    bar?.finish()
    if performer.invalidSamples > 0 {
      let count = "\(performer.invalidSamples) samples"
      let warning = "Warning: \(voice.path): expected finite samples, found \(count) that are not; they are silent\n"
      FileHandle.standardError.write(Data(warning.utf8))
    }
    guard !quiet else { return }
    let took = Date().timeIntervalSince(started)
    print(
      "\(output): \(Self.rounded(seconds)) s of \(voice.name), \(part.notes.count) notes, peak \(Self.decibels(peak)) dB, "
        + "real-time factor \(Self.rounded(took / max(seconds, 0.001)))")
  }

  private static func rounded(_ value: Double) -> String { String(format: "%.3g", value) }
  private static func decibels(_ peak: Float) -> String { String(format: "%.1f", 20 * log10(max(peak, 1e-6))) }
}
