// `foley`: words and a silent film become the film with sound, or words alone a sound.
import ArgumentParser
import Film
import Foley
import Foundation
import Media
import Performer
import Score
import Tensors
import Watching

struct FoleyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "foley", abstract: "Make noises: to a film, to a prompt, or to both.",
    discussion: """
      Examples:
        fotoplayer foley --prompt "footsteps on gravel" --seconds 8 -o steps.wav
        fotoplayer foley clip.mp4 --prompt "a hammer strikes metal" -o clip-with-sound.mp4
        fotoplayer foley clip.mp4 -o sound.wav --from 0:10 --to 0:20
        fotoplayer foley --prompt "a door closes" --events doors.mid --seconds 4 -o doors.wav
        fotoplayer watch clip.mp4 -o clip.mid    # what was found, to correct: then --events clip.mid

      The prompt says what sounds, the film when: a voice that was taught to finds what
      begins in it, and when. --events says that instead: each note of a MIDI file is an
      event, its velocity how strong it is, whatever its key. With --pictures-alone nothing
      is looked for, and the sound follows what moves, more loosely. With a
      film and -o FILM its pictures are copied as they are and the sound is put beside
      them; with -o FILE.wav or .flac the sound is written by itself. The same voice,
      prompt, film, seed, steps, guidance and block give the same samples on every run.
      Without --voice the voice is the one that FOTOPLAYER_FOLEY names, else
      presets/foley.safetensors. Which sounds a voice knows: fotoplayer info VOICE.
      docs/foley.md says more.
      """)

  @Argument(help: "A silent film in any container and codec; without one, --prompt says all.") var clip: String?
  @Option(name: .shortAndLong, help: "The sound file, .wav or .flac, or the film with sound: .mp4, .mov, .mkv, .webm.")
  var output: String
  @Option(help: "What is to be heard, in a few English words.") var prompt: String?
  @Option(help: "When something is to be heard: the notes of this MIDI file, instead of what is found in the film.")
  var events: String?
  @Flag(help: "Look for nothing that begins in the film: its pictures lead by themselves.") var picturesAlone = false
  @Option(help: "How long the sound is, without a film: up to 600 (8).") var seconds: Double?
  @Option(help: "The voice, a .safetensors file. By default the shipped one.") var voice: String?
  @Option(help: "Another seed, another take.") var seed: UInt64 = 1
  @Option(help: "Steps of the flow, 1…64: more is finer and slower.") var steps = 16
  @Option(help: "How strongly prompt, film and events lead, 0…8; 1 as learned.") var guidance: Float = 2
  @Option(help: "Codec frames a block, 1…75; 75 are a second. A block is planned as a whole.") var block = 24
  @Option(help: "Samples a second.") var rate = 48000
  @Flag(help: "Keep the film's own sound, too, as a second track.") var beside = false
  @OptionGroup var part: PartOptions
  @Flag(help: "Say what was made as JSON.") var json = false
  @Flag(help: "Say nothing but errors.") var quiet = false

  func validate() throws {
    guard clip != nil || prompt != nil else { throw ValidationError("expected a film, or --prompt, or both") }
    if let prompt, !prompt.contains(where: { $0.isLetter || $0.isNumber }) {
      throw ValidationError("--prompt: expected words, found \(prompt.isEmpty ? "none" : "\"\(prompt)\"")")
    }
    guard clip == nil || seconds == nil else {
      throw ValidationError("--seconds: the film says how long it is; --from and --to take a part of it")
    }
    guard clip != nil || (part.range == nil && !beside) else {
      throw ValidationError("--from, --to and --beside: expected with a film alone")
    }
    guard !picturesAlone || (clip != nil && events == nil) else {
      throw ValidationError("--pictures-alone: expected with a film, and without --events")
    }
    if let seconds, !(seconds > 0 && seconds <= 600) {
      throw ValidationError("--seconds \(seconds): expected more than 0, up to 600")
    }
    guard 1...64 ~= steps else { throw ValidationError("--steps \(steps): expected 1…64") }
    guard guidance >= 0, guidance <= 8 else { throw ValidationError("--guidance \(guidance): expected 0…8") }
    guard 1...75 ~= block else { throw ValidationError("--block \(block): expected 1…75") }
    guard 8000...192_000 ~= rate else { throw ValidationError("--rate \(rate): expected 8000…192000") }
    guard isSound || clip != nil else { throw ValidationError("-o \(output): expected .wav or .flac without a film") }
    guard !isSound || !beside else { throw ValidationError("--beside: expected with a film as --output") }
  }

  private var isSound: Bool { [".wav", ".flac"].contains { output.lowercased().hasSuffix($0) } }

  func run() throws {
    let reading = try FoleyPrompt(prompt, voice: Files.foley(voice))
    if !quiet { reading.notices.forEach(Notice.say) }
    let score = try events.map { try Files.score($0) }
    let begin = part.from?.seconds ?? 0
    let end = try clip.map { try self.end(of: $0, from: begin) } ?? (seconds ?? 8)
    var lead = FoleyLead(words: reading.features, followsKeys: score != nil)
    var write: ([Float]) throws -> Void
    var close: () throws -> Void
    // Opened first: what cannot be written should be known before the work.
    if let clip, !isSound {
      let copy = try SoundMuxer(
        film: clip, output: output, sampleRate: rate, channels: 2, start: begin, place: beside ? .beside : .instead)
      if !quiet { for left in copy.leftOut { Notice.say("\(output): has no place for \(left), which is left out") } }
      (write, close) = ({ try copy.write($0) }, { try copy.close() })
    } else {
      let file = try AudioFileWriter(output, sampleRate: rate, channels: 2)
      (write, close) = ({ try file.write($0) }, { try file.close() })
    }
    let heard = score.map { $0.slice(from: begin, to: end) }
    if let clip {
      var film = try watched(clip, begin..<end, reading.voice)
      // Who says what happens says all of it.
      film.events = heard != nil ? [] : picturesAlone ? nil : try EventFinder(reading.voice)?(film)
      lead.film = film
    }
    let (decibels, invalid) = try perform(lead, reading.voice, heard, seconds: end - begin, write)
    try close()
    let report = FoleyReport(
      output: output, voice: reading.voice.name, film: clip, prompt: prompt, unknown: reading.unknown, seed: seed,
      steps: steps, guidance: guidance, from: begin, to: end, pictures: lead.film?.times.count ?? 0,
      events: heard?.notes.count ?? lead.film?.events?.count ?? 0, peak: decibels)
    if invalid > 0 { Notice.say("\(reading.voice.path): \(invalid) samples are no numbers; they are silent") }
    if json { print(report.json) } else if !quiet { print(report.words) }
  }

  /// When the sound of a film ends.
  private func end(of clip: String, from begin: Double) throws -> Double {
    let film = try FilmInformation(clip)
    guard film.hasPictures else { throw Failure("\(clip): expected a film, found sound without pictures") }
    guard let length = film.duration ?? part.to?.seconds else {
      throw Failure("\(clip): expected a film that states how long it is, found none; --to says where to end")
    }
    guard begin < length else { throw Failure("\(clip): --from \(begin) s lies behind its end at \(length) s") }
    return min(length, part.to?.seconds ?? .infinity)
  }

  /// What happens in the film, in time from its part's beginning.
  private func watched(_ clip: String, _ range: Range<Double>, _ voice: Voice) throws -> FilmLead {
    try voice.expectToWatch()
    var step = Step("watching", seconds: range.upperBound - range.lowerBound, isQuiet: quiet || json)
    defer { step.finish() }
    let film = try FilmFeatures.motion(clip, range: range) { try step.show($0 - range.lowerBound) }
    step.complete()
    return FilmLead(features: film.features, times: film.times.map { $0 - range.lowerBound })
  }

  /// - Returns: the peak in dB, and how many samples were no numbers.
  private func perform(
    _ lead: FoleyLead, _ voice: Voice, _ score: Score?, seconds: Double, _ write: ([Float]) throws -> Void
  ) throws -> (decibels: Float, invalid: Int64) {
    let performer = OfflinePerformer(
      instrument: try FoleyPlayer(voice, lead), hostRate: rate, blockFrames: block)
    var step = Step("performing", seconds: seconds, isQuiet: quiet || json)
    defer { step.finish() }
    var stereo = StereoSamples()
    // The film runs from the first sample on.
    let film = lead.film.map { _ in [PerformanceEvent(sample: 0, kind: .film, place: 0)] } ?? []
    try performer.render(
      film + (score?.events(sampleRate: CodecClock.rate) ?? []), seconds: seconds,
      settings: PerformanceSettings(steps: Int32(steps), guidance: guidance, seed: seed)
    ) { samples, done in
      try write(stereo.take(samples))
      try step.show(done * seconds)
    }
    step.complete()
    return (stereo.decibels, performer.invalidSamples)
  }
}

extension Voice {
  /// - Throws: `Failure` where it does not watch films, or sees them otherwise than this program does.
  func expectToWatch() throws {
    guard foley?.films == MotionView.identity else {
      throw Failure(
        "\(path): expected a voice that watches films by \(MotionView.identity), found "
          + (foley?.films ?? "one that reads prompts alone"))
    }
  }
}
