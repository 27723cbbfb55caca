// StringTuning: a string's fundamental and stiffness, from the peaks of its first partials.

import Codec
import Foundation

/// f₀ and B by least squares: (f_p/p)² = f₀² + f₀²B·p².
struct StringTuning: Sendable {
  private(set) var frequency: Double, inharmonicity: Double

  init(_ note: ProbeNote, key index: Int, partials: Int) {
    let tempered = StringTable.temperedFrequency(index)
    let typical = StringTable.typicalInharmonicity(index)
    (frequency, inharmonicity) = (tempered, typical)
    var points: [(x: Double, y: Double, weight: Double)] = []
    let window = index < 36 ? 16384 : 8192
    // Long strings have many partials, and their stiffness tells in the high ones.
    for p in 1...min(partials, index < 24 ? 64 : index < 48 ? 32 : 6) {
      let guess = StringTable.partial(p, fundamental: frequency, inharmonicity: inharmonicity)
      guard guess < 0.45 * ProbeNote.rate else { break }
      let reach = min(0.25 * frequency, (p == 1 ? 0.008 : 0.012) * guess + 0.5)
      let best = note.peak(near: guess, reach: reach, steps: 40, start: Int(0.08 * ProbeNote.rate), window: window)
      guard best.level > 2e-5 else { continue }
      let order = Double(p)
      points.append((order * order, pow(best.hertz / order, 2), best.level * order))
      fit(points)
    }
    // What lies far from any piano was not heard but imagined.
    frequency = min(max(frequency, 0.98 * tempered), 1.02 * tempered)
    inharmonicity = min(max(inharmonicity, 0.05 * typical), 4 * typical)
  }

  private mutating func fit(_ points: [(x: Double, y: Double, weight: Double)]) {
    let total = points.reduce(0) { $0 + $1.weight }
    let meanX = points.reduce(0) { $0 + $1.weight * $1.x } / total
    let meanY = points.reduce(0) { $0 + $1.weight * $1.y } / total
    let spread = points.reduce(0) { $0 + $1.weight * ($1.x - meanX) * ($1.x - meanX) }
    guard points.count >= 4, spread > 0 else {
      frequency = points[0].y.squareRoot() / (1 + inharmonicity).squareRoot()
      return
    }
    let slope = points.reduce(0) { $0 + $1.weight * ($1.x - meanX) * ($1.y - meanY) } / spread
    let square = meanY - slope * meanX
    if square > 0, slope > 0 { (frequency, inharmonicity) = (square.squareRoot(), slope / square) }
  }
}

extension ProbeNote {
  /// The strongest of `2·steps + 1` frequencies around `hertz`.
  func peak(near hertz: Double, reach: Double, steps: Int, start: Int, window: Int) -> (level: Double, hertz: Double) {
    var best = (level: 0.0, hertz: hertz)
    for step in -steps...steps {
      let tried = hertz + reach * Double(step) / Double(steps)
      let level = amplitude(tried, start: start, window: window).length
      if level > best.level { best = (level, tried) }
    }
    return best
  }
}
