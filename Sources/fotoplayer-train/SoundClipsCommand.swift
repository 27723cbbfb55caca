// `sound`: a stage's model sounds clips, beside the clips' own sounds, for ears and for `evaluate`.
import ArgumentParser
import Foundation
import Generator
import Media
import Terminal
import Training

struct SoundClipsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sound", abstract: "Make the sounds of clips with a stage's model, to listen to and to measure.",
    discussion: """
      Examples:
        fotoplayer-train sound --from runs/joint --data data/foley-test --out sounds
        fotoplayer-train evaluate --real sounds/real --made sounds/made --films sounds/films --set data/foley-test

      DIR/made holds what the model makes of each clip's first caption and its film; DIR/real the clips' own sounds,
      DIR/films their films. What is there already is kept.
      """)

  @Option(help: "The run of a stage.") var from: String
  @Option(help: "The clips: a set that `data foley` made, or a list of clips.") var data: String
  @Option(help: "The folder to fill.") var out: String
  @Option(help: "At most so many clips.") var clips = 100
  @Option(help: "Steps of the flow.") var steps = 64
  @Option(help: "How strongly words and films are followed; 1 is as it was learned.") var guidance: Float = 2
  @Option(help: "Another seed, other sounds.") var seed: UInt64 = 1
  @Flag(help: "Do not tell what the captions say.") var withoutWords = false
  @Flag(help: "Do not show the films.") var withoutFilms = false
  @Flag(help: "Tell the events, where the model reads them.") var events = false
  @OptionGroup(title: "Encoders") var encoders: EncoderOptions

  func validate() throws {
    guard 1...100_000 ~= clips else { throw ValidationError("--clips \(clips): expected 1…100000") }
    guard 1...1024 ~= steps else { throw ValidationError("--steps \(steps): expected 1…1024") }
    guard 0...16 ~= guidance else { throw ValidationError("--guidance \(guidance): expected 0…16") }
  }

  func run() throws {
    Interruption.listen()
    let stage = try TrainedStage(run: from)
    let encoders = try encoders.opened(stage)
    let manifest = try ClipManifest(data)
    var performer = ClipPerformer(stage, encoders, FlowSampler(steps: steps, guidance: guidance, seed: seed))
    (performer.usesWords, performer.usesFilm, performer.usesEvents) = (!withoutWords, !withoutFilms, events)
    for folder in ["made", "real", "films"] {
      try FileManager.default.createDirectory(atPath: "\(out)/\(folder)", withIntermediateDirectories: true)
    }
    let chosen = manifest.clips.prefix(clips)
    var bar = ProgressBar(total: chosen.count * steps, unit: "steps")
    for (index, clip) in chosen.enumerated() {
      try sound(clip, of: manifest, performer, encoders) { step in
        if let signal = Interruption.signal {
          bar.finish()
          throw ExitCode(128 + signal)
        }
        bar.show(index * steps + step)
      }
    }
    bar.finish()
    print("\(out): \(chosen.count) clips, in made, real and films")
  }

  /// What the sounds of a clip are called.
  static func name(_ clip: Clip) -> String { String(clip.id.map { $0 == "/" ? "-" : $0 }) }

  private func sound(
    _ clip: Clip, of manifest: ClipManifest, _ performer: ClipPerformer, _ encoders: ClipEncoders,
    _ progress: (Int) throws -> Void
  ) throws {
    let name = Self.name(clip)
    func place(_ folder: String, _ ending: String) -> String { "\(out)/\(folder)/\(name).\(ending)" }
    func write(_ samples: [Float], _ path: String) throws {
      try AudioFileWriter.write(samples, to: path, sampleRate: encoders.sampleRate)
    }
    if !FileManager.default.fileExists(atPath: place("made", "wav")) {
      let made = try performer.sound(try encoders.features(of: clip, in: manifest), progress: progress)
      try write(Array(try encoders.samples(of: clip, in: manifest).prefix(made.count)), place("real", "wav"))
      try write(made, place("made", "wav"))
    }
    guard let film = manifest.video(clip) else { return }
    let link = place("films", URL(fileURLWithPath: film).pathExtension)
    if !FileManager.default.fileExists(atPath: link) {
      try FileManager.default.createSymbolicLink(
        atPath: link, withDestinationPath: URL(fileURLWithPath: film).standardizedFileURL.path)
    }
  }
}
