// `data`: material to learn from.
import ArgumentParser
import Foundation
import Synchronization
import Terminal
import Training

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Make training material.",
    discussion: "Example: fotoplayer-train data piano --out data/piano --hours 2",
    subcommands: [Piano.self, Render.self, Films.self, Rolls.self, Foley.self, Import.self, Check.self])

  struct Piano: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compose performances, or take them from MIDI files, and play them on a sound font.",
      discussion: """
        Examples:
          fotoplayer-train data piano --out data/piano --hours 2
          fotoplayer-train data piano --out data/piano --hours 5
          fotoplayer-train data piano --out data/mine --scores midi --scores-share 0.5
          fotoplayer-train data piano --out data/honky --hours 2 --instrument 3
          fotoplayer-train data piano --out data/heights --hours 0.5 --seed 2 --drills 0.6 --drill-keys 92-108

        The second one makes three more hours of the same music; the fourth one has the music of the first played on another
        instrument: a pair of sets as `stage3 --preference` takes them. The last one is for a voice to go on from that plays
        some of its keys less well than the others.
        """)

    @Option(help: "The folder to fill; what is there already is kept.") var out: String
    @Option(help: "Hours of music.") var hours = 1.0
    @Option(help: "The sound font that plays.") var soundfont = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
    @Option(help: "Which of its instruments, as General MIDI counts them from 0; 0 is a grand piano.") var instrument =
      0
    @Option(help: "Its licence, which travels into the voice's card.") var licence = "MIT"
    @Option(help: "A folder of MIDI files to play sections of.") var scores: String?
    @Option(help: "The share of pieces that are played from them, 0…1; the rest is composed.") var scoresShare = 1.0
    @Option(help: "The most semitones that a section of them is moved up or down, 0…24.") var transpose = 5
    @Option(help: "The share of what is composed that is drills, 0…1: single keys, long tails, half pedals, silence.")
    var drills = 0.25
    @Option(help: "The keys that drills strike one by one, as 92-108; 21-108 is all of them.") var drillKeys: KeyRange?
    @Option(help: "Another seed, other music.") var seed: UInt64 = 1
    @Option(help: "Pieces played at once.") var jobs = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws {
      guard hours > 0, hours <= 1000 else {
        throw ValidationError("--hours \(hours): expected more than 0, at most 1000")
      }
      guard 0...127 ~= instrument else { throw ValidationError("--instrument \(instrument): expected 0…127") }
      guard 0...1 ~= scoresShare else { throw ValidationError("--scores-share \(scoresShare): expected 0…1") }
      guard 0...1 ~= drills else { throw ValidationError("--drills \(drills): expected 0…1") }
      guard 0...24 ~= transpose else { throw ValidationError("--transpose \(transpose): expected 0…24") }
      guard 1...256 ~= jobs else { throw ValidationError("--jobs \(jobs): expected 1…256") }
    }

    func run() throws {
      let scores = try scores.map {
        try ScoreFolder(URL(fileURLWithPath: $0), share: scoresShare, transposition: transpose)
      }
      let synthesiser = try FluidSynth(soundFont: URL(fileURLWithPath: soundfont), instrument: UInt8(instrument))
      let recipe = PianoManifest.Recipe(
        seed: seed, licence: licence, scores: scores?.identity, drills: drills, drillKeys: drillKeys?.keys,
        synthesiser)
      let count = max(1, Int((hours * 3600 / recipe.secondsPerPiece).rounded(.up)))
      let bar = Mutex(ProgressBar(total: count, unit: "pieces"))
      let maker = PianoSetMaker(
        folder: URL(fileURLWithPath: out), synthesiser: synthesiser, recipe: recipe, scores: scores)
      let manifest = try maker.make(pieces: count, jobs: jobs) { done in bar.withLock { $0.show(done) } }
      bar.withLock { $0.finish() }
      let notes = manifest.pieces.reduce(0) { $0 + $1.notes }
      print("\(out): \(manifest.pieces.count) pieces, \(String(format: "%.2f", manifest.hours)) hours, \(notes) notes")
    }
  }
}
