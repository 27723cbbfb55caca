import Foundation
// PartialFit: one partial of a key as a sum of modes: their frequencies and decays, and at each velocity level and phase.
// The partial is brought down to zero frequency, where the modes are slow turns that a few dozen samples tell apart.
import Numerics

/// What is found near one frequency.
struct PartialFit {
  struct Mode {
    /// Hz, and nepers a second.
    let frequency: Double, decay: Double
    /// Of each velocity: ln of the amplitude, and cycles, at the strike.
    var levels: [Double], phases: [Double]
  }
  /// The level of what is not heard.
  static let silence: Float = -16
  /// Seconds of a note that are looked at.
  private static let longest = 5.1

  let modes: [Mode]

  /// A partial's slow turns at one velocity.
  private struct Envelope {
    let values: [Complex<Double>]
    /// Seconds between them, and from the strike to the first.
    let interval: Double, first: Double

    init(_ note: ProbeNote, hertz: Double, from origin: Int, seconds: Double, interval: Double, window: Double) {
      let length = Int(window * ProbeNote.rate)
      let begin = origin + Int(0.008 * ProbeNote.rate)
      self.interval = interval
      first = (0.008 * ProbeNote.rate + Double(length) / 2) / ProbeNote.rate
      values = (0..<max(8, Int(seconds / interval))).map { step in
        note.amplitude(
          hertz, start: begin + Int((Double(step) * interval * ProbeNote.rate).rounded()), window: length,
          origin: origin)
      }
    }
  }

  /// - Parameters:
  ///   - notes: the key at each velocity.
  ///   - clearest: the one that shows the modes.
  ///   - hertz: where a stiff string has the partial.
  ///   - origin: the sample of the strike.
  /// - Returns: nil when there is nothing to hear.
  init?(
    _ notes: [ProbeNote], clearest: Int, near hertz: Double, fundamental: Double, from origin: Int, modes count: Int
  ) {
    let note = notes[clearest]
    let peak = note.peak(
      near: hertz, reach: min(0.3 * fundamental, 6 + 0.002 * hertz), steps: 12,
      start: origin + Int(0.03 * ProbeNote.rate), window: fundamental < 100 ? 8192 : 4096)
    guard peak.level > 2e-5 else { return nil }
    // How long it is heard decides how finely it is sampled.
    let apart = 5.5 / fundamental
    let coarse = Envelope(
      note, hertz: peak.hertz, from: origin, seconds: Self.longest, interval: 0.05, window: max(0.05, apart))
    let strongest = coarse.values.map(\.length).max()!
    let heard = coarse.values.firstIndex { $0.length < max(0.003 * strongest, 4e-6) } ?? coarse.values.count
    let seconds = min(max(0.05 * Double(heard), 0.25), Self.longest)
    let interval = max(seconds / 150, 0.002)
    func envelope(_ note: ProbeNote) -> Envelope {
      Envelope(
        note, hertz: peak.hertz, from: origin, seconds: seconds, interval: interval,
        window: max(4 * interval, apart))
    }
    let shown = envelope(note)
    let reach = min(0.4 * fundamental, 8 + 0.002 * hertz)
    let factors = ModeEstimation.factors(shown.values, modes: count) { factor in
      let decay = -log(factor.length) / interval
      return factor.length > 0 && -0.8...60 ~= decay && abs(factor.phase / (2 * .pi * interval)) < reach
    }
    // A string does not gain. What hardly decays is held by a loop.
    let poles = factors.map { factor -> Complex<Double> in
      let decay = min(max(-log(max(factor.length, 1e-9)) / interval, 0.05), 60)
      return Complex(length: exp(-decay * interval), phase: factor.phase)
    }
    var modes = poles.map { pole in
      Mode(
        frequency: peak.hertz + pole.phase / (2 * .pi * interval), decay: -log(pole.length) / interval,
        levels: Array(repeating: Double(Self.silence), count: notes.count),
        phases: Array(repeating: 0, count: notes.count))
    }
    for (velocity, note) in notes.enumerated() {
      let envelope = velocity == clearest ? shown : envelope(note)
      let loudest = envelope.values.map(\.length).max()!
      guard loudest > 3e-6 else { continue }
      var used = poles
      var amplitudes = ModeEstimation.amplitudes(envelope.values, used)
      // Two modes that all but cancel each other explain noise.
      if !amplitudes.allSatisfy({ $0.isFinite && $0.length < 3 * loudest }) {
        used = [poles[0]]
        amplitudes = ModeEstimation.amplitudes(envelope.values, used)
      }
      for (mode, amplitude) in amplitudes.enumerated() {
        // Back from the first sample to the strike.
        let back = envelope.first / interval
        let strike = amplitude * Complex(length: pow(used[mode].length, -back), phase: -used[mode].phase * back)
        guard strike.isFinite, strike.length > 0 else { continue }
        modes[mode].levels[velocity] = min(log(strike.length), 0)
        // Re(a·e^iφ) = |a|·sin(2π·cycles) with a quarter of a cycle between cosine and sine.
        let cycles = strike.phase / (2 * .pi) + 0.25
        modes[mode].phases[velocity] = cycles - floor(cycles)
      }
    }
    self.modes = modes
  }
}
