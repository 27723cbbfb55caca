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
  private let table: StringTable, noise: NoiseBands
  private let frequency: [Double], phase: [Float], band: [Int32], share: [Float], decay: [Float]
  private var voices: [Voice] = []
  private var levels: UnsafeMutablePointer<Float>
  private var free: [Int]
  private var keyboard = Keyboard()

  private struct Voice {
    var key: UInt8, slot: Int
    var struck: Int64, damped: Int64
    var loudest: Float
  }

  public init(_ configuration: SourceConfiguration, table: StringTable, noise: NoiseBands) {
    self.configuration = configuration
    self.table = table
    self.noise = noise
    let partials = table.partials
    let rate = Double(configuration.sampleRate)
    var frequency: [Double] = []
    var band: [Int32] = []
    var share: [Float] = []
    var decay: [Float] = []
    for index in 0..<88 {
      for partial in 0..<partials {
        let hertz = table.frequency(key: index, partial: partial + 1)
        let place = configuration.harmonic.place(hertz)
        frequency.append(hertz / rate)
        band.append(Int32(place.band))
        share.append(Float(place.share))
        decay.append(table.decay[index * partials + partial] / Float(rate))
      }
    }
    var phase = [Float](repeating: 0, count: 88 * partials)
    fp_uniform(88, 0, 0, &phase, phase.count)
    (self.frequency, self.band, self.share, self.decay, self.phase) = (frequency, band, share, decay, phase)
    levels = .allocate(capacity: Self.polyphony * partials)
    free = Array(0..<Self.polyphony)
    voices.reserveCapacity(Self.polyphony + 1)
  }

  deinit { levels.deallocate() }

  /// Silence stands before the next frame.
  public func reset() {
    voices.removeAll(keepingCapacity: true)
    free = Array(0..<Self.polyphony)
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
    let harmonic = configuration.harmonic.count
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
    if event.kind == .allSoundOff {
      for index in voices.indices { voices[index].damped = min(voices[index].damped, sample) }
    }
    for index in voices.indices where voices[index].damped == .max && !keyboard.isDamperUp(voices[index].key) {
      voices[index].damped = sample
    }
    guard event.kind == .noteOn, Keyboard.keys.contains(event.key) else { return }
    for index in voices.indices where voices[index].key == event.key {
      voices[index].damped = min(voices[index].damped, sample)
    }
    if free.isEmpty, let quietest = voices.indices.min(by: { voices[$0].loudest < voices[$1].loudest }) {
      drop(quietest)
    }
    let slot = free.removeLast()
    let index = Int(event.key - Keyboard.keys.lowerBound)
    table.levels(key: index, velocity: event.value, into: levels + slot * table.partials)
    voices.append(Voice(key: event.key, slot: slot, struck: sample, damped: .max, loudest: 0))
  }

  private func drop(_ index: Int) { free.append(voices.remove(at: index).slot) }

  private func sound(from start: Int64, _ begin: Int, _ end: Int, into bands: UnsafeMutablePointer<Float>) {
    guard end > begin else { return }
    let partials = table.partials
    let now = start + Int64(begin)
    for index in voices.indices {
      let voice = voices[index]
      let first = Int(voice.key - Keyboard.keys.lowerBound) * partials
      let isDamped = voice.damped <= now
      let damping = 1 / (configuration.damperSeconds(key: voice.key) * Float(configuration.sampleRate))
      let lost = isDamped ? Float(now - voice.damped) * damping : 0
      voices[index].loudest = frequency.withUnsafeBufferPointer { frequency in
        decay.withUnsafeBufferPointer { decay in
          phase.withUnsafeBufferPointer { phase in
            band.withUnsafeBufferPointer { band in
              share.withUnsafeBufferPointer { share in
                var string = fp_string(
                  count: partials, log_level: levels + voice.slot * partials, decay: decay.baseAddress! + first,
                  frequency: frequency.baseAddress! + first, phase: phase.baseAddress! + first,
                  band: band.baseAddress! + first, share: share.baseAddress! + first)
                return fp_string_sound(
                  &string, Double(now - voice.struck), lost, isDamped ? damping : 0, configuration.attackSamples,
                  configuration.silence, end - begin, bands + begin, configuration.hop)
              }
            }
          }
        }
      }
    }
  }
}
