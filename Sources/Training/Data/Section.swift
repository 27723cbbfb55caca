// Section: some seconds of one texture, in one key, at one tempo, with one shape of dynamics and one use of the pedal.
import Glibc
import Score

/// A passage that plays itself into notes and pedals.
struct Section {
  enum Texture: CaseIterable {
    case melody, arpeggio, chords, scales, chorale, stride, scatter, trills, sparse, repeats, alone
  }

  private(set) var notes: [Note] = [], pedals: [Pedal] = []
  private var chance: Chance
  private let start: Double, length: Double
  private let beat: Double, scale: [Int], tonic: Int
  private let loudness: (from: Double, to: Double)
  private let jitter: Double, articulation: Double, pedalling: Int

  init(chance: Chance, start: Double, length: Double) {
    var chance = chance
    self.start = start
    self.length = length
    beat = 60 / chance.between(48, 168)
    scale = chance.one(of: [
      [0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 11], [0, 2, 3, 5, 7, 9, 10], [0, 1, 3, 5, 7, 8, 10],
    ])
    tonic = chance.between(0...11)
    loudness = (chance.between(14, 122), chance.between(14, 122))
    jitter = chance.between(0.002, 0.013)
    articulation = chance.one(of: [0.35, 0.7, 0.92, 1.05])
    pedalling = chance.between(0...4)
    self.chance = chance
  }

  mutating func play() {
    if chance.happens(0.15) {
      pedals.append(Pedal(kind: .soft, value: UInt8(chance.one(of: [70, 127, 127])), time: start))
      pedals.append(Pedal(kind: .soft, value: 0, time: start + length))
    }
    let texture = chance.one(of: Texture.allCases)
    var time = 0.0
    var bar = 0
    while time < length {
      let chord = [0, 3, 4, 5, 1, 0][(bar + chance.between(0...2)) % 6]
      let beats = chance.one(of: [2, 3, 4])
      pedal(at: time, until: min(length, time + Double(beats) * beat))
      for index in 0..<beats where time + Double(index) * beat < length {
        play(texture, at: time + Double(index) * beat, beat: index, chord: chord)
      }
      time += Double(beats) * beat * (1 + chance.normal(0.02))
      bar += 1
    }
  }

  /// The key of a scale degree, counted from the tonic in the octave of `register`.
  private func key(_ degree: Int, register: Int) -> Int {
    let octave = (degree + 700) / 7 - 100
    let step = (degree + 700) % 7
    return register / 12 * 12 + tonic + 12 * octave + scale[step]
  }

  private mutating func strike(_ key: Int, at time: Double, for duration: Double, accent: Double = 0) {
    let along = min(max(time / length, 0), 1)
    let velocity = loudness.from + (loudness.to - loudness.from) * along + accent + chance.normal(5)
    let begin = max(0, start + time + chance.normal(jitter))
    guard Keyboard.keys.contains(UInt8(clamping: key)) else { return }
    notes.append(
      Note(
        key: UInt8(key), velocity: UInt8(min(max(velocity, 3), 127)), start: begin,
        end: begin + max(0.03, duration * articulation * (1 + chance.normal(0.06)))))
  }

  private mutating func pedal(at time: Double, until end: Double) {
    func move(_ value: Int, _ at: Double) {
      pedals.append(Pedal(kind: .sustain, value: UInt8(value), time: max(0, start + at)))
    }
    switch pedalling {
    case 0: break
    case 1:
      move(0, time)
      move(127, time + chance.between(0.03, 0.12))
      if end >= length { move(0, end) }
    case 2:
      move(chance.one(of: [40, 70, 90, 127]), time + chance.between(0, 0.1))
      move(0, end - chance.between(0.02, 0.2))
    case 3:
      // Half a pedal, and a foot that is never quite still.
      var at = time + chance.between(0, 0.1)
      while at < end - 0.1 {
        move(chance.between(24...72), at)
        at += chance.between(0.15, 1.2)
      }
      move(0, end - chance.between(0.02, 0.2))
    default:
      if chance.happens(0.4) {
        move(127, time + chance.between(0, 0.2))
        move(0, time + (end - time) * chance.between(0.4, 0.95))
      }
    }
  }

  private mutating func play(_ texture: Texture, at time: Double, beat index: Int, chord: Int) {
    let bass = chance.one(of: [24, 36, 36, 48])
    let treble = chance.one(of: [60, 60, 72, 84])
    switch texture {
    case .melody:
      let parts = chance.one(of: [1, 2, 2, 4])
      for part in 0..<parts {
        strike(
          key(chord + chance.between(-3...6), register: treble), at: time + beat * Double(part) / Double(parts),
          for: beat / Double(parts), accent: 12)
      }
      for (part, degree) in [0, 4, 2, 4].enumerated() {
        strike(key(chord + degree, register: 48), at: time + beat * Double(part) / 4, for: beat / 4, accent: -8)
      }
    case .arpeggio:
      let parts = chance.one(of: [3, 4, 6, 8])
      let rises = chance.happens(0.6)
      for part in 0..<parts {
        let degree = chord + 2 * (rises ? part : parts - part)
        strike(key(degree, register: bass + 12), at: time + beat * Double(part) / Double(parts), for: beat * 0.6)
      }
    case .chords:
      let size = chance.between(3...10)
      let spread = chance.happens(0.3) ? chance.between(0.01, 0.05) : 0
      for part in 0..<size {
        let register = part < size / 2 ? bass : treble
        strike(key(chord + 2 * (part % 5), register: register), at: time + spread * Double(part), for: beat)
      }
    case .scales:
      let parts = chance.one(of: [4, 6, 8])
      let begin = chance.between(-14...21)
      let direction = chance.one(of: [-1, 1])
      for part in 0..<parts {
        strike(
          key(begin + direction * part, register: 60), at: time + beat * Double(part) / Double(parts),
          for: beat / Double(parts))
      }
    case .chorale:
      for (voice, register) in [36, 48, 60, 60].enumerated() {
        strike(
          key(chord + [0, 4, 2, 7][voice] + chance.between(-1...1), register: register), at: time, for: beat,
          accent: voice == 3 ? 8 : 0)
      }
    case .stride:
      if index % 2 == 0 {
        strike(key(chord, register: bass), at: time, for: beat * 0.5, accent: 6)
        strike(key(chord, register: bass) - 12, at: time, for: beat * 0.5)
      } else {
        for degree in [0, 2, 4] { strike(key(chord + degree, register: 48), at: time, for: beat * 0.4, accent: -6) }
      }
      for part in 0..<2 where chance.happens(0.8) {
        strike(
          key(chord + chance.between(0...9), register: 60), at: time + beat * Double(part) / 2, for: beat / 2, accent: 8
        )
      }
    case .scatter:
      for _ in 0..<chance.between(1...6) {
        strike(
          chance.between(21...108), at: time + beat * chance.unit(), for: beat * chance.between(0.2, 2),
          accent: chance.normal(18))
      }
    case .trills:
      let centre = chance.between(50...96)
      let parts = max(2, Int(beat / chance.between(0.055, 0.11)))
      for part in 0..<parts {
        strike(centre + (part % 2) * 2, at: time + beat * Double(part) / Double(parts), for: beat / Double(parts))
      }
      if index == 0 { strike(key(chord, register: bass), at: time, for: beat * 2) }
    case .sparse:
      guard index == 0 else { return }
      for _ in 0..<chance.between(1...3) {
        strike(chance.between(21...108), at: time, for: beat * chance.between(1, 6), accent: chance.normal(20))
      }
    case .repeats:
      let target = chance.between(24...104)
      let parts = chance.one(of: [2, 3, 4, 6, 8])
      for part in 0..<parts {
        strike(target, at: time + beat * Double(part) / Double(parts), for: beat * 0.7 / Double(parts))
      }
      if chance.happens(0.5) { strike(target + 12, at: time, for: beat) }
    case .alone:
      // Keys that are held until they have died away, at every loudness.
      guard index == 0, time == 0 else { return }
      for _ in 0..<chance.one(of: [1, 1, 2, 3]) {
        strike(chance.between(21...108), at: time, for: length - 0.6, accent: chance.normal(25))
      }
    }
  }
}
