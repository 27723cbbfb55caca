// `data`: material to learn from.
import ArgumentParser
import Foundation
import Training

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Make training material.", subcommands: [Piano.self])

  struct Piano: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compose performances and play them on a sound font.",
      discussion: "Example: fotoplayer-train data piano --out data/piano --hours 2 --seed 1")

    @Option(help: "The folder to fill; what is there already is kept.") var out: String
    @Option(help: "Hours of music.") var hours = 1.0
    @Option(help: "The sound font that plays.") var soundfont = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
    @Option(help: "Its licence, which travels into the voice's card.") var licence = "MIT"
    @Option(help: "Another seed, other music.") var seed: UInt64 = 1

    func validate() throws {
      guard hours > 0, hours <= 1000 else {
        throw ValidationError("--hours \(hours): expected more than 0, at most 1000")
      }
    }

    func run() throws {
      let seconds = 60.0
      let manifest = PianoManifest(
        seed: seed, pieces: max(1, Int(hours * 3600 / seconds)), secondsPerPiece: seconds, soundFont: soundfont,
        licence: licence)
      var bar = ProgressBar(total: manifest.pieces, unit: "pieces")
      try PianoSet.make(manifest, in: URL(fileURLWithPath: out)) { bar.show($0) }
      bar.finish()
      print("\(manifest.pieces) pieces, \(Double(manifest.pieces) * seconds / 3600) hours, in \(out)")
    }
  }
}
