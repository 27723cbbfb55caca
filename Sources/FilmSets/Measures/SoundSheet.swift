// SoundSheet: sounds one above the other, as spectrograms: dark is loud, low below, time to the right.
// Below each, ticks where something begins to sound; lines through all of them where something happened.
import Hearing
import Pictures
import Resampling
import Scenery

public struct SoundSheet {
  /// Samples at `rate`, in the order from the top.
  public var sounds: [[Float]]
  /// Seconds.
  public var events: [Double]

  /// What sounds are given at: that of the beginnings that are looked for.
  public static let rate = Onsets.sampleRate
  /// Points a band and below a spectrogram; hundredths of a second are a point wide.
  private static let band = 2, foot = 10, longest = 30
  /// Decibels below the loudest that are white.
  private static let range: Float = 70

  public init(_ sounds: [[Float]], events: [Double] = []) { (self.sounds, self.events) = (sounds, events) }

  public func draw() -> Picture {
    let spectra = sounds.map { SpectrumPicture.levels($0, rate: Self.rate) }
    let columns = min(spectra.map(\.count).max() ?? 0, Self.longest * 100)
    let height = SpectrumPicture.bands * Self.band + Self.foot
    var picture = Picture(width: max(1, columns), height: max(1, height * sounds.count), colours: .rgb, shade: 255)
    func dot(_ x: Int, _ y: Int, _ colour: (UInt8, UInt8, UInt8)) {
      guard 0..<picture.width ~= x, 0..<picture.height ~= y else { return }
      (picture[x, y, 0], picture[x, y, 1], picture[x, y, 2]) = colour
    }
    for (index, frames) in spectra.enumerated() {
      let top = index * height
      let loudest = frames.joined().max() ?? 0
      for (x, levels) in frames.prefix(columns).enumerated() {
        for y in 0..<SpectrumPicture.bands * Self.band {
          let level = levels[SpectrumPicture.bands - 1 - y / Self.band]
          let share = min(max((loudest - level) / Self.range, 0), 1)
          dot(x, top + y, (UInt8(255 * share), UInt8(255 * share), UInt8(60 + 195 * share)))
        }
      }
      for onset in Onsets()(sounds[index]) {
        for y in 0..<Self.foot - 3 { dot(Int(100 * onset), top + height - 2 - y, (20, 20, 60)) }
      }
    }
    for event in events {
      for y in stride(from: 0, to: picture.height, by: 2) { dot(Int(100 * event), y, (230, 110, 0)) }
    }
    return picture
  }

  /// Writes it as PNG; whether it could.
  public func write(png path: String) -> Bool { Canvas(draw()).write(png: path) }
}

/// Levels of mel bands every 10 ms.
private enum SpectrumPicture {
  static let bands = 64

  /// Frames of `bands` decibels, from low to high.
  static func levels(_ samples: [Float], rate: Int) -> [[Float]] {
    let mel = LogMel.cnn14
    let rows = mel(resample(samples, from: rate, to: mel.sampleRate))
    let values = rows.array
    return (0..<rows.shape[0]).map { Array(values[$0 * bands..<($0 + 1) * bands]) }
  }
}
