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
        fotoplayer-train evaluate runs/joint --set data/foley-test --out heard
        fotoplayer-train evaluate --real heldout --made generated
        fotoplayer-train evaluate --real heldout --made generated --network vggish.safetensors \\
          --network cnn14.safetensors --json measures.json

      With the run of a stage, the sounds of a set's clips are made first, as `sound`
      makes them, into --out; they are kept, and the same command goes on where it was
      stopped. --out gets a page, index.html: the measures, and for each pair its words,
      both sounds, and both as spectrograms.

      Prints a table in Markdown. Sounds of one name belong together (rain.wav and
      rain.flac); the others count where only the whole matters. Without networks
      there is SI-SDR of magnitude spectrograms; VGGish adds FAD; PANNs' Cnn14 at
      16 kHz adds FD, KL and the inception score; YAMNet, whose weights are easier
      to have, the same under its own name, not to be compared with papers.
      tools/convert-networks.py makes such files of released weights.

      With films of the sounds' names, AV-Align: whether something begins to sound
      where something moves, beside what chance gives. With a set whose events are
      known, how far from them the sounds begin. Embeddings of others'
      networks, safetensors with rows `sounds` and `captions` or `pictures`, add
      the CLAP score and the CLIP score.
      """)

  @Argument(help: "The run of a stage, which makes the sounds of --set.") var stage: String?
  @Option(help: "The folder of real sounds, where no run makes any.") var real: String?
  @Option(help: "The folder of made sounds, likewise.") var made: String?
  @Option(name: .customLong("set"), help: "The clips: a set that `data foley` made, or a list of clips.")
  var clips: String?
  @Option(help: "The folder for the page, and for the sounds that a run makes.") var out: String?
  @Option(help: "At most so many clips of the set.") var most = 100
  @Option(help: "Steps of the flow.") var steps = 64
  @Option(help: "How strongly words and films are followed; 1 is as it was learned.") var guidance: Float = 2
  @Option(help: "Another seed, other sounds.") var seed: UInt64 = 1
  @Option(help: "Weights of VGGish, Cnn14 or YAMNet; may be given more than once.") var network: [String] = []
  @Option(help: "The folder of the sounds' films.") var films: String?
  @Option(help: "Embeddings of sounds and captions, by CLAP.") var clap: String?
  @Option(help: "Embeddings of sounds and pictures, by Wav2CLIP and CLIP.") var clip: String?
  @Option(help: "A file for the numbers, as JSON.") var json: String?

  func validate() throws {
    guard stage == nil || (clips != nil && out != nil && real == nil && made == nil) else {
      throw ValidationError("with a run, expected --set and --out, and neither --real nor --made")
    }
    guard stage != nil || (real != nil && made != nil) else {
      throw ValidationError("expected a run, or --real and --made")
    }
  }

  func run() throws {
    let manifest = try clips.map { try ClipManifest($0) }
    if stage != nil { try makeSounds() }
    let (real, made) = (self.real ?? out! + "/real", self.made ?? out! + "/made")
    let comparison = try SoundComparison(real: real, made: made)
    let networks = try network.map { try SoundNetwork($0) }
    var clipsByName: [String: Clip] = [:]
    for clip in manifest?.clips ?? [] { clipsByName[SoundClipsCommand.name(clip)] = clip }
    let events = clipsByName.mapValues { $0.events.map(\.time) }
    let aligned = try filmFolder.map { try alignments($0, [comparison])[0] } ?? []
    let timed =
      events.values.contains { !$0.isEmpty }
      ? try EventTiming.measures(comparison.made, events: events, of: "made")
        + EventTiming.measures(comparison.real, events: events, of: "real") : []
    let given =
      try (clap.map { [try PairedEmbeddings.measure($0, beside: .captions)] } ?? [])
      + (clip.map { [try PairedEmbeddings.measure($0, beside: .pictures)] } ?? [])
    var bar = ProgressBar(total: comparison.work(networks: networks.count), unit: "sounds heard")
    let rows = try comparison.measures(networks) { bar.show($0) } + aligned + timed + given
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
    if let out { try writePage(to: out, comparison, rows, clipsByName) }
  }

  private func makeSounds() throws {
    let sounds = try SoundClipsCommand.parse([
      "--from", stage!, "--data", clips!, "--out", out!, "--clips", "\(most)", "--steps", "\(steps)", "--guidance",
      "\(guidance)", "--seed", "\(seed)",
    ])
    try sounds.run()
  }

  /// Those that were named, or those of the sounds that a run made, where there are some.
  private var filmFolder: String? {
    if let films { return films }
    guard stage != nil, let out else { return nil }
    let found = (try? FileManager.default.contentsOfDirectory(atPath: out + "/films")) ?? []
    return found.isEmpty ? nil : out + "/films"
  }
}
