// OnsetMap: where in a recording, and at which pitches, something begins: what a score's notes can be laid over.
// Semitone bands every 20 ms; a band's number is how much its level rose, in deviations of that band.
import Glibc
import Score
import Tensors

/// The rises of one recording.
struct OnsetMap {
  /// Samples from one frame to the next; a spectrum of `window` samples is taken at each.
  static let hop = 480, window = 2048
  static let framesPerSecond = Double(Recording.sampleRate) / Double(hop)
  /// The MIDI keys whose fundamental frequencies are the bands' centres.
  private static let keys = 45...117

  let frames: Int
  /// Band-major: [bands, frames], of mean 0 and variance 1. A band takes half of what its neighbours say, so that an
  /// instrument half a tone off is still heard.
  let rises: [Float]

  init(_ samples: [Float]) {
    let spectrum = ShortTimeSpectrum(.power, length: Self.window, hop: Self.hop)
    let bands = Self.bandShares
    let count = Self.keys.count
    frames = max(0, (samples.count - Self.window) / Self.hop + 1)
    var levels = [Float](repeating: 0, count: count * frames)
    // A minute at a time.
    for first in stride(from: 0, to: frames, by: 3000) {
      let part = min(3000, frames - first)
      let begin = first * Self.hop
      let length = (part - 1) * Self.hop + Self.window
      let sound = Tensor(Shape(1, length), Array(samples[begin..<begin + length]))
      let powers = LinearMap()(spectrum(sound), bands).array
      for frame in 0..<part {
        for band in 0..<count { levels[band * frames + first + frame] = powers[frame * count + band] }
      }
    }
    var rises = levels
    for band in 0..<count { Self.rise(&rises, band * frames..<(band + 1) * frames) }
    var spread = rises
    for band in 0..<count {
      for neighbour in [band - 1, band + 1] where 0..<count ~= neighbour {
        for frame in 0..<frames { spread[band * frames + frame] += 0.5 * rises[neighbour * frames + frame] }
      }
      Self.normalise(&spread, band * frames..<(band + 1) * frames)
    }
    self.rises = spread
  }

  /// Powers to how much they rise over two frames, ln, above a fiftieth of the band's mean power.
  private static func rise(_ values: inout [Float], _ range: Range<Int>) {
    guard range.count > 2 else { return }
    let mean = range.reduce(Float(0)) { $0 + values[$1] } / Float(range.count)
    let floor = 0.02 * mean + 1e-12
    for index in range { values[index] = logf(values[index] + floor) }
    for index in range.reversed() where index - 2 >= range.lowerBound {
      values[index] = max(0, values[index] - values[index - 2])
    }
    values[range.lowerBound] = 0
    values[range.lowerBound + 1] = 0
    normalise(&values, range)
  }

  private static func normalise(_ values: inout [Float], _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    let mean = range.reduce(0.0) { $0 + Double(values[$1]) } / Double(range.count)
    let square = range.reduce(0.0) { $0 + Double(values[$1]) * Double(values[$1]) } / Double(range.count)
    let deviation = max(1e-6, (square - mean * mean).squareRoot())
    for index in range { values[index] = Float((Double(values[index]) - mean) / deviation) }
  }

  /// What each bin gives to each band: triangles a semitone wide, or a bin where that is wider.
  private static let bandShares: Tensor = {
    let bins = window / 2 + 1
    let shares = Tensor(zeros: Shape(keys.count, bins))
    let width = Double(Recording.sampleRate) / Double(window)
    for (band, key) in keys.enumerated() {
      let centre = 440 * exp2(Double(key - 69) / 12)
      let reach = max(centre * (exp2(1.0 / 12) - 1), width)
      for bin in 1..<bins {
        shares[band * bins + bin] = Float(max(0, 1 - abs(Double(bin) * width - centre) / reach))
      }
    }
    return shares
  }()

  /// The frame at which a sound that begins at a time rises most.
  static func frame(_ seconds: Double) -> Double {
    (seconds * Double(Recording.sampleRate) - Double(window) / 2) / Double(hop) + 1
  }

  /// The bands in which a note begins, with the weight of each; none for notes too low and too high.
  static func strike(_ note: Note) -> [(band: Int, weight: Float)] {
    (1...8).compactMap { partial in
      let key = Double(note.key) + 12 * log2(Double(partial))
      let band = Int(key.rounded()) - keys.lowerBound
      guard keys.indices.count > band, band >= 0 else { return nil }
      return (band, Float(note.velocity) / 127 / Float(partial).squareRoot())
    }
  }
}
