// `render`: a score becomes a sound file, as the plugin would play it.
import ArgumentParser
import Foundation
import Media
import Score

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
  @OptionGroup var performance: PerformanceOptions
  @OptionGroup var part: PartOptions
  @Flag(help: "Say nothing but errors.") var quiet = false

  func run() throws {
    let whole = try Files.score(score)
    let voice = try Files.voice(performance.voice)
    let begin = part.from?.seconds ?? 0
    if begin >= whole.duration, begin > 0 {
      throw Failure("\(score): --from \(begin) s lies behind its end at \(whole.duration) s")
    }
    let end = min(part.to?.seconds ?? .infinity, whole.duration)
    // To the end means with what happens at the end: the pedal that is let go there.
    let heard = whole.slice(from: begin, to: part.to == nil ? .infinity : max(end, begin))
    // What rings on after the last key is up.
    let seconds = max(0, end - begin) + (part.to == nil ? 3 : 0)
    var playing = try Performance(performance, voice: voice, seconds: seconds)
    let writer = try AudioFileWriter(output, sampleRate: performance.rate, channels: 2)
    try playing.perform(heard, isQuiet: quiet) { try writer.write($0) }
    try writer.close()
    playing.warn()
    if !quiet { print("\(output): \(playing.words(notes: heard.notes.count))") }
  }
}
