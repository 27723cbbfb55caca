// `distill`: trains a generator that performs in one, two or four steps, from one that was trained for many.
import ArgumentParser
import Foundation
import Training

struct DistillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "distill", abstract: "Teach a trained generator to perform in few steps.",
    discussion: """
      Example: fotoplayer-train distill --data data/piano --codec runs/codec --from runs/generator --out runs/few

      The result is a generator's run like any other: `listen` and `export` take it.
      """)

  @Option(help: "The set that the teacher was trained on.") var data: String
  @Option(help: "The codec's run, or a folder with an EnCodec.") var codec: String
  @Option(help: "The generator's run: the teacher, and where the student begins.") var from: String
  @Option(help: "Steps of the flow that the teacher takes.") var teacherSteps = 6
  @Option(help: "How strongly the teacher follows the score; 1 is as it was learned.") var guidance: Float = 1
  @Option(help: "Frames a sequence; 75 are a second.") var frames = 128
  @OptionGroup var options: TrainingOptions

  func validate() throws {
    guard frames >= 8, frames <= 4096 else { throw ValidationError("--frames \(frames): expected 8…4096") }
    guard 2...64 ~= teacherSteps else { throw ValidationError("--teacher-steps \(teacherSteps): expected 2…64") }
    guard guidance >= 1, guidance <= 8 else { throw ValidationError("--guidance \(guidance): expected 1…8") }
  }

  func run() throws {
    let set = try PianoSet(URL(fileURLWithPath: data))
    let trained = try TrainedCodec(path: codec)
    let teacher = try TrainedGenerator(run: from)
    let latents = try LatentSet(kept: from + "/latents.safetensors").with(teacher.statistics)
    try FileManager.default.createDirectory(atPath: options.out, withIntermediateDirectories: true)
    let copy = options.out + "/latents.safetensors"
    // The student's run is whole without its teacher's.
    try options.inTurn {
      if !FileManager.default.fileExists(atPath: copy) {
        try FileManager.default.copyItem(atPath: from + "/latents.safetensors", toPath: copy)
      }
    }
    let base = try GeneratorTask(
      teacher.model.configuration, set: set, latents: latents, codec: trained.model,
      identity: "\(codec) \(trained.version), \(data) with \(set.pieces.count) pieces", seed: options.seed,
      frames: frames, recomputes: options.recompute)
    var teaching = DistillTask.Teaching()
    (teaching.steps, teaching.guidance) = (teacherSteps, guidance)
    let task = DistillTask(base, teacher: teacher, identity: "\(from) step \(teacher.step)", teaching)
    try options.train(
      task,
      TrainerConfiguration(shards: 8, schedule: Schedule(peak: 3e-4, warmUp: 50, steps: 2000), averageDecay: 0.995))
  }
}
