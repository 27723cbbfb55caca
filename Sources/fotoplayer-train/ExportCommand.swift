// `export`: a codec and a generator become a voice file.
import ArgumentParser
import Foundation
import Training

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a voice from two runs.",
    discussion: """
      Examples:
        fotoplayer-train export --data data/piano --codec runs/codec \\
          --generator runs/generator --name "My Piano" --out voice.safetensors
        fotoplayer-train export --data data/foley --codec runs/noises \\
          --generator runs/joint --events runs/events --name "My Foley" --out foley.safetensors
      """)

  @Option(help: "The set, or the list of clips, that both were trained on; sets may be several.") var data: [String]
  @Option(help: "The codec's run, or a folder with an EnCodec.") var codec: String
  @Option(help: "The generator's run, or of clips a stage's.") var generator: String
  @Option(help: "Of clips: the run that learned to find events in films.") var events: String?
  @Option(help: "The voice's name for people.") var name = "Piano"
  @Option(help: "The file to write.") var out: String

  func run() throws {
    if ClipManifest.isThere(data[0]) { return try exportFoley() }
    guard events == nil else { throw ValidationError("--events: expected with a list of clips") }
    let manifests = try data.map { try PianoSet(URL(fileURLWithPath: $0)).manifest }
    let codec = try TrainedCodec(path: codec)
    let generator = try TrainedGenerator(run: self.generator)
    let latents = try LatentSet(kept: self.generator + "/latents.safetensors").with(generator.statistics)
    let licences = manifests.map(\.licence).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    try VoiceExport.write(
      name: name, codec: codec, generator: generator, latents: latents,
      card: [
        "data": manifests.map(\.summary).joined(separator: "; "), "licence": licences.joined(separator: "; "),
        "steps": "codec \(codec.version), generator step \(generator.step)",
      ], to: out)
    print("\(out): \(name), codec \(codec.version), generator step \(generator.step)")
  }

  private func exportFoley() throws {
    guard data.count == 1 else { throw ValidationError("--data: expected one list of clips, found \(data.count)") }
    let (codec, stage) = (try TrainedCodec(path: codec), try TrainedStage(run: generator))
    try VoiceExport.foley(
      name: name, codec: codec, stage: stage, events: events.map { try TrainedEvents(run: $0) },
      clips: ClipManifest(data[0]), to: out)
    print("\(out): \(name), codec \(codec.version), \(stage.name) step \(stage.step)")
  }
}
