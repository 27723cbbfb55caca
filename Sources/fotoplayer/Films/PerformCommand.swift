// `perform`: a silent film of a pianist becomes that film with sound: seen, performed, and put into a copy of the film.
import ArgumentParser
import Film
import Foundation
import Score
import Terminal
import Watching

struct PerformCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "perform", abstract: "Give a silent film of a pianist its sound.",
    discussion: """
      Examples:
        fotoplayer perform clip.mp4 -o clip-with-sound.mp4
        fotoplayer perform clip.mp4 -o sounding.mp4 --midi take.mid --voice presets/splendid.safetensors
        fotoplayer perform clip.mp4 -o sounding.mp4 --score corrected.mid
        fotoplayer perform top.mp4 -o sounding.mp4 --views left=left.mp4,pedal=pedal.mp4 --to 1:00

      Three steps: the film is read as fotoplayer roll reads it, the score is performed
      as fotoplayer render performs it, and the sound goes into a copy of the film, of
      whose pictures no byte changes. Each step can be looked at and corrected: keep
      the score with --midi, correct it in any editor, and give it back with --score.
      The copy appears when it is whole; the film itself is only read.
      """)

  @Argument(help: "A film in any container and codec; front=FILM and so on if it does not look from above.") var clip:
    String
  @Option(name: .shortAndLong, help: "The copy with sound; its ending says the container: .mp4, .mov, .mkv, .webm.")
  var output: String
  @Option(help: "Keep the score that was read, a MIDI file.") var midi: String?
  @Option(help: "Perform this MIDI file; the film is not read. Its times are the film's.") var score: String?
  @Flag(help: "Keep the film's own sound, too, as a second track.") var beside = false
  @OptionGroup var films: FilmOptions
  @OptionGroup var performance: PerformanceOptions
  @OptionGroup var part: PartOptions
  @Flag(help: "Say nothing but errors.") var quiet = false

  func validate() throws {
    guard score == nil || !films.isGiven && midi == nil else {
      throw ValidationError(
        "--score: the film is not read then; --views, --keyboard, --predictor and --midi say how it is")
    }
  }

  func run() throws {
    let clip = ViewedFilm(clip)
    let voice = try Files.voice(performance.voice)
    let information = try FilmInformation(clip.path)
    let begin = part.from?.seconds ?? 0
    if let end = information.duration, begin >= end, begin > 0 {
      throw Failure("\(clip.path): --from \(begin) s lies behind its end at \(end) s")
    }
    Interruption.listen()
    // Opened first: what cannot be written should be known before the work.
    let copy = try SoundMuxer(
      film: clip.path, output: output, sampleRate: performance.rate, channels: 2, start: begin,
      place: beside ? .beside : .instead)
    if !quiet { for left in copy.leftOut { Notice.say("\(output): has no place for \(left), which is left out") } }
    let (whole, words) = try heard(clip)
    // The film's sound ends with the film, or where nobody knows when that is, when all has rung out.
    let last = information.duration ?? whole.duration + 3
    let end = min(part.to?.seconds ?? .infinity, max(last, begin))
    let score = whole.slice(from: begin, to: end)
    var playing = try Performance(performance, voice: voice, seconds: end - begin)
    try playing.perform(score, isQuiet: quiet) { try copy.write($0) }
    try copy.close()
    playing.warn()
    guard !quiet else { return }
    if let words { print(words) }
    print("\(output): \(playing.words(notes: score.notes.count))")
  }

  /// The score that was given, or the one that is seen, and what is to be said of it.
  private func heard(_ clip: ViewedFilm) throws -> (Score, String?) {
    if let score { return (try Files.score(score), nil) }
    let seeing = try Seeing(clip, films, range: part.range, predictor: Files.predictor(films.predictor))
    let result = try seeing.watch(part.range, isQuiet: quiet)
    if !quiet { (seeing.notices + result.roll.notices).forEach(Notice.say) }
    if let midi { try Files.write(result.midi, to: midi) }
    return (try Score(midi: result.midi), RollReport(seeing, result).words(midi ?? clip.path))
  }
}
