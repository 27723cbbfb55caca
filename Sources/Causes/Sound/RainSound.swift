// RainSound: drops on a ground: each a short noise or note of its own, so many that they become a hiss (a Poisson process).
import Glibc
import Score

/// What rain falls on.
enum WetGround: String, CaseIterable, Sendable {
  case street, leaves, tin, puddle

  /// Where a drop's note lies, Hz, how long it lasts, s, and how much of it is note and not noise.
  fileprivate var drop: (low: Double, high: Double, decay: Double, note: Double) {
    switch self {
    case .street: (2500, 7000, 0.003, 0.15)
    case .leaves: (900, 3500, 0.006, 0.25)
    case .tin: (900, 5200, 0.018, 0.75)
    case .puddle: (900, 2600, 0.014, 0.85)
    }
  }
}

/// Rain whose drops come at a rate that changes.
struct RainSound: Sendable {
  let ground: WetGround
  /// Drops near by a second, when it rains most.
  let rate: Double
  let seed: UInt64

  /// - Parameter share: of the most rain, 0…1, at a time.
  func add(to sound: inout [Float], from begin: Double, share: (Double) -> Double) {
    var chance = Chance(seed: seed)
    let drop = ground.drop
    let seconds = Double(sound.count) / Double(sampleRate)
    // What falls near by, drop by drop: the first is the beginning.
    var time = begin
    while time < seconds {
      let loud = 0.25 * pow(1 - chance.unit(), -0.4)
      let first = time == begin ? 1.6 : 1
      ring(
        &sound, at: time, frequency: chance.between(drop.low, drop.high), decay: drop.decay * chance.between(0.5, 1.6),
        note: drop.note, gain: first * min(loud, 1.5), &chance)
      let now = max(rate * share(time), 3)
      time += -log(1 - chance.unit()) / now
    }
    // What falls farther away: noise.
    var (low, high) = (0.0, 0.0)
    let (dark, bright) = (ground == .leaves ? 0.25 : 0.6, 0.04)
    for index in max(0, Int(begin * Double(sampleRate)))..<sound.count {
      let noise = chance.between(-1, 1)
      low += dark * (noise - low)
      high += bright * (low - high)
      sound[index] += Float(0.16 * share(Double(index) / Double(sampleRate)) * (low - high))
    }
  }

  private func ring(
    _ sound: inout [Float], at time: Double, frequency: Double, decay: Double, note: Double, gain: Double,
    _ chance: inout Chance
  ) {
    let begin = Int(time * Double(sampleRate))
    let length = min(Int(5 * decay * Double(sampleRate)), sound.count - begin)
    guard length > 0 else { return }
    let rise = ground == .puddle ? 0.6 : 0.0
    for index in 0..<length {
      let t = Double(index) / Double(sampleRate)
      let tone = sin(2 * .pi * frequency * t * (1 + rise * t / decay / 5))
      sound[begin + index] += Float(gain * exp(-t / decay) * (note * tone + (1 - note) * chance.between(-1, 1)))
    }
  }
}
