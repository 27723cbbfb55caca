// Drill: what music seldom has and every piano must know: each key alone at every loudness, tails until they have died
// away, half a pedal at every height, all fingers at once, silence after them.
import Score

/// A passage that exercises one thing.
struct Drill {
  enum Exercise: CaseIterable { case keys, tails, dampers, chords, staccato }

  private(set) var notes: [Note] = [], pedals: [Pedal] = []
  private var chance: Chance
  private let start: Double, length: Double
  private let keys: ClosedRange<Int>?

  /// - Parameter keys: those that are struck one by one; nil for all of them.
  init(chance: Chance, start: Double, length: Double, keys: ClosedRange<Int>? = nil) {
    (self.chance, self.start, self.length, self.keys) = (chance, start, length, keys)
  }

  mutating func play() {
    let exercise = chance.one(of: Exercise.allCases)
    var time = 0.0
    while time < length - 1 {
      switch exercise {
      case .keys:
        let held = chance.between(0.2, 0.9)
        strike(anyKey(), at: time, for: held)
        time += held + chance.between(0.1, 0.5)
      case .tails:
        let held = min(chance.between(4, 9), length - time - 0.3)
        for _ in 0..<chance.one(of: [1, 1, 2]) { strike(anyKey(), at: time, for: held) }
        time += held + chance.between(0.2, 0.8)
      case .dampers:
        // Short notes into a pedal that stands still, more often than not where dampers touch.
        move(chance.happens(0.7) ? chance.between(30...66) : chance.between(0...127), .sustain, at: time)
        for _ in 0..<chance.between(1...3) { strike(anyKey(), at: time + 0.1, for: chance.between(0.1, 0.5)) }
        time += chance.between(1, 2.2)
        move(0, .sustain, at: time)
        time += chance.between(0.2, 1)
      case .chords:
        let held = chance.between(0.5, 1.5)
        let pedalled = chance.happens(0.5)
        if pedalled { move(127, .sustain, at: time) }
        let loudness = chance.between(15...125)
        for _ in 0..<chance.between(5...10) {
          strike(chance.between(28...96), at: time, for: held, velocity: loudness + chance.between(-6...6))
        }
        time += held
        if pedalled { move(0, .sustain, at: time) }
        // Long enough for silence to set in.
        time += chance.between(0.5, 3)
      case .staccato:
        let pedalled = chance.happens(0.5)
        if pedalled { move(127, .sustain, at: time) }
        strike(anyKey(), at: time + 0.05, for: chance.between(0.03, 0.1))
        time += chance.between(0.5, 2)
        if pedalled { move(0, .sustain, at: time) }
        time += 0.3
      }
    }
  }

  /// Any of the 88, the outer octaves, where music seldom goes, twice as often; or of those that were asked for.
  private mutating func anyKey() -> Int {
    if let keys { return chance.between(keys) }
    return chance.happens(0.2)
      ? chance.one(of: [chance.between(21...32), chance.between(96...108)]) : chance.between(21...108)
  }

  private mutating func strike(_ key: Int, at time: Double, for duration: Double, velocity: Int? = nil) {
    let begin = start + time
    let struck = velocity ?? chance.between(8...125)
    notes.append(
      Note(key: UInt8(key), velocity: UInt8(min(max(struck, 1), 127)), start: begin, end: begin + max(0.03, duration)))
  }

  private mutating func move(_ value: Int, _ kind: Pedal.Kind, at time: Double) {
    pedals.append(Pedal(kind: kind, value: UInt8(value), time: start + min(time, length)))
  }
}
