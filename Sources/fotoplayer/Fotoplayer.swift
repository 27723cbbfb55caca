// fotoplayer: the instrument on the command line.
import ArgumentParser
import Glibc

@main struct Fotoplayer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fotoplayer",
    abstract: "A neural piano and its noises: scores, words and silent films in, sound out.",
    discussion: """
      Examples:
        fotoplayer render song.mid -o song.wav
        fotoplayer render song.mid -o song.wav --rate 44100 --seed 7 --from 1:30 --to 2:00
        fotoplayer roll clip.mp4 -o clip.mid
        fotoplayer perform clip.mp4 -o clip-with-sound.mp4
        fotoplayer keyboard clip.mp4 --picture found.png
        fotoplayer foley clip.mp4 --prompt "footsteps on gravel" -o sounding.mp4
        fotoplayer watch clip.mp4 -o clip.safetensors
        fotoplayer play song.mid --connect fotoplayer
        fotoplayer host --connect-midi 'system:*' --connect-audio system
        fotoplayer info presets/piano.safetensors
        fotoplayer info song.mid
        fotoplayer codec encode in.wav -o in.codes --codec encodec_24khz

      Exit codes: 0 done, 1 the work failed, 64 the command line is not understood,
      130 interrupted.
      """,
    version: "0.1.0",
    subcommands: [
      RenderCommand.self, RollCommand.self, PerformCommand.self, KeyboardCommand.self, FoleyCommand.self,
      WatchCommand.self, PlayCommand.self, HostCommand.self, InfoCommand.self, CodecCommand.self,
    ])

  /// Session managers start programs by their name alone: then it is the live piano that is meant.
  static func main() {
    let isInSession = CommandLine.arguments.count == 1 && getenv("NSM_URL") != nil
    main(isInSession ? ["host"] : nil)
  }
}
