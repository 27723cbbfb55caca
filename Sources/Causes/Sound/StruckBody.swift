// StruckBody: a solid that rings when it is struck: Σ aₖ·e^(−t/τₖ)·sin(2πfₖt), its modes driven by a blow that lasts a while.
// A harder blow is shorter, and so brighter (Hertz 1882: contact ∝ v^(−1/5)); losses grow with frequency: 1/τ = 1/τ₀ + πηf.
import Glibc
import Score

/// What a body is made of.
enum Material: String, CaseIterable, Sendable {
  case wood, metal, stone

  /// Of the lowest mode of things of the size of a hand or a table, Hz.
  var pitch: (low: Double, high: Double) {
    switch self {
    case .wood: (110, 320)
    case .metal: (240, 800)
    case .stone: (700, 1600)
    }
  }
  /// η, between whiles.
  var loss: (low: Double, high: Double) {
    switch self {
    case .wood: (0.018, 0.04)
    case .metal: (0.0007, 0.003)
    case .stone: (0.008, 0.02)
    }
  }
  /// τ₀, s: what stands on a floor, or is held, rings no longer.
  var longest: (low: Double, high: Double) {
    switch self {
    case .wood: (0.06, 0.16)
    case .metal: (0.35, 1.4)
    case .stone: (0.05, 0.12)
    }
  }
}

/// A body with its modes.
struct StruckBody: Sendable {
  private struct Mode: Sendable {
    let frequency: Double, decay: Double, weight: Double
  }
  private let modes: [Mode]
  /// Seconds that a blow of 1 m/s lasts.
  private let contact: Double
  /// Of the noise of the surfaces, beside the modes.
  private let roughness: Double

  /// A plate or bar with free edges: fₘₙ = f₁(m² + ρ²n²)/(1 + ρ²), scattered a little, as real ones are.
  ///
  /// - Parameter contact: seconds that a blow of 1 m/s lasts: soft things 5 ms, hard ones on hard ones 0.1 ms.
  init(_ chance: inout Chance, _ material: Material, contact: Double, roughness: Double = 0.25) {
    func within(_ range: (low: Double, high: Double)) -> Double { chance.between(range.low, range.high) }
    let (lowest, loss, longest) = (within(material.pitch), within(material.loss), within(material.longest))
    let ratio = chance.between(0.5, 1.6)
    var modes: [Mode] = []
    for m in 1...6 {
      for n in 0...5 {
        let square = Double(m * m) + ratio * ratio * Double(n * n)
        let frequency = lowest * square * chance.between(0.97, 1.03)
        guard frequency < 11_000 else { continue }
        let decay = 1 / (1 / longest + .pi * loss * frequency)
        modes.append(Mode(frequency: frequency, decay: decay, weight: chance.between(0.3, 1)))
      }
    }
    self.modes = Array(modes.sorted { $0.frequency < $1.frequency }.prefix(24))
    (self.contact, self.roughness) = (contact, roughness)
  }

  /// One mode that dies at once: a ball's own hollow note, a nail's tick.
  init(frequency: Double, decay: Double, contact: Double) {
    modes = [Mode(frequency: frequency, decay: decay, weight: 1)]
    (self.contact, roughness) = (contact, 0)
  }

  /// Adds a blow.
  ///
  /// - Parameters:
  ///   - velocity: m/s; the loudness is in proportion.
  ///   - chance: where it struck: each mode is driven a little differently every time.
  func strike(_ sound: inout [Float], at time: Double, velocity: Double, gain: Double = 1, _ chance: inout Chance) {
    let begin = Int((time * Double(sampleRate)).rounded())
    let lasting = contact * pow(max(velocity, 0.02), -0.2)
    for mode in modes {
      // A half sine of this length drives a mode as its spectrum says.
      let x = 2 * mode.frequency * lasting
      let drive = abs(x - 1) < 1e-3 ? Double.pi / 4 : abs(cos(.pi / 2 * x) / (1 - x * x))
      let amplitude = gain * velocity * mode.weight * drive * chance.between(0.6, 1)
      let length = min(sound.count - begin, Int(mode.decay * 7 * Double(sampleRate)))
      guard length > 1, amplitude > 1e-6 else { continue }
      // y[n] = 2r·cos ω·y[n−1] − r²·y[n−2].
      let omega = 2 * Double.pi * mode.frequency / Double(sampleRate)
      let r = exp(-1 / (mode.decay * Double(sampleRate)))
      let (a, b) = (2 * r * cos(omega), r * r)
      var (before, now) = (0.0, amplitude * r * sin(omega))
      for index in begin..<begin + length {
        sound[index] += Float(now)
        (before, now) = (now, a * now - b * before)
      }
    }
    guard roughness > 0 else { return }
    let length = max(24, Int(lasting * 4 * Double(sampleRate)))
    var noise = 0.0
    for index in 0..<length where begin + index < sound.count {
      noise += 0.6 * (chance.between(-1, 1) - noise)
      sound[begin + index] += Float(gain * velocity * roughness * noise * exp(-6 * Double(index) / Double(length)))
    }
  }
}
