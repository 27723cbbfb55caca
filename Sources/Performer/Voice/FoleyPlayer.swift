// FoleyPlayer: a voice of Foley as an instrument: words say what sounds, a film or keys say when.
// As the piano's player it makes blocks of latents, each on the past that was made, and decodes them over its source.
import Codec
import Generator
import Score
import Tensors

/// What a performance of Foley is led by.
public struct FoleyLead: Sendable {
  /// A prompt's features, [tokens, textFeatures]; nil where nothing is said.
  public var words: Tensor?
  /// A film's features, [pictures, videoFeatures], and when each picture is shown, in seconds from the performance's first
  /// frame.
  public var film: (features: Tensor, times: [Double])?
  /// Keys say when something sounds, and how strongly; nothing sounds before the first where there is no film.
  public var followsKeys: Bool

  public init(words: Tensor? = nil, film: (features: Tensor, times: [Double])? = nil, followsKeys: Bool = false) {
    (self.words, self.film, self.followsKeys) = (words, film, followsKeys)
  }
}

/// Plays a voice of Foley.
public final class FoleyPlayer: BlockInstrument {
  public let voice: Voice
  public let lead: FoleyLead
  public var sampleRate: Int { voice.codec.sampleRate }
  public var hop: Int { voice.codec.hop }
  public var playsByItself: Bool { lead.film != nil || !lead.followsKeys }

  /// Frames that are rendered after the last key: what was learned sounds no longer after one event.
  private static let tail = 300

  private let bank: SourceBank?
  private var roll = EventRoll()
  private var quiet = 0
  private var engine: Engine?

  /// What a block size needs.
  private final class Engine {
    let frames: Int
    let generator: BlockGenerator, decoder: DecoderProgram
    let rolls: UnsafeMutablePointer<Float>, pictures: UnsafeMutablePointer<Float>
    let latents: UnsafeMutablePointer<Float>

    init(_ voice: Voice, _ lead: FoleyLead, frames: Int) {
      self.frames = frames
      generator = BlockGenerator(
        voice.transformer, frames: frames, precision: .float32,
        lead: BlockLead(roll: lead.followsKeys, film: lead.film != nil, words: lead.words))
      decoder = DecoderProgram(voice, frames: frames)
      rolls = .allocate(capacity: frames * EventRoll.width)
      pictures = .allocate(capacity: frames * voice.generator.videoFeatures)
      latents = .allocate(capacity: frames * voice.codec.latentWidth)
    }

    deinit {
      rolls.deallocate()
      pictures.deallocate()
      latents.deallocate()
    }
  }

  /// - Throws: `VoiceError` where the voice is a piano's, or cannot be led so.
  public init(_ voice: Voice, _ lead: FoleyLead) throws(VoiceError) {
    self.voice = try voice.of(.foley)
    self.lead = lead
    func check(_ isThere: Bool, _ expected: String, _ found: String) throws(VoiceError) {
      guard isThere else { throw VoiceError(path: voice.path, expected: expected, found: found) }
    }
    let c = voice.generator
    if let words = lead.words {
      try check(words.shape.width == c.textFeatures, "words \(c.textFeatures) wide", "\(words.shape.width)")
    }
    if let film = lead.film {
      try check(c.videoFeatures > 0, "a voice that watches films", "one that reads words alone")
      let isFilm = !film.times.isEmpty && film.features.shape == Shape(film.times.count, c.videoFeatures)
      try check(isFilm, "pictures \(c.videoFeatures) wide, at least one", "\(film.features.shape)")
    }
    try check(
      !lead.followsKeys || c.conditionWidth == EventRoll.width, "a voice that is played by keys",
      "one that learned no events")
    bank = voice.makeSource()
  }

  public func prepare(frames: Int) {
    guard engine?.frames != frames else { return }
    _ = engine(frames)
    reset()
  }

  public func reset() {
    bank?.reset()
    roll = EventRoll()
    engine?.generator.reset()
    engine?.decoder.reset()
    quiet = 0
  }

  public func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool {
    let engine = engine(frames)
    let bands = voice.codec.bands
    var next = 0
    for index in 0..<frames {
      let end = (frame + Int64(index) + 1) * Int64(hop)
      var strength: Float = 0
      while next < events.count, events[next].sample < end {
        if events[next].kind == .noteOn { strength = max(strength, Float(events[next].value) / 127) }
        next += 1
      }
      quiet = strength > 0 ? 0 : min(quiet + 1, Self.tail)
      roll.write(strength: strength, into: engine.rolls + index * EventRoll.width)
      bank?.write(
        frame: frame + Int64(index), events: UnsafeBufferPointer(start: nil, count: 0),
        into: engine.decoder.source + index * bands * hop)
    }
    engine.decoder.measure()
    if let film = lead.film {
      ShownFeatures.write(film.features, times: film.times, first: frame, frames: frames, into: engine.pictures)
    }
    engine.generator.generate(
      frame: frame, seed: settings.seed, condition: engine.rolls, film: engine.pictures, steps: Int(settings.steps),
      guidance: settings.guidance, into: engine.latents)
    engine.decoder.decode(engine.latents, into: audio)
    guard !playsByItself, quiet == Self.tail else { return true }
    for sample in 0..<frames * hop { audio[sample] *= 1 - Float(sample) / Float(frames * hop) }
    return false
  }

  private func engine(_ frames: Int) -> Engine {
    if let engine, engine.frames == frames { return engine }
    let made = Storage.onOwnPages { Engine(voice, lead, frames: frames) }
    engine = made
    return made
  }
}
