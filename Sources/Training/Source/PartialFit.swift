// PartialFit: one partial of a key as a sum of modes: their frequencies and decays, and at each velocity level and phase.
// The partial is brought down to zero frequency, where the modes are slow turns that a few dozen samples tell apart.
import Foundation
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
  /// How much of the partial's fall is taken away before it is fitted. At 0 a sum of squares knows the strike alone, at 1
  /// a tail counts as much as the strike.
  private static let evenness = 0.7

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

    /// What each sample is multiplied with more than the one before it, so that the end weighs more in a sum of squares.
    var rise: Double {
      let share = max(1, values.count / 8)
      func mean(_ part: ArraySlice<Complex<Double>>) -> Double { part.reduce(0) { $0 + $1.length } / Double(share) }
      let fall = log(max(mean(values.prefix(share)), 1e-9) / max(mean(values.suffix(share)), 1e-9))
      return exp(PartialFit.evenness * max(0, fall) / Double(values.count - share))
    }

    /// z[n]·rⁿ.
    func raised(by rise: Double) -> [Complex<Double>] {
      values.enumerated().map { $0.element * Complex(pow(rise, Double($0.offset))) }
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
    let heard = coarse.values.firstIndex { $0.length < max(0.0003 * strongest, 4e-6) } ?? coarse.values.count
    let seconds = min(max(0.05 * Double(heard), 0.25), Self.longest)
    let interval = max(seconds / 150, 0.002)
    func envelope(_ note: ProbeNote) -> Envelope {
      Envelope(
        note, hertz: peak.hertz, from: origin, seconds: seconds, interval: interval,
        window: max(4 * interval, apart))
    }
    let shown = envelope(note)
    let reach = min(0.4 * fundamental, 8 + 0.002 * hertz)
    let rise = shown.rise
    let factors = ModeEstimation.factors(shown.raised(by: rise), modes: count) { raised in
      let decay = -log(raised.length / rise) / interval
      return raised.length > 0 && -0.8...60 ~= decay && abs(raised.phase / (2 * .pi * interval)) < reach
    }
    // A string does not gain. What hardly decays is held by a loop.
    var poles = factors.map { raised -> Complex<Double> in
      let decay = min(max(-log(max(raised.length / rise, 1e-9)) / interval, 0.05), 60)
      return Complex(length: exp(-decay * interval), phase: raised.phase)
    }
    let shares = ModeEstimation.amplitudes(shown.raised(by: rise), poles.map { $0 * Complex(rise) })
    poles = zip(poles, shares).sorted { $0.1.length > $1.1.length }.map(\.0)
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
      // Modes that all but cancel each other explain noise: the weakest goes.
      let rise = envelope.rise
      let raised = envelope.raised(by: rise)
      var used = poles
      var amplitudes = [Complex<Double>]()
      repeat {
        if !amplitudes.isEmpty { used.removeLast() }
        amplitudes = ModeEstimation.amplitudes(raised, used.map { $0 * Complex(rise) })
      } while used.count > 1 && !amplitudes.allSatisfy { $0.isFinite && $0.length < 3 * loudest }
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
