// SourceBank: the strings that events set in motion, and noise, in bands: what the decoder shapes into sound.
// Every sample has a closed form in the events before it, so it does not matter how time is cut into blocks.
import Glibc
import Kernels
import Score

/// The excitation of one performance.
public final class SourceBank {
  /// The most strings that sound at once; the quietest is dropped for a new one.
  static let polyphony = 96

  public let configuration: SourceConfiguration
  /// nil where there are none, and events move nothing.
  private let strings: StringMotion?
  private let noise: NoiseBands
  private var voices: [Voice] = []
  private var levels: UnsafeMutablePointer<Float>
  private var free: [Int]
  private var keyboard = Keyboard()

  /// A string in motion. What its damper has taken until `since` is `lost`; from there on it takes `damping` a sample.
  private struct Voice {
    let key: UInt8, slot: Int, layer: Int, struck: Int64
    /// What its damper takes a sample with its whole weight.
    let taken: Float
    var isAbandoned = false
    var lost: Float = 0, damping: Float = 0, since: Int64
    var loudest: Float = 0

    mutating func damp(_ rate: Float, at sample: Int64) {
      guard rate != damping else { return }
      lost += damping * Float(sample - since)
      (damping, since) = (rate, sample)
    }
  }

  public convenience init(_ configuration: SourceConfiguration, table: StringTable?, noise: NoiseBands) {
    self.init(configuration, table.map { StringMotion(configuration, $0) }, noise: noise)
  }

  /// - Parameter strings: of the same configuration, nil where it has none; other performances may share them.
  public init(_ configuration: SourceConfiguration, _ strings: StringMotion?, noise: NoiseBands) {
    precondition(configuration.hasStrings == (strings != nil), "strings for \(configuration.harmonicBands) bands")
    self.configuration = configuration
    self.strings = strings
    self.noise = noise
    levels = .allocate(capacity: Self.polyphony * (strings?.table.components ?? 0))
    free = Array(0..<Self.polyphony)
    voices.reserveCapacity(Self.polyphony + 1)
  }

  deinit { levels.deallocate() }

  /// Silence stands before the next frame.
  public func reset() {
    voices.removeAll(keepingCapacity: true)
    free.removeAll(keepingCapacity: true)
    free.append(contentsOf: 0..<Self.polyphony)
    keyboard = Keyboard()
  }

  /// Whether any string sounds.
  public var isSounding: Bool { !voices.isEmpty }

  /// Writes the bands of one frame.
  ///
  /// - Parameters:
  ///   - frame: its absolute number.
  ///   - events: those inside the frame, in order.
  ///   - bands: room for `configuration.bands` rows of `hop` samples.
  public func write(
    frame: Int64, events: UnsafeBufferPointer<PerformanceEvent>, into bands: UnsafeMutablePointer<Float>
  ) {
    let hop = configuration.hop
    let start = frame * Int64(hop)
    let harmonic = configuration.harmonicBands
    bands.update(repeating: 0, count: harmonic * hop)
    var done = 0
    for event in events {
      let at = min(max(Int(event.sample - start), done), hop)
      sound(from: start, done, at, into: bands)
      done = at
      apply(event, at: start + Int64(at))
    }
    sound(from: start, done, hop, into: bands)
    let gone = configuration.silence
    for index in voices.indices.reversed() where voices[index].loudest < gone { drop(index) }
    noise.write(from: start, count: hop, into: bands + harmonic * hop, stride: hop)
  }

  /// Moves keys, dampers and strings as earlier events did, without sounding: what stands before a part of a score.
  public func chase(_ events: some Sequence<PerformanceEvent>) {
    for event in events { apply(event, at: event.sample) }
  }

  private func apply(_ event: PerformanceEvent, at sample: Int64) {
    keyboard.apply(event)
    for index in voices.indices {
      if event.kind == .allSoundOff || event.kind == .noteOn && event.key == voices[index].key {
        voices[index].isAbandoned = true
      }
      let weight = voices[index].isAbandoned ? 1 : keyboard.damping(voices[index].key)
      voices[index].damp(weight * voices[index].taken, at: sample)
    }
    guard let table = strings?.table, event.kind == .noteOn, Keyboard.keys.contains(event.key) else { return }
    if free.isEmpty, let quietest = voices.indices.min(by: { voices[$0].loudest < voices[$1].loudest }) {
      drop(quietest)
    }
    let slot = free.removeLast()
    let index = Int(event.key - Keyboard.keys.lowerBound)
    let velocity = keyboard.strike(event.value)
    table.levels(key: index, velocity: velocity, into: levels + slot * table.components)
    let neper = configuration.damper(velocity: velocity).seconds(key: event.key) * Float(configuration.sampleRate)
    voices.append(
      Voice(
        key: event.key, slot: slot, layer: table.layer(velocity: velocity), struck: sample, taken: 1 / neper,
        since: sample))
  }

  private func drop(_ index: Int) { free.append(voices.remove(at: index).slot) }

  private func sound(from start: Int64, _ begin: Int, _ end: Int, into bands: UnsafeMutablePointer<Float>) {
    guard let strings, end > begin else { return }
    let table = strings.table
    let components = table.components
    let now = start + Int64(begin)
    for index in voices.indices {
      let voice = voices[index]
      let key = Int(voice.key - Keyboard.keys.lowerBound)
      let first = key * components
      let lost = voice.lost + voice.damping * Float(now - voice.since)
      voices[index].loudest = strings.frequency.withUnsafeBufferPointer { frequency in
        strings.decay.withUnsafeBufferPointer { decay in
          strings.band.withUnsafeBufferPointer { band in
            strings.share.withUnsafeBufferPointer { share in
              var string = fp_string(
                count: components, log_level: levels + voice.slot * components, decay: decay.baseAddress! + first,
                frequency: frequency.baseAddress! + first, phase: table.phases(key: key, layer: voice.layer),
                band: band.baseAddress! + first, share: share.baseAddress! + first)
              return fp_string_sound(
                &string, Double(now - voice.struck), lost, voice.damping, configuration.attackSamples,
                configuration.silence, end - begin, bands + begin, configuration.hop)
            }
          }
        }
      }
    }
  }
}
