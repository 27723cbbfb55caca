// RollDecoder: probabilities, moment by moment, to notes and pedals. Needs one moment of foresight; what comes in may be
// anything, what comes out is a performance: no key is struck twice at a time.
import Score

/// A score, and what in it is doubtful.
public struct DecodedRoll: Sendable, Equatable {
  /// A note of little confidence: (the onset's peak + the mean of its key being down)/2.
  public struct Doubt: Sendable, Equatable {
    public var time: Double
    /// MIDI key.
    public var key: UInt8
    public var confidence: Double
  }

  public var score: Score
  /// In order of time.
  public var doubts: [Doubt]
}

/// Reads a roll.
///
/// A note begins at a peak of its onset's probability, at the peak's time + shift/rate, where its key is down then or at
/// the next moment; or, where nothing peaks, where the probability that the key is down rises through `down`. It ends where
/// that probability falls through `up`, or shortly before the key is struck again. Where a probability passes a threshold
/// between two moments is found on a straight line between them.
public struct RollDecoder: Sendable {
  private let thresholds: RollThresholds
  /// Between frames of the predictor, seconds.
  private let period: Double
  private var before: Moment?, now: Moment?
  /// Those before `now` that a note's velocity is read from.
  private var recent: [Moment] = []
  private var keys = [KeyReader](repeating: KeyReader(), count: 88)
  private var pedals: PedalReader
  private var notes: [KeyReader.Heard] = []

  /// - Parameter rate: of the predictor, frames a second: the unit of shifts.
  public init(_ thresholds: RollThresholds, rate: Double) {
    self.thresholds = thresholds
    period = 1...1000 ~= rate ? 1 / rate : 0.04
    pedals = PedalReader(thresholds)
  }

  /// The whole of a roll at once.
  public static func decode(_ frames: [RollFrame], _ thresholds: RollThresholds, rate: Double) -> DecodedRoll {
    var decoder = RollDecoder(thresholds, rate: rate)
    for frame in frames { decoder.add(frame) }
    return decoder.finish()
  }

  /// The next moment. One that is not later than the last, or not within 0…10⁶ seconds, is left out.
  public mutating func add(_ frame: RollFrame) {
    guard frame.time.isFinite, 0...1e6 ~= frame.time, now.map({ frame.time > $0.time }) ?? true else { return }
    let next = Moment(frame)
    if now != nil { read(next) }
    if let now { recent.append(now) }
    let reach = (Double(-VelocityRule.offsets.lowerBound) + 1) * period
    recent.removeAll { $0.time < next.time - reach }
    (before, now) = (now, next)
    pedals.read(next)
  }

  /// What was read, to the end. The decoder begins anew after it.
  public mutating func finish() -> DecodedRoll {
    read(nil)
    if let last = now?.time {
      for key in keys.indices { keys[key].finish(last + period / 2, UInt8(21 + key), thresholds, &notes) }
    }
    var sorted = notes.sorted { ($0.note.start, $0.note.key) < ($1.note.start, $1.note.key) }
    let velocities = thresholds.velocity.velocities(of: sorted.map { ($0.note.start, $0.loudness) })
    for (index, velocity) in velocities.enumerated() {
      if let velocity { sorted[index].note.velocity = velocity }
    }
    let doubts = sorted.filter { $0.confidence < thresholds.confident }.map {
      DecodedRoll.Doubt(time: $0.note.start, key: $0.note.key, confidence: $0.confidence)
    }
    let roll = DecodedRoll(score: Score(notes: sorted.map(\.note), pedals: pedals.moves), doubts: doubts)
    (keys, notes) = (.init(repeating: KeyReader(), count: 88), [])
    (before, now, recent, pedals) = (nil, nil, [], PedalReader(thresholds))
    return roll
  }

  private mutating func read(_ next: Moment?) {
    guard let now else { return }
    let around = recent + [now] + (next.map { [$0] } ?? [])
    let times = around.map(\.time)
    let loudness = { [thresholds, period] (key: Int) -> Double? in
      VelocityRule.told(at: now.time, times: times, period: period) { around[$0].loudness(of: key) }
        .flatMap(thresholds.velocity.seen)
    }
    for key in keys.indices {
      keys[key].read(before, now, next, key, period, thresholds, loudness: loudness, &notes)
    }
  }
}

/// A frame that can be trusted: 88 probabilities each, shifts within half a frame.
struct Moment: Sendable {
  let time: Double
  let down: [Double], onset: [Double], shift: [Double]
  /// nil where none was told.
  let velocity: [Double]?, height: [Double]?, pedals: [Double]?

  init(_ frame: RollFrame) {
    func list(_ values: [Float], _ count: Int, _ range: ClosedRange<Double>) -> [Double] {
      (0..<count).map { index in
        let value = index < values.count ? Double(values[index]) : 0
        return value.isNaN ? max(0, range.lowerBound) : min(max(value, range.lowerBound), range.upperBound)
      }
    }
    time = frame.time
    down = list(frame.down, 88, 0...1)
    onset = list(frame.onset, 88, 0...1)
    shift = list(frame.shift, 88, -0.5...0.5)
    velocity = frame.velocity.isEmpty ? nil : list(frame.velocity, 88, 0...1)
    height = frame.height.isEmpty ? nil : list(frame.height, 88, -3...6)
    pedals = frame.pedals.isEmpty ? nil : list(frame.pedals, 3, 0...1)
  }
}
