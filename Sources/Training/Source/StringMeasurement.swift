// StringMeasurement: the string table, measured on single notes: each key struck at three velocities.
// A partial is found by its peak near where a stiff string has it; its level and decay are a line through its logarithm.
import Codec
import Foundation
import Score
import Tensors

/// Measures the strings of one piano.
public struct StringMeasurement {
  /// Seconds that a probe note is held, and from one note to the next.
  static let held = 3.4, spacing = 4.0

  private let synthesiser: FluidSynth
  private let partials: Int
  private let rate = Double(FluidSynth.sampleRate)

  public init(_ synthesiser: FluidSynth, partials: Int) {
    self.synthesiser = synthesiser
    self.partials = partials
  }

  /// What was measured.
  public struct Result {
    /// By name, as a voice stores them below `source`.
    public let tables: [String: Tensor]
    /// Samples from the event to the strike, as most keys have it.
    public let lag: Int
  }

  /// - Parameter progress: told after each key how many are done.
  public func measure(scratch: URL, progress: (Int) -> Void) throws -> Result {
    let velocities = StringTable.velocities
    let frequency = Tensor(zeros: Shape(88))
    let inharmonicity = Tensor(zeros: Shape(88))
    let level = Tensor(repeating: -14, Shape(88, velocities.count, partials))
    let decay = Tensor(repeating: 3, Shape(88, partials))
    var lags: [Int] = []
    for index in 0..<88 {
      let notes = velocities.indices.map { probe in
        Note(
          key: UInt8(index + 21), velocity: UInt8(velocities[probe]), start: Double(probe) * Self.spacing,
          end: Double(probe) * Self.spacing + Self.held)
      }
      let seconds = Self.spacing * Double(velocities.count)
      let sound = try synthesiser.render(FluidSynth.exact(Score(notes: notes)), seconds: seconds, scratch: scratch)
      let samples = sound.map { Double($0) / 32768 }
      lags += velocities.indices.map { lag(samples, probe: $0) }
      let tuned = tuning(samples, probe: velocities.count - 1, key: index)
      frequency[index] = Float(tuned.frequency)
      inharmonicity[index] = Float(tuned.inharmonicity)
      for probe in velocities.indices {
        for p in 1...partials {
          let hertz = tuned.frequency * Double(p) * (1 + tuned.inharmonicity * Double(p * p)).squareRoot()
          guard hertz < 0.48 * rate, let line = line(samples, probe: probe, hertz: hertz) else { continue }
          level[(index * velocities.count + probe) * partials + p - 1] = Float(line.level)
          if probe == velocities.count - 1 { decay[index * partials + p - 1] = Float(line.decay) }
        }
      }
      progress(index + 1)
    }
    return Result(
      tables: ["frequency": frequency, "inharmonicity": inharmonicity, "level": level, "decay": decay],
      lag: lags.sorted()[lags.count / 2])
  }

  /// Samples until a tenth of the power of a probe's first 30 ms is reached, in means over 2 ms.
  private func lag(_ x: [Double], probe: Int) -> Int {
    let start = Int(Double(probe) * Self.spacing * rate)
    let mean = Int(0.002 * rate)
    let powers = (0..<Int(0.03 * rate)).map { offset in
      x[start + offset..<start + offset + mean].reduce(0) { $0 + $1 * $1 }
    }
    let threshold = 0.1 * powers.max()!
    return powers.firstIndex { $0 >= threshold }! + mean / 2
  }

  /// f₀ and B by least squares on the peaks of the first partials: (f_p/p)² = f₀² + f₀²B·p².
  private func tuning(_ x: [Double], probe: Int, key index: Int) -> (frequency: Double, inharmonicity: Double) {
    var frequency = StringTable.temperedFrequency(index)
    var inharmonicity = StringTable.typicalInharmonicity(index)
    var points: [(x: Double, y: Double, weight: Double)] = []
    let window = index < 36 ? 16384 : 8192
    // Long strings have many partials, and their stiffness tells in the high ones.
    for p in 1...min(partials, index < 24 ? 64 : index < 48 ? 32 : 6) {
      let order = Double(p)
      let guess = frequency * order * (1 + inharmonicity * order * order).squareRoot()
      guard guess < 0.45 * rate else { break }
      let reach = min(0.25 * frequency, (p == 1 ? 0.008 : 0.012) * guess + 0.5)
      var best = (power: 0.0, hertz: guess)
      for step in -40...40 {
        let hertz = guess + reach * Double(step) / 40
        let power = amplitude(x, probe: probe, at: 0.08, window: window, hertz)
        if power > best.power { best = (power, hertz) }
      }
      guard best.power > 2e-5 else { continue }
      points.append((order * order, pow(best.hertz / order, 2), best.power * order))
      let total = points.reduce(0) { $0 + $1.weight }
      let meanX = points.reduce(0) { $0 + $1.weight * $1.x } / total
      let meanY = points.reduce(0) { $0 + $1.weight * $1.y } / total
      let spread = points.reduce(0) { $0 + $1.weight * ($1.x - meanX) * ($1.x - meanX) }
      if points.count >= 4, spread > 0 {
        let slope = points.reduce(0) { $0 + $1.weight * ($1.x - meanX) * ($1.y - meanY) } / spread
        let square = meanY - slope * meanX
        if square > 0, slope > 0 {
          frequency = square.squareRoot()
          inharmonicity = slope / square
        }
      } else {
        frequency = points[0].y.squareRoot() / (1 + inharmonicity).squareRoot()
      }
    }
    // What lies far from any piano was not heard but imagined.
    let tempered = StringTable.temperedFrequency(index)
    let typical = StringTable.typicalInharmonicity(index)
    return (
      min(max(frequency, 0.98 * tempered), 1.02 * tempered), min(max(inharmonicity, 0.05 * typical), 4 * typical)
    )
  }

  /// The level at the strike and the decay in nepers a second, through the first 1.2 s above the noise.
  private func line(_ x: [Double], probe: Int, hertz: Double) -> (level: Double, decay: Double)? {
    let window = hertz < 220 ? 4096 : 2048
    var points: [(time: Double, level: Double)] = []
    for step in 0..<12 {
      let at = 0.01 + 0.1 * Double(step)
      let level = amplitude(x, probe: probe, at: at, window: window, hertz)
      guard level > 1e-5, level > 3e-3 * exp(points.first?.level ?? -30) else { break }
      points.append((at + Double(window) / 2 / rate, Foundation.log(level)))
    }
    guard let first = points.first else { return nil }
    guard points.count >= 3 else { return (first.level, 12) }
    let count = Double(points.count)
    let meanT = points.reduce(0) { $0 + $1.time } / count
    let meanL = points.reduce(0) { $0 + $1.level } / count
    let spread = points.reduce(0) { $0 + ($1.time - meanT) * ($1.time - meanT) }
    let slope = points.reduce(0) { $0 + ($1.time - meanT) * ($1.level - meanL) } / spread
    let decay = min(max(-slope, 0.05), 40)
    return (first.level + decay * first.time, decay)
  }

  /// The amplitude of a sinusoid under a Hann window that begins `at` seconds after a probe's strike.
  private func amplitude(_ x: [Double], probe: Int, at: Double, window: Int, _ hertz: Double) -> Double {
    let start = Int((Double(probe) * Self.spacing + at) * rate)
    let turn = 2 * Double.pi * hertz / rate
    var re = 0.0
    var im = 0.0
    var c = 1.0
    var s = 0.0
    let dc = cos(turn)
    let ds = sin(turn)
    let hop = 2 * Double.pi / Double(window)
    let hc = cos(hop)
    let hs = sin(hop)
    var wc = 1.0
    var ws = 0.0
    for n in 0..<window where start + n < x.count {
      let value = x[start + n] * (0.5 - 0.5 * wc)
      re += value * c
      im -= value * s
      (c, s) = (c * dc - s * ds, s * dc + c * ds)
      (wc, ws) = (wc * hc - ws * hs, ws * hc + wc * hs)
    }
    return 2 * (re * re + im * im).squareRoot() / (0.5 * Double(window))
  }
}
