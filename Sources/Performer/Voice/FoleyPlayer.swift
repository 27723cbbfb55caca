// FoleyPlayer: a voice of Foley as an instrument: words say what sounds, a film, what begins in it, and keys say when.
// As the piano's player it makes blocks of latents, each on the past that was made, and decodes them over its source.
import Codec
import Generator
import Score
import Tensors

/// What a performance of Foley is led by.
public struct FoleyLead: Sendable {
  /// A prompt's features, [tokens, textFeatures]; nil where nothing is said.
  public var words: Tensor?
  public var film: FilmLead?
  /// Keys say when something sounds, and how strongly; nothing sounds before the first where there is no film.
  public var followsKeys: Bool

  public init(words: Tensor? = nil, film: FilmLead? = nil, followsKeys: Bool = false) {
    (self.words, self.film, self.followsKeys) = (words, film, followsKeys)
  }

  /// Whether there is somebody to tell what begins.
  var tellsEvents: Bool { followsKeys || film?.events != nil }
}

/// Plays a voice of Foley.
public final class FoleyPlayer: BlockInstrument {
  public let voice: Voice
  public let lead: FoleyLead
  /// Others may play the same one; held for them.
  private let shared: SharedVoice?
  public let remark: String
  public var sampleRate: Int { voice.codec.sampleRate }
  public var hop: Int { voice.codec.hop }

  /// Frames that are rendered after the last key or picture: what was learned sounds no longer after one event.
  private static let tail = 300

  private let bank: SourceBank?
  private var roll = EventRoll()
  /// What begins in the film; `isTold`: a key was struck, so that something is known of events.
  private var filmEvents: FilmEvents
  private var isTold = false
  private var quiet = 0
  /// What was said of the film last; nil where none runs.
  private var film: PerformanceEvent?
  private var engine: VoiceEngine?
  private let blockLead: BlockLead

  /// - Parameters:
  ///   - shared: whom the voice is shared with.
  ///   - remark: what whoever asked for this should know.
  /// - Throws: `VoiceError` where the voice is a piano's, or cannot be led so.
  public init(
    _ voice: Voice, _ lead: FoleyLead, sharedAs shared: SharedVoice? = nil, remark: String = ""
  ) throws(VoiceError) {
    self.voice = try voice.of(.foley)
    (self.lead, self.shared, self.remark) = (lead, shared, remark)
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
      !lead.tellsEvents || c.conditionWidth == EventRoll.width, "a voice that is played by keys",
      "one that learned no events")
    blockLead = BlockLead(roll: lead.tellsEvents, film: lead.film != nil, words: lead.words)
    filmEvents = FilmEvents(lead.film?.events ?? [], sampleRate: voice.codec.sampleRate)
    bank = voice.makeSource()
  }

  public func prepare(frames: Int) {
    guard engine?.frames != frames else { return }
    _ = VoiceEngine.of(&engine, voice, blockLead, frames: frames)
    reset()
  }

  public func reset() {
    bank?.reset()
    roll = EventRoll()
    filmEvents.forget()
    isTold = false
    film = nil
    engine?.reset()
    quiet = 0
  }

  public func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool {
    let engine = VoiceEngine.of(&engine, voice, blockLead, frames: frames)
    let bands = voice.codec.bands
    var next = 0
    for index in 0..<frames {
      let end = (frame + Int64(index) + 1) * Int64(hop)
      var strength: Float = 0
      while next < events.count, events[next].sample < end {
        switch events[next].kind {
        case .noteOn: strength = max(strength, Float(events[next].value) / 127)
        case .film: film = events[next].place == PerformanceEvent.still ? nil : events[next]
        default: break
        }
        next += 1
      }
      isTold = isTold || strength > 0
      let isShown = show(at: end - Int64(hop / 2), into: engine.pictures + index * voice.generator.videoFeatures)
      if isShown, let film {
        let place = film.place + end - film.sample
        strength = max(strength, filmEvents.strongest(in: place - Int64(hop)..<place))
      } else {
        filmEvents.forget()
      }
      quiet = strength > 0 || isShown ? 0 : min(quiet + 1, Self.tail)
      if lead.tellsEvents {
        // Nobody has told what begins in this film: that nothing does is not what is known.
        let isKnown = isTold || !isShown || lead.film?.events != nil
        roll.write(strength: strength, isKnown: isKnown, into: engine.conditions + index * EventRoll.width)
      }
      bank?.write(
        frame: frame + Int64(index), events: UnsafeBufferPointer(start: nil, count: 0),
        into: engine.decoder.source + index * bands * hop)
    }
    engine.decoder.measure()
    engine.generator.generate(
      frame: frame, seed: settings.seed, condition: engine.conditions, film: engine.pictures,
      steps: Int(settings.steps), guidance: settings.guidance, into: engine.latents)
    engine.decoder.decode(engine.latents, into: audio)
    guard quiet == Self.tail, lead.film != nil || lead.followsKeys else { return true }
    engine.fade(audio)
    return false
  }

  /// With a film, nothing is heard before its first picture but keys, nor after its last; words alone never end.
  public func outlook(filmAt place: Int64?) -> Outlook {
    guard let film = lead.film else { return lead.followsKeys ? .silence : .sound }
    guard let place, seconds(place) < end(of: film.times) else { return .silence }
    return place < 0 ? .later : .sound
  }

  /// Writes what the film shows at a sample of the performance; false where it shows nothing, and nothing moves.
  private func show(at sample: Int64, into row: UnsafeMutablePointer<Float>) -> Bool {
    guard let lead = lead.film else { return false }
    if let film {
      let now = seconds(film.place + sample - film.sample)
      if now >= 0 && now < end(of: lead.times) {
        ShownFeatures.write(lead.features, times: lead.times, at: now, into: row)
        return true
      }
    }
    row.update(repeating: 0, count: voice.generator.videoFeatures)
    return false
  }

  private func seconds(_ samples: Int64) -> Double { Double(samples) / Double(sampleRate) }

  /// When the last picture is gone: it is shown as long as the one before, at least 40 ms.
  private func end(of times: [Double]) -> Double {
    let last = times[times.count - 1]
    return last + max(0.04, times.count > 1 ? last - times[times.count - 2] : 0)
  }
}
