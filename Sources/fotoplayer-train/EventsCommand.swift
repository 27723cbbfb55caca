// `events`: a small network learns when something is to be heard in a film, so that a voice of Foley is told so exactly.
import ArgumentParser
import Foundation
import Training

struct EventsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Teach a voice of Foley to find in films when something is to be heard.",
    discussion: """
      Examples:
        fotoplayer-train events --data data/foley --codec runs/noises --out runs/events
        fotoplayer-train export --data data/foley --codec runs/noises --generator runs/joint --events runs/events \\
          --name "My Foley" --out foley.safetensors

      It learns from clips with a film of which the events are known, as those of `data foley` are. The voice then is led by
      what it finds, as by keys: in `fotoplayer foley clip.mp4`, and in the plugin by what `fotoplayer watch` keeps.
      The features are those that the stages learn from, and are made once for all of them.
      """)

  @OptionGroup(title: "Clips") var clips: ClipOptions
  @OptionGroup(title: "Encoders") var encoders: EncoderOptions
  @OptionGroup var options: TrainingOptions

  func run() throws {
    let encoders = try encoders.opened()
    guard let films = encoders.films else {
      throw ValidationError("--films none: expected somebody who watches films")
    }
    let (learned, kept) = try clips.sets(encoders, options)
    let task = try EventTask(
      learned: learned, kept: kept, frames: clips.frames, encoders: encoders.json, seed: options.seed,
      mirror: films.mirror)
    try options.train(
      task,
      TrainerConfiguration(shards: 16, schedule: Schedule(peak: 2e-3, warmUp: 100, steps: 2000), averageDecay: 0.995))
  }
}
