// MultiScaleDiscriminator: one discriminator for each of several windows: short ones hear attacks, long ones hear tones.
import Layers
import Tensors

/// What a discriminator is made of.
public struct DiscriminatorConfiguration: Sendable, Equatable {
  /// Samples. The paper has 2048, 1024, 512, 256 and 128.
  public var windows = [1024, 512, 256]
  /// The paper has 32; 16 are trained on two cores.
  public var filters = 16
  public var spectra = STFTDiscriminator.Spectra.complex

  public init() {}

  var json: JSON {
    [
      "windows": .array(windows.map { JSON($0) }), "filters": JSON(filters), "spectra": JSON(spectra.rawValue),
    ]
  }
}

/// A judgement for each window.
public struct MultiScaleDiscriminator: Sendable {
  private let scales: [STFTDiscriminator]

  public init(_ w: Scope, _ c: DiscriminatorConfiguration) {
    precondition(!c.windows.isEmpty && c.filters > 0, "windows \(c.windows), \(c.filters) filters")
    scales = c.windows.map { STFTDiscriminator(w / $0, window: $0, filters: c.filters, spectra: c.spectra) }
  }

  /// - Parameter sound: [batch, samples], at least the longest window long.
  public func callAsFunction(_ sound: Tensor) -> [Judgement] { scales.map { $0(sound) } }
}
