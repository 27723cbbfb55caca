// `roll`: films of a pianist become a score.
import ArgumentParser
import Conditioning
import Foundation
import Scenery
import Score
import Watching

struct RollCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roll", abstract: "Read a score from a film of a pianist, with or without sound.",
    discussion: """
      Examples:
        fotoplayer roll clip.mp4 -o clip.mid
        fotoplayer roll clip.mp4 -o clip.mid --picture roll.png --overlay check.mp4
        fotoplayer roll top.mp4 -o clip.mid --views left=left.mp4,right=right.mp4,pedal=pedal.mp4
        fotoplayer roll clip.mp4 -o clip.mid --keyboard "40,300 920,302 924,195 38,196" --from 0:30 --to 1:00

      The film shows the keys from above, or it says from where: left=clip.mp4. The
      camera stands still. Times in the score are the film's, whatever part of it is
      read, so that the score can be corrected and given back: fotoplayer perform
      --score. Without --predictor it is the one that FOTOPLAYER_ROLL names, else
      presets/roll.safetensors. The score appears when it is whole.
      """)

  @Argument(help: "A film in any container and codec; front=FILM and so on if it does not look from above.") var clip:
    String
  @Option(name: .shortAndLong, help: "The score to write, a MIDI file.") var output: String
  @OptionGroup var films: FilmOptions
  @Option(help: "A picture to write, .png: how surely each key was down, and the notes read from that.") var picture:
    String?
  @Option(help: "A film to write: the film with the keys lit that were found to be down; doubtful ones orange.")
  var overlay: String?
  @Flag(help: "Say what was seen as JSON, with all doubtful notes.") var json = false
  @OptionGroup var part: PartOptions
  @Flag(help: "Say nothing but errors.") var quiet = false

  func run() throws {
    let clip = ViewedFilm(clip)
    let seeing = try Seeing(clip, films, range: part.range, predictor: Files.predictor(films.predictor))
    if !quiet && !json { seeing.notices.forEach(Notice.say) }
    let result = try seeing.watch(part.range, isDrawn: picture != nil, isQuiet: quiet)
    if !quiet && !json { result.roll.notices.forEach(Notice.say) }
    var report = RollReport(seeing, result)
    try Files.write(result.midi, to: output)
    report.files["score"] = output
    if let picture {
      try draw(result, to: picture)
      report.files["picture"] = picture
    }
    if let overlay {
      guard let shown = seeing.places.first(where: { $0.view == clip.view }) ?? seeing.places.first,
        let place = shown.place
      else { throw Failure("--overlay: expected a film of keys, found none") }
      try KeysLit.write(overlay, film: shown.path, place, result.roll, range: part.range, isQuiet: quiet)
      report.files["overlay"] = overlay
    }
    if json { print(report.json) } else if !quiet { print(report.words(output)) }
  }

  private func draw(_ result: Seeing.Result, to path: String) throws {
    var sheet = RollSheet(result.roll.score)
    (sheet.times, sheet.down) = (result.times, result.down)
    let doubts = DoubtfulNotes(result.roll)
    sheet.isDoubtful = doubts.contains
    try Files.write(sheet.draw(), to: path)
  }
}

/// A part of a film or score.
struct PartOptions: ParsableArguments {
  @Option(help: "Begin here: seconds, or minutes:seconds.") var from: Moment?
  @Option(help: "End here.") var to: Moment?

  func validate() throws {
    if let from, let to, to.seconds <= from.seconds { throw ValidationError("--to lies before --from") }
  }

  /// Nil where all is meant.
  var range: Range<Double>? {
    from == nil && to == nil ? nil : (from?.seconds ?? 0)..<(to?.seconds ?? .infinity)
  }
}
