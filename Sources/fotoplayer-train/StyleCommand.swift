// `style`: a voice of one's own from recordings: checked, learned, judged, exported, installed.
import ArgumentParser
import Foundation
import Synchronization
import Terminal
import Training

struct StyleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "style", abstract: "Make a voice of your own from recordings.",
    discussion: """
      Examples:
        fotoplayer-train style --recordings takes --from piano.safetensors --check
        fotoplayer-train style --recordings takes --from piano.safetensors \\
          --name "My Upright" --licence "CC BY 4.0" --out upright.safetensors --install

      The folder holds WAV or FLAC files, each with the MIDI file of what was played
      beside it (take.wav, take.mid), or one MIDI file for all. Where a score lies in
      its recording is found. The first example only says what the recordings are
      like and what is wrong with them. The second makes a voice, which your host
      then shows as a preset of Fotoplayer Piano. The same command again goes on
      where it stopped.
      """)

  @Option(help: "The folder of the recordings.") var recordings: String
  @Option(help: "The voice to begin with.") var from: String
  @Option(help: "The voice to write.") var out: String?
  @Flag(help: "Look at the recordings, say what was found, and stop.") var check = false
  @Option(help: "The voice's name for people. By default the file's.") var name: String?
  @Option(help: "What may be done with the recordings; it travels into the voice's card.") var licence =
    "all rights with the owner of the recordings"
  @Flag(help: "Leave out recordings with faults, and go on with the others.") var skipFaulty = false
  @Flag(help: "Put the voice where hosts look, as a preset of the plugin.") var install = false
  @Option(help: "The folder of the work. By default beside the voice, its name with .run at the end.") var work: String?
  @Option(help: "Minutes that the training may take; the steps are reckoned from this machine's speed.")
  var minutesOfTraining: Double?
  @Option(help: "Steps of the generator. By default by the amount of music.") var steps: Int?
  @Option(help: "Steps of the codec. By default by the amount of music.") var codecSteps: Int?
  @Option(help: "Another seed, another order of examples.") var seed: UInt64 = 1
  @Option(help: "Threads; the result does not depend on them.") var threads = ProcessInfo.processInfo
    .activeProcessorCount
  @Option(help: "Minutes between checkpoints.") var checkpointMinutes = 10.0

  func validate() throws {
    if !check && out == nil { throw ValidationError("--out is missing: the voice to write (or --check)") }
    if let out, !out.hasSuffix(".safetensors") {
      throw ValidationError("--out \(out): expected a name that ends in .safetensors")
    }
    if let out, URL(fileURLWithPath: out).standardized == URL(fileURLWithPath: from).standardized {
      throw ValidationError("--out \(out) would replace the voice that --from names")
    }
    for (name, value) in [("--steps", steps), ("--codec-steps", codecSteps), ("--threads", threads)] {
      if let value, !(1...1_000_000_000 ~= value) { throw ValidationError("\(name) \(value): expected at least 1") }
    }
    if let minutesOfTraining, !(0.1...100_000 ~= minutesOfTraining) {
      throw ValidationError("--minutes-of-training \(minutesOfTraining): expected at least 0.1")
    }
    if minutesOfTraining != nil, steps != nil || codecSteps != nil {
      throw ValidationError("--minutes-of-training and steps exclude each other")
    }
    guard checkpointMinutes > 0 else { throw ValidationError("--checkpoint-minutes: expected more than 0") }
  }

  func run() throws {
    let folder = try RecordingFolder(recordings)
    let voice = try TrainedVoice(path: from)
    guard !check, let out else {
      _ = try survey(folder, voice, kept: nil)
      return
    }
    var settings = StyleRun.Settings(licence: licence)
    (settings.seed, settings.codecSteps, settings.generatorSteps) = (seed, codecSteps, steps)
    settings.minutes = minutesOfTraining
    (settings.options.threads, settings.options.checkpointMinutes) = (threads, checkpointMinutes)
    let stem = (out as NSString).deletingPathExtension
    let style = try StyleRun(folder: work ?? stem + ".run", voice: voice, settings: settings)
    let survey = try survey(folder, voice, kept: style.survey)

    var bar = ProgressBar(total: survey.usable.count, unit: "recordings imported")
    let set = try style.makeSet(survey, from: recordings) { bar.show($0) }
    bar.finish()
    Interruption.listen()
    print("codec: learns how \(voice.name) must sound to be your piano")
    try goOn(try style.trainCodec(set), style.run(.codec))
    bar = ProgressBar(total: set.pieces.count, unit: "pieces encoded")
    print("generator: learns how your piano is played")
    let outcome = try style.trainGenerator(set) { done in
      bar.show(done)
      if done == set.pieces.count { bar.finish() }
    }
    try goOn(outcome, style.run(.generator))

    print(try style.judge(set).text(voice: voice.name))
    print("Listen to \(style.heard)/: recording.wav, before.wav, after.wav, and codec.wav between them.")
    let name = name ?? (stem as NSString).lastPathComponent
    try style.export(set, name: name, to: out)
    print("\(out): \(name)")
    if install { try put(out, name) }
  }

  /// Looks at the recordings and says what was found; leaves with 1 when there is a fault that may not be skipped.
  private func survey(_ folder: RecordingFolder, _ voice: TrainedVoice, kept: String?) throws -> RecordingSurvey {
    let bar = Mutex(ProgressBar(total: folder.pairs.count, unit: "recordings looked at"))
    let survey = try RecordingSurvey(folder, voice: voice, kept: kept, jobs: threads) { done in
      bar.withLock { $0.show(done) }
    }
    bar.withLock { $0.finish() }
    print(survey.text(pitch: voice.pitch))
    let faults = survey.faults
    guard !faults.isEmpty else { return survey }
    let canSkip = !faults.contains { $0.file.isEmpty } && !survey.usable.isEmpty
    if skipFaulty, canSkip {
      print("\(faults.count) faults; what they concern is left out")
      return survey
    }
    let advice = canSkip ? ". Mend them, or leave these recordings out with --skip-faulty" : ""
    throw TrainingError("\(recordings): \(faults.count) fault\(faults.count == 1 ? "" : "s")\(advice)")
  }

  private func goOn<Task: TrainingTask>(_ outcome: Trainer<Task>.Outcome, _ run: String) throws {
    guard case .stopped(let step, let signal) = outcome else { return }
    print("\(run): stopped after step \(step); the same command goes on from there")
    throw ExitCode(128 + (signal ?? 0))
  }

  private func put(_ voice: String, _ name: String) throws {
    let place = VoiceBundle.place
    let path = try VoiceBundle.install(voice, name: name, in: place)
    print("installed: \(path)")
    print("In your host choose the preset \"\(name)\" of Fotoplayer Piano (it may have to look for plugins again).")
    print("In jalv: set urn:fotoplayer:piano#voice \(path)")
    if !FileManager.default.fileExists(atPath: place + "/fotoplayer.lv2") {
      print("The plugin itself is not in \(place): `make install` puts it there.")
    }
  }
}
