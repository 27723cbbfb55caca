// `codec`: sounds through an EnCodec: as codes, which are small, as latents, which are exact, and back.
import ArgumentParser
import Codec
import Foundation
import Media
import Tensors
import Terminal

struct CodecCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "codec", abstract: "Encode sounds with an EnCodec, and decode them.",
    discussion: """
      Examples:
        fotoplayer codec encode in.wav -o in.codes --codec encodec_24khz --bandwidth 6
        fotoplayer codec decode in.codes -o out.wav --codec encodec_24khz
        fotoplayer codec latents in.wav -o latents.safetensors --codec encodec_24khz

      A codec is a folder with config.json and model.safetensors: download both from
      https://huggingface.co/facebook/encodec_24khz into one folder. The sound is
      resampled and mixed to what the codec hears.
      """,
    subcommands: [Encode.self, Decode.self, Latents.self])

  /// What all three have in common.
  struct Options: ParsableArguments {
    @Option(help: "A folder with an EnCodec: config.json and model.safetensors.") var codec: String
    @Flag(help: "Say nothing but errors.") var quiet = false

    func open() throws -> EnCodec {
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: codec, isDirectory: &isFolder)
      if exists && !isFolder.boolValue || FileManager.default.fileExists(atPath: codec + "/run.json") {
        throw Failure(
          """
          \(codec): expected a folder with an EnCodec, found a voice or a run. A voice's own frame codec cannot \
          hear a sound alone: it needs the score that was played
          """)
      }
      return try EnCodec.open(codec)
    }

    /// A bar over samples of sound, and what to call as they are done.
    func progress(_ samples: Int, rate: Int) -> (_ done: Int) throws -> Void {
      Interruption.listen()
      let total = (samples + rate - 1) / rate
      var bar = !quiet && isatty(STDERR_FILENO) == 1 ? ProgressBar(total: total, unit: "s") : nil
      return { done in
        if let signal = Interruption.signal {
          bar?.finish()
          throw ExitCode(128 + signal)
        }
        bar?.show(done >= samples ? total : done / rate)
        if done >= samples { bar?.finish() }
      }
    }

    func say(_ text: String) { if !quiet { print(text) } }
  }

  struct Encode: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the codes of a sound.",
      discussion: """
        Examples:
          fotoplayer codec encode in.wav -o in.codes --codec encodec_24khz
          fotoplayer codec encode in.flac -o small.codes --codec encodec_24khz --bandwidth 1.5

        The file is a safetensors file: `codes` (uint16, [chunks, codebooks, frames]), `scales` where the codec
        normalises, and whose codes they are in its metadata.
        """)

    @Argument(help: "The sound: WAV, FLAC, Ogg or another that libsndfile reads.") var sound: String
    @Option(name: .shortAndLong, help: "The file of codes to write.") var output: String
    @Option(help: "Thousands of bits a second, one of the codec's; 6 where it has that, else its lowest.")
    var bandwidth: Double?
    @OptionGroup var options: Options

    func run() throws {
      let codec = try options.open()
      let c = codec.configuration
      let asked = bandwidth ?? (c.bandwidths.contains(6) ? 6 : c.bandwidths[0])
      guard c.bandwidths.contains(asked) else {
        let all = c.bandwidths.map { String(format: "%g", $0) }.joined(separator: ", ")
        throw Failure("--bandwidth \(String(format: "%g", asked)): expected one of \(all), which \(options.codec) has")
      }
      let audio = try Files.sound(sound, sampleRate: c.sampleRate, channels: c.channels)
      let codes = try codec.encode(
        audio, bandwidth: asked, progress: options.progress(audio[0].count, rate: c.sampleRate))
      try codes.write(to: output, codec: codec)
      options.say(
        "\(output): \(seconds(codes.samples, c)), \(String(format: "%g", asked)) thousand bits a second, "
          + "\(c.codebooks(bandwidth: asked)) codebooks")
    }
  }

  struct Decode: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the sound of codes.",
      discussion: "Example: fotoplayer codec decode in.codes -o out.wav --codec encodec_24khz")

    @Argument(help: "A file that `codec encode` wrote, with the same codec.") var codes: String
    @Option(name: .shortAndLong, help: "The sound file: .wav or .flac.") var output: String
    @OptionGroup var options: Options

    func run() throws {
      let codec = try options.open()
      let c = codec.configuration
      let codes = try EnCodecCodes(path: codes, codec: codec)
      let writer = try AudioFileWriter(output, sampleRate: c.sampleRate, channels: c.channels)
      let audio = try codec.decode(codes, progress: options.progress(codes.samples, rate: c.sampleRate))
      let samples = (0..<codes.samples).flatMap { index in audio.map { $0[index] } }
      let wrong = samples.count { !$0.isFinite }
      if wrong > 0 { throw Failure("\(options.codec): expected finite samples, found \(wrong) that are not") }
      try writer.write(samples)
      try writer.close()
      options.say("\(output): \(seconds(codes.samples, c))")
    }
  }

  struct Latents: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the latents of a sound, before they are quantised.",
      discussion: """
        Example: fotoplayer codec latents in.wav -o latents.safetensors --codec encodec_24khz

        The file holds `latents` (float32, [frames, channels]); its metadata says the codec, its rate and the length.
        """)

    @Argument(help: "The sound: WAV, FLAC, Ogg or another that libsndfile reads.") var sound: String
    @Option(name: .shortAndLong, help: "The safetensors file to write.") var output: String
    @OptionGroup var options: Options

    func run() throws {
      let codec = try options.open()
      let c = codec.configuration
      if c.chunkSeconds != nil || c.normalises {
        throw Failure(
          "\(options.codec): expected a codec of whole sounds, found chunks at their own loudness; `codec encode` takes it"
        )
      }
      let audio = try Files.sound(sound, sampleRate: c.sampleRate, channels: c.channels)
      let latents = try codec.latents(of: audio, progress: options.progress(audio[0].count, rate: c.sampleRate))
      let frames = latents.shape[1]
      try SafeTensors.write(
        [("latents", latents.reshaped(frames, c.latentWidth))],
        metadata: [
          "codec": codec.identity, "sampling_rate": "\(c.sampleRate)", "hop": "\(c.hop)",
          "samples": "\(audio[0].count)",
        ], to: output)
      options.say("\(output): \(seconds(audio[0].count, c)), \(frames) frames of \(c.latentWidth)")
    }
  }

  private static func seconds(_ samples: Int, _ c: EnCodecConfiguration) -> String {
    String(format: "%.2f s", Double(samples) / Double(c.sampleRate))
  }
}
