// Tuning: how many cents a recording stands above the strings of a voice, by the peaks of partials that its score names.
// First all partials together, which cannot mistake one semitone for another; then each peak by itself, and the median.
import Codec
import Glibc
import Score
import Tensors

/// The tuning of one recording.
public struct Tuning: Sendable {
  static let window = 8192
  /// The least number of partials that say anything.
  static let fewest = 12

  /// Cents above the strings; nil when too few partials were heard.
  public let cents: Double?
  /// How many partials say so.
  public let partials: Int

  private static let width = Double(Recording.sampleRate) / Double(window)

  /// - Parameter score: as it lies in the recording.
  public init(_ score: Score, in samples: [Float], strings: StringTable) {
    let spectrum = ShortTimeSpectrum(.power, length: Self.window, hop: Self.window)
    var heard: [(key: Int, power: [Float])] = []
    let wanted = score.notes.filter { 50...88 ~= $0.key && $0.velocity >= 20 && $0.end - $0.start > 0.15 }
    for note in wanted.evenly(200) {
      let first = Int((note.start + 0.03) * Double(Recording.sampleRate))
      // What sounded before the strike is taken away: a neighbouring key that rings on is not this one out of tune.
      let before = first - Self.window - 960
      guard before >= 0, first + Self.window <= samples.count else { continue }
      func power(_ first: Int) -> [Float] {
        spectrum(Tensor(Shape(1, Self.window), Array(samples[first..<first + Self.window]))).array
      }
      heard.append((Int(note.key) - 21, zip(power(first), power(before)).map { max(0, $0 - 1.5 * $1) }))
    }
    let shift = Self.common(heard, strings)
    var found: [Double] = []
    for (key, power) in heard {
      for partial in 1...2 {
        let expected = strings.frequency(key: key, partial: partial) * exp2(shift / 1200)
        guard expected > 160, let hertz = Self.peak(power, near: expected) else { continue }
        found.append(shift + 1200 * log2(hertz / expected))
      }
    }
    partials = found.count
    cents = found.count >= Self.fewest ? found.sorted()[found.count / 2] : nil
  }

  /// The shift from −200 to 200 cents at which the partials of all notes together are the loudest.
  private static func common(_ heard: [(key: Int, power: [Float])], _ strings: StringTable) -> Double {
    var best = (value: -Double.infinity, cents: 0.0)
    for step in -50...50 {
      let cents = 4 * Double(step)
      var value = 0.0
      for (key, power) in heard {
        for partial in 1...4 {
          let bin = strings.frequency(key: key, partial: partial) * exp2(cents / 1200) / width
          let lower = Int(bin)
          guard lower + 1 < power.count else { continue }
          let share = Float(bin - Double(lower))
          value += Double(logf((1 - share) * power[lower] + share * power[lower + 1] + 1e-9))
        }
      }
      if value > best.value { best = (value, cents) }
    }
    return best.cents
  }

  /// The frequency of the peak within 35 cents of one that is expected, if it stands out.
  private static func peak(_ power: [Float], near hertz: Double) -> Double? {
    let reach = max(2, Int((hertz * (exp2(35.0 / 1200) - 1) / width).rounded(.up)))
    let centre = Int((hertz / width).rounded())
    guard centre - 24 > 0, centre + 24 < power.count else { return nil }
    let top = (centre - reach...centre + reach).max { power[$0] < power[$1] }!
    let around = power[(centre - 24)...(centre + 24)].sorted()[24]
    guard power[top] > power[top - 1], power[top] > power[top + 1], power[top] > 30 * around, power[top] > 1e-7 else {
      return nil
    }
    // A parabola through the logarithms.
    let (left, middle, right) = (logf(power[top - 1] + 1e-12), logf(power[top]), logf(power[top + 1] + 1e-12))
    let place = Double(0.5 * (left - right) / (left - 2 * middle + right))
    return (Double(top) + place) * width
  }
}

extension StringTable {
  /// The frequency of the louder mode of a partial as it is struck at the middle velocity, Hz.
  func frequency(key index: Int, partial: Int) -> Double {
    let c = configuration
    let first = (index * c.partials + partial - 1) * c.modes
    let struck = ((index * c.velocities.count + c.velocities.count / 2) * c.partials + partial - 1) * c.modes
    let mode = (0..<c.modes).max { level[struck + $0] < level[struck + $1] } ?? 0
    return Double(frequency[first + mode])
  }
}

extension Array {
  /// At most `count` elements, evenly spread.
  func evenly(_ count: Int) -> [Element] {
    guard self.count > count else { return self }
    return (0..<count).map { self[$0 * self.count / count] }
  }
}
