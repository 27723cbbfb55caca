// fotoplayer-train: the workshop: material, training, and the voices that come of it.
import ArgumentParser
import Cluster
import Foundation

@main struct FotoplayerTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fotoplayer-train",
    abstract: "Make material, train voices, export them.",
    discussion: """
      Example: a voice from nothing:
        fotoplayer-train data piano --out data/piano --hours 2
        fotoplayer-train codec --data data/piano --out runs/codec
        fotoplayer-train generator --data data/piano --codec runs/codec \\
          --out runs/generator
        fotoplayer-train export --data data/piano --codec runs/codec \\
          --generator runs/generator --out piano.safetensors

      Example: a voice from recordings of your own:
        fotoplayer-train style --recordings takes --from piano.safetensors \\
          --out mine.safetensors --install

      Every run is a folder; the same command again goes on where it stopped.
      """,
    subcommands: [
      DataCommand.self, CodecCommand.self, GeneratorCommand.self, DistillCommand.self, ListenCommand.self,
      ExportCommand.self, StyleCommand.self, RollCommand.self, ExportRollCommand.self, EvaluateRollCommand.self,
      EventsCommand.self,
      Stage1Command.self, Stage2Command.self, Stage3Command.self, ChainCommand.self, TablesCommand.self,
      SoundClipsCommand.self, EvaluateCommand.self, FeaturesCommand.self,
      InspectCommand.self, SizeCommand.self, EngineCommand.self,
    ])

  /// Of several ranks one says what went wrong, and all hear of it.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      if !(error is ExitCode), Launch.leave(because: fullMessage(for: error)) { Foundation.exit(1) }
      exit(withError: error)
    }
  }
}
