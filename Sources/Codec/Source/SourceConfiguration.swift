// SourceConfiguration: the clock, the bands and the dampers of the source.
import Glibc

/// What a voice file says about its source.
public struct SourceConfiguration: Sendable, Equatable {
  public var sampleRate = 24000, hop = 320
  /// Partials of a string, and modes of a partial.
  public var partials = 96, modes = 3
  /// At which the strings are known, rising.
  public var velocities = [20, 48, 68, 90, 118]
  /// No harmonic bands: no strings, and noise is all there is.
  public var harmonicBands = 64, noiseBands = 32
  /// Hz: the centres of the lowest and highest bands.
  public var lowest = 40.0, highest = 11500.0
  /// Partials below this (natural logarithm of the amplitude) are not computed: −90 dB.
  public var silence: Float = -10.4
  /// The rise of a struck string, in samples.
  public var attackSamples: Float = 36
  /// One for each of the known velocities; none: the usual one for all.
  public var dampers: [Damper] = []

  /// Samples from a key's event to the sound of its strike in the recordings that were learned. A voice does not wait
  /// so long: it learned to sound at once.
  public var lag = 0

  public init() {}

  /// Noise in bands alone: for sounds that no score tells.
  public static func noise(bands: Int) -> SourceConfiguration {
    var source = SourceConfiguration()
    (source.harmonicBands, source.noiseBands) = (0, bands)
    return source
  }

  public var hasStrings: Bool { harmonicBands > 0 }

  public var harmonic: BandLayout { BandLayout(count: harmonicBands, lowest: lowest, highest: highest) }
  public var noise: BandLayout { BandLayout(count: noiseBands, lowest: lowest, highest: highest) }
  /// All bands: the harmonic ones, then the noise.
  public var bands: Int { harmonicBands + noiseBands }

  /// Between which of the known velocities one lies, and how far it is from the lower to the `upper` on a logarithmic
  /// scale: below 0 or above 1 beyond the outermost.
  func place(velocity: UInt8) -> (upper: Int, share: Float) {
    let upper = max(1, velocities.indices.dropLast().first { Int(velocity) < velocities[$0] } ?? velocities.count - 1)
    let (below, above) = (Float(velocities[upper - 1]), Float(velocities[upper]))
    return (upper, logf(Float(max(1, velocity)) / below) / logf(above / below))
  }

  /// Of a string that was struck with `velocity`: straight lines over its logarithm between the known ones.
  public func damper(velocity: UInt8) -> Damper {
    if dampers.isEmpty { return Damper() }
    let (upper, share) = place(velocity: velocity)
    let (low, high) = (dampers[upper - 1], dampers[upper])
    let inside = min(max(share, 0), 1)
    return Damper(
      bass: low.bass + (high.bass - low.bass) * inside, treble: low.treble + (high.treble - low.treble) * inside)
  }
}

/// How quickly a fallen damper takes a string's sound: bass·(treble/bass)^((key − 21)/67) seconds a neper.
public struct Damper: Sendable, Equatable {
  /// What may stand in a file.
  public static let sensible = 0.005...1.0
  /// Seconds a neper at A0, and at E6, the last key that has a damper.
  public var bass: Float = 0.09, treble: Float = 0.03

  public init() {}

  public init(bass: Float, treble: Float) { (self.bass, self.treble) = (bass, treble) }

  /// The time in which the damper of a key takes a neper.
  public func seconds(key: UInt8) -> Float {
    bass * powf(treble / bass, Float(min(max(Int(key), 21), 108) - 21) / 67)
  }
}
