// `evaluate`: how near made sounds come to real ones, in the numbers that papers have in their tables.
import ArgumentParser
import Foundation
import Hearing
import Tensors
import Terminal
import Training

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure made sounds against real ones.",
    discussion: """
      Examples:
        fotoplayer-train evaluate --real heldout --made generated
        fotoplayer-train evaluate --real heldout --made generated --network vggish.safetensors \\
          --network cnn14.safetensors --json measures.json

      Prints a table in Markdown. Sounds of one name belong together (rain.wav and
      rain.flac); the others count where only the whole matters. Without networks
      there is SI-SDR of magnitude spectrograms; VGGish adds FAD; PANNs' Cnn14 at
      16 kHz adds FD, KL and the inception score; YAMNet, whose weights are easier
      to have, the same under its own name, not to be compared with papers.
      tools/convert-networks.py makes such files of released weights.

      With films of the sounds' names, AV-Align: whether something begins to sound
      where something moves, beside what chance gives. Embeddings of others'
      networks, safetensors with rows `sounds` and `captions` or `pictures`, add
      the CLAP score and the CLIP score.
      """)

  @Option(help: "The folder of real sounds.") var real: String
  @Option(help: "The folder of made sounds.") var made: String
  @Option(help: "Weights of VGGish, Cnn14 or YAMNet; may be given more than once.") var network: [String] = []
  @Option(help: "The folder of the sounds' films.") var films: String?
  @Option(help: "Embeddings of sounds and captions, by CLAP.") var clap: String?
  @Option(help: "Embeddings of sounds and pictures, by Wav2CLIP and CLIP.") var clip: String?
  @Option(help: "A file for the numbers, as JSON.") var json: String?

  func run() throws {
    let comparison = try SoundComparison(real: real, made: made)
    let networks = try network.map { try SoundNetwork($0) }
    let aligned = try films.map { try alignment($0, comparison) } ?? []
    let given =
      try (clap.map { [try PairedEmbeddings.measure($0, beside: .captions)] } ?? [])
      + (clip.map { [try PairedEmbeddings.measure($0, beside: .pictures)] } ?? [])
    var bar = ProgressBar(total: comparison.work(networks: networks.count), unit: "sounds heard")
    let rows = try comparison.measures(networks) { bar.show($0) } + aligned + given
    bar.finish()
    print("\(comparison.made.count) made and \(comparison.real.count) real sounds, \(comparison.pairs.count) pairs\n")
    print(rows.markdown, terminator: "")
    if let json {
      let page: JSON = .object([
        .init("real", .string(real)), .init("made", .string(made)), .init("measures", rows.json),
      ])
      var file = try FileReplacement(path: json)
      try file.write(Array((page.text(indented: true) + "\n").utf8))
      try file.commit()
    }
  }
}
