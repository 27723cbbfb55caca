// CarSound: an engine and tyres that pass: harmonics of the firing rate and noise, louder by 1/r, and higher by Doppler:
// f = f₀·c/(c + ṙ). That sound needs a thirtieth of a second to come is left out: the picture would be early by as much.
import Glibc
import Score

/// A car's sound.
struct CarSound: Sendable {
  /// Firings a second, and how strong their harmonics are.
  private let firing: Double, harmonics: [Double]
  private let tyres: Double, tone: Double
  private let seed: UInt64

  init(_ chance: inout Chance, speed: Double) {
    firing = chance.between(45, 75) + 2.2 * speed
    let steep = chance.between(0.7, 1.4)
    harmonics = (1...30).map { pow(Double($0), -steep) * chance.between(0.4, 1) }
    tyres = chance.between(0.25, 0.8) * speed / 12
    tone = chance.between(0.12, 0.3)
    seed = chance.next()
  }

  /// Adds a passing.
  ///
  /// - Parameters:
  ///   - time: when it is nearest, s.
  ///   - speed: m/s. - distance: when it is nearest, m.
  func add(to sound: inout [Float], at time: Double, speed: Double, distance: Double) {
    var chance = Chance(seed: seed)
    let c = 343.0
    var (phase, low, high, flutter) = (0.0, 0.0, 0.0, 0.0)
    let step = 48
    var (gain, pitch, brightness) = (0.0, firing, tone)
    for index in sound.indices {
      if index % step == 0 {
        let along = speed * (Double(index) / Double(sampleRate) - time)
        let r = (along * along + distance * distance).squareRoot()
        flutter += 0.02 * (chance.between(-1, 1) - flutter)
        gain = pow(distance / r, 1.1)
        pitch = firing * (1 + 0.1 * flutter) * c / (c + speed * along / r)
        brightness = tone * (0.4 + 0.6 * distance / r)
      }
      phase += pitch / Double(sampleRate)
      phase -= floor(phase)
      let turn = 2 * Double.pi * phase
      // sin(kx) = 2cos x·sin((k−1)x) − sin((k−2)x).
      let twice = 2 * cos(turn)
      var (before, now, engine) = (0.0, sin(turn), 0.0)
      for weight in harmonics {
        engine += weight * now
        (before, now) = (now, twice * now - before)
      }
      low += brightness * (chance.between(-1, 1) - low)
      high += 0.02 * (low - high)
      sound[index] += Float(gain * (0.2 * engine + 2 * tyres * (low - high)))
    }
  }
}
