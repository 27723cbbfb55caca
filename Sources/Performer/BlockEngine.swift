// BlockEngine: one block after the other from an instrument to samples at the host's rate, live and offline alike.
// It decides by what is in the blocks alone, never by when they are asked for: so every road gives the same bits.
import Glibc
import Resampling
import Score

/// Plays a `BlockInstrument` on a grid of blocks; computes nothing while nothing sounds.
final class BlockEngine {
  /// Codec samples over which an instrument that leaves fades out: 5 ms.
  private static let fade = 120
  /// Twice full scale: music stays far below.
  private static let loud: Float = 2

  private let resampler: StreamingResampler
  private let capacity: Int
  private let audio: UnsafeMutablePointer<Float>
  private var events: [PerformanceEvent] = []
  private var instrument: (any BlockInstrument)?
  private var successor: (any BlockInstrument)?
  private var hasSuccessor = false
  /// Instruments that play no more, for whoever has the time to take them apart.
  var retired: [any BlockInstrument] = []
  private var sounding = false
  /// Pedals and film as the events left them.
  private var standing = Standing()
  /// Codec frames a block.
  private(set) var blockFrames: Int
  /// The number of the next block.
  private(set) var block: Int64 = 0
  /// Blocks that were rendered, not skipped.
  private(set) var renderedBlocks: Int64 = 0
  /// Samples that were not finite and became zero.
  private(set) var invalidSamples: Int64 = 0

  init(hostRate: Int, maximumBlockFrames: Int) {
    resampler = StreamingResampler(from: CodecClock.rate, to: hostRate, chunk: CodecClock.hop)
    blockFrames = maximumBlockFrames
    capacity = maximumBlockFrames
    audio = .allocate(capacity: maximumBlockFrames * CodecClock.hop)
    events.reserveCapacity(MessageRing.capacity + 4)
    retired.reserveCapacity(8)
  }

  deinit { audio.deallocate() }

  /// Host samples by which the output is late.
  var delay: Int { resampler.delay }

  /// The most host samples that a block gives.
  var maximumOutput: Int { capacity * resampler.maximumOutput }

  /// The codec sample after the next block's last.
  var blockEnd: Int64 { (block + 1) * Int64(blockFrames * CodecClock.hop) }

  private var blockStart: Int64 { block * Int64(blockFrames * CodecClock.hop) }

  /// Starts over at block zero, all keys and pedals up.
  func begin(blockFrames: Int) {
    precondition(blockFrames >= 1 && blockFrames <= capacity, "a block of \(blockFrames) frames, 1…\(capacity) allowed")
    self.blockFrames = blockFrames
    instrument?.prepare(frames: blockFrames)
    block = 0
    sounding = false
    standing = Standing()
    resampler.reset()
  }

  /// Makes the instrument ready for blocks of another size, which may take its time.
  func prepare(blockFrames: Int) { instrument?.prepare(frames: blockFrames) }

  /// Lets another instrument, or none, play on: at once in silence, else after a block at whose end this one fades.
  func install(_ next: (any BlockInstrument)?) {
    if let successor { retired.append(successor) }
    successor = next
    hasSuccessor = true
  }

  /// Renders the next block.
  ///
  /// - Parameters:
  ///   - incoming: the block's events, sorted.
  ///   - output: room for `maximumOutput` samples at the host's rate.
  /// - Returns: how many samples were written.
  func render(
    events incoming: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into output: UnsafeMutablePointer<Float>
  ) -> Int {
    if hasSuccessor && !sounding { takeOver() }
    let hasAudio = compute(incoming, settings)
    if hasSuccessor {
      if hasAudio { fadeOut(from: blockFrames * CodecClock.hop - BlockEngine.fade) }
      takeOver()
    }
    for event in incoming { standing.take(event) }
    block += 1
    var count = 0
    for frame in 0..<blockFrames {
      count += resampler.process(hasAudio ? audio + frame * CodecClock.hop : nil, into: output + count)
    }
    return count
  }

  /// Passes a block that nobody will hear: silence, and what sounded is forgotten.
  func skip(events incoming: UnsafeBufferPointer<PerformanceEvent>, into output: UnsafeMutablePointer<Float>) -> Int {
    sounding = false
    for event in incoming { standing.take(event) }
    block += 1
    var count = 0
    for _ in 0..<blockFrames { count += resampler.process(nil, into: output + count) }
    return count
  }

  /// Whether nothing sounds, so that all blocks are silent until an event comes. A successor takes over.
  func rest() -> Bool {
    guard !sounding && resampler.isAtRest else { return false }
    if hasSuccessor { takeOver() }
    return (instrument?.outlook(filmAt: standing.film(at: blockStart)) ?? .silence) == .silence
  }

  /// Passes silent blocks up to `next` without computing them.
  ///
  /// - Precondition: `rest()`.
  func pass(to next: Int64) {
    resampler.pass((next - block) * Int64(blockFrames))
    block = next
  }

  private func takeOver() {
    if let instrument { retired.append(instrument) }
    instrument = successor
    instrument?.prepare(frames: blockFrames)
    successor = nil
    hasSuccessor = false
    sounding = false
  }

  /// Fills `audio`; false when the block is silent and was not computed.
  private func compute(_ incoming: UnsafeBufferPointer<PerformanceEvent>, _ settings: PerformanceSettings) -> Bool {
    guard let instrument, sounding || begins(instrument, incoming) else { return false }
    let frame = block * Int64(blockFrames)
    events.removeAll(keepingCapacity: true)
    if !sounding {
      instrument.reset()
      standing.repeated(at: blockStart) { events.append($0) }
    }
    events.append(contentsOf: incoming)
    sounding = events.withUnsafeBufferPointer {
      instrument.render(frame: frame, frames: blockFrames, events: $0, settings: settings, into: audio)
    }
    renderedBlocks += 1
    bound()
    obeySoundOff(incoming)
    return true
  }

  /// Whether a block sounds after silence: a key is struck in it, or the film says so by its end.
  private func begins(
    _ instrument: any BlockInstrument, _ incoming: UnsafeBufferPointer<PerformanceEvent>
  ) -> Bool {
    if incoming.contains(where: { $0.kind == .noteOn }) { return true }
    var then = standing
    for event in incoming { then.take(event) }
    return instrument.outlook(filmAt: then.film(at: blockEnd - 1)) == .sound
  }

  /// Whatever a network makes of notes that it never learned stays finite, and bearable: below `loud` nothing changes,
  /// above it magnitudes become `loud·(2 − e^(1 − |x|/loud))`.
  private func bound() {
    for index in 0..<blockFrames * CodecClock.hop where !(audio[index].magnitude <= BlockEngine.loud) {
      let sample = audio[index]
      if sample.isFinite {
        let share = sample.magnitude / BlockEngine.loud
        audio[index] = BlockEngine.loud * (2 - expf(1 - share)) * (sample < 0 ? -1 : 1)
      } else {
        audio[index] = 0
        invalidSamples += 1
      }
    }
  }

  /// All sound off takes effect at its sample, whatever the instrument can do.
  private func obeySoundOff(_ incoming: UnsafeBufferPointer<PerformanceEvent>) {
    guard let last = incoming.last(where: { $0.kind == .allSoundOff || $0.kind == .noteOn }),
      last.kind == .allSoundOff
    else { return }
    fadeOut(from: Int(last.sample - block * Int64(blockFrames * CodecClock.hop)))
    sounding = false
  }

  private func fadeOut(from start: Int) {
    for index in max(0, start)..<blockFrames * CodecClock.hop {
      audio[index] *= max(0, 1 - Float(index - start) / Float(BlockEngine.fade))
    }
  }
}

/// The pedals and the film as the events left them: an instrument that starts afresh is told.
private struct Standing {
  private var pedals: (sustain: UInt8, sostenuto: UInt8, soft: UInt8) = (0, 0, 0)
  /// What was said of the film last; nil where none runs.
  private var film: PerformanceEvent?

  mutating func take(_ event: PerformanceEvent) {
    switch event.kind {
    case .sustain: pedals.sustain = event.value
    case .sostenuto: pedals.sostenuto = event.value
    case .soft: pedals.soft = event.value
    case .resetControllers: pedals = (0, 0, 0)
    case .film: film = event.place == PerformanceEvent.still ? nil : event
    default: break
    }
  }

  /// The film's place at `sample`; nil where none runs.
  func film(at sample: Int64) -> Int64? { film.map { $0.place + sample - $0.sample } }

  /// Gives an event at `sample` for each pedal that is down, and for a film that runs.
  func repeated(at sample: Int64, _ give: (PerformanceEvent) -> Void) {
    if pedals.sustain > 0 { give(PerformanceEvent(sample: sample, kind: .sustain, value: pedals.sustain)) }
    if pedals.sostenuto > 0 { give(PerformanceEvent(sample: sample, kind: .sostenuto, value: pedals.sostenuto)) }
    if pedals.soft > 0 { give(PerformanceEvent(sample: sample, kind: .soft, value: pedals.soft)) }
    if let place = film(at: sample) { give(PerformanceEvent(sample: sample, kind: .film, place: place)) }
  }
}
