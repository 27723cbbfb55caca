// `chain`: data, all stages, sounds and a table in a row, with the commands that one would give oneself.
import ArgumentParser
import Cluster
import Foundation
import Generator
import Tensors
import Training

struct ChainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chain", abstract: "Run data, codec, all three stages and an evaluation, one after the other.",
    discussion: """
      Examples:
        fotoplayer-train chain --size toy --out chain
        fotoplayer-train chain --size toy --out chain --dry-run
        fotoplayer-train chain --size toy --times 20 --out evening
        fotoplayer-train chain --size small --out chain --codec encodec_24khz --words flan-t5-base \\
          --films clip-vit-base-patch32

      Each command is printed before it runs; what was done is not done again, so the same command goes on where it was
      stopped. DIR/table.md says what came of each stage. A toy takes minutes on two cores and sounds like one: it shows
      that everything fits together. Its codec knows no strings, others' do.
      """)

  @Option(help: "toy, small, medium, large or paper.") var size = GeneratorSize.toy
  @Option(help: "How many times as much is made and learned as the size has.") var times = 1
  @Option(help: "The folder of everything.") var out: String
  @Option(help: "A codec's run, or a folder with an EnCodec; by default a codec of piano and clips is trained.")
  var codec: String?
  @Option(help: "Who reads captions: words, or a folder with a T5.") var words = "words"
  @Option(help: "Who watches films: motion, or a folder with a CLIP.") var films = "motion"
  @Option(help: "Where packages of sounds are: /usr/share, or a folder that packages were unpacked into.") var sounds =
    "/usr/share"
  @Option(help: "The sound font of the piano.") var soundfont = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
  @Option(help: "The General MIDI program, 0 to 127, of the performances that the piano's are preferred to.")
  var control = usualControl
  @Option(help: "Another seed, other material and weights.") var seed: UInt64 = 1
  @Flag(help: "Print the commands, and run none.") var dryRun = false

  /// An electric piano: the strings of a codec that knows the piano make a honky-tonk piano one of theirs.
  static let usualControl = 4

  func validate() throws {
    guard 1...1000 ~= times else { throw ValidationError("--times \(times): expected 1…1000") }
    guard 0...127 ~= control else { throw ValidationError("--control \(control): expected 0…127") }
  }

  func run() throws {
    guard try Launch.ranks(limit: 60) == nil else {
      throw ValidationError("chain runs alone; with mpirun, give its commands one by one (--dry-run prints them)")
    }
    let plan = ChainPlan(self)
    try Self.carryOut(plan.steps, dryRun: dryRun)
    if dryRun { return }
    let table = try plan.table()
    var file = try FileReplacement(path: out + "/table.md")
    try file.write(Array(table.markdown.utf8))
    try file.commit()
    print("\n" + table.markdown, terminator: "")
  }

  /// Prints each command before it runs it.
  static func carryOut(_ steps: [[String]], dryRun: Bool) throws {
    for step in steps {
      print("$ fotoplayer-train " + step.map(quoted).joined(separator: " "))
      if dryRun { continue }
      fflush(nil)
      var command = try FotoplayerTrain.parseAsRoot(step)
      try command.run()
    }
  }

  private static func quoted(_ word: String) -> String { word.contains(" ") ? "'\(word)'" : word }
}
