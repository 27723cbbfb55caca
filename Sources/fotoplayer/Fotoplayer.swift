// fotoplayer: the instrument on the command line.
import ArgumentParser

@main struct Fotoplayer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fotoplayer",
    abstract: "A neural piano: scores in, sound out.",
    discussion: """
      Examples:
        fotoplayer render song.mid -o song.wav
        fotoplayer render song.mid -o song.wav --rate 44100 --seed 7 --from 1:30 --to 2:00
        fotoplayer info presets/piano.safetensors
        fotoplayer info song.mid
        fotoplayer codec encode in.wav -o in.codes --codec encodec_24khz

      Exit codes: 0 done, 1 the work failed, 64 the command line is not understood,
      130 interrupted.
      """,
    version: "0.1.0",
    subcommands: [RenderCommand.self, InfoCommand.self, CodecCommand.self])
}
