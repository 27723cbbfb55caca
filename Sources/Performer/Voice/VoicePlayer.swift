// VoicePlayer: a voice as an instrument: events become a roll and strings, the flow makes latents of them, the decoder sound.
import Codec
import Generator
import Glibc
import Kernels
import Score
import Tensors

/// Plays a voice.
public final class VoicePlayer: BlockInstrument {
  public let voice: Voice
  /// Others may play the same one; held for them.
  private let shared: SharedVoice?
  public var sampleRate: Int { voice.codec.sampleRate }
  public var hop: Int { voice.codec.hop }

  /// Frames that are rendered after the last string, or the last note of the roll, fell silent: what the room of the recording still says.
  private static let tail = 24

  /// nil where latents alone make the sound.
  private let bank: SourceBank?
  private var roll = RollWriter()
  private var quiet = 0
  private var engine: VoiceEngine?

  public convenience init(_ shared: SharedVoice) { self.init(shared.voice, shared) }

  /// - Parameter voice: a piano's.
  public init(_ voice: Voice, _ shared: SharedVoice? = nil) {
    precondition(voice.instrument == .piano, "\(voice.path) is no piano's voice")
    (self.voice, self.shared) = (voice, shared)
    bank = voice.makeSource()
  }

  /// Opens a voice file as an instrument.
  public static func open(_ path: String) throws(VoiceError) -> any BlockInstrument {
    try Storage.onOwnPages { () throws(VoiceError) in
      let shared = try SharedVoice.open(path)
      _ = try shared.voice.of(.piano)
      return VoicePlayer(shared)
    }
  }

  public func prepare(frames: Int) {
    guard engine?.frames != frames else { return }
    let audio = UnsafeMutablePointer<Float>.allocate(capacity: frames * hop)
    defer { audio.deallocate() }
    _ = render(
      frame: 0, frames: frames, events: UnsafeBufferPointer(start: nil, count: 0),
      settings: PerformanceSettings(steps: 1), into: audio)
    reset()
  }

  public func reset() {
    bank?.reset()
    roll.reset()
    engine?.reset()
    quiet = 0
  }

  public func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool {
    let engine = VoiceEngine.of(&engine, voice, BlockLead(), frames: frames)
    let bands = voice.codec.bands
    var next = 0
    for index in 0..<frames {
      let first = next
      let end = (frame + Int64(index) + 1) * Int64(hop)
      while next < events.count, events[next].sample < end { next += 1 }
      let inside = UnsafeBufferPointer(rebasing: events[first..<next])
      // The roll is what a row of conditions begins with.
      roll.write(
        frame: frame + Int64(index), events: inside, into: engine.conditions + index * voice.generator.conditionWidth)
      bank?.write(frame: frame + Int64(index), events: inside, into: engine.decoder.source + index * bands * hop)
    }
    engine.decoder.measure()
    for index in 0..<frames {
      let row = engine.conditions + index * voice.generator.conditionWidth
      Condition.write(
        roll: row, energy: engine.decoder.energy + index * bands, harmonicBands: voice.codec.harmonicBands, into: row)
    }
    engine.generator.generate(
      frame: frame, seed: settings.seed, condition: engine.conditions, steps: Int(settings.steps),
      guidance: settings.guidance, into: engine.latents)
    engine.decoder.decode(engine.latents, into: audio)
    quiet = bank?.isSounding ?? roll.isSounding ? 0 : quiet + frames
    guard quiet >= Self.tail else { return true }
    engine.fade(audio)
    return false
  }
}
