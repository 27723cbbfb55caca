// AdversarialOptions: what adversarial training has on the command line, whatever the codec.
import ArgumentParser
import Training

struct AdversarialOptions: ParsableArguments {
  @Flag(help: "Train against a discriminator that learns to tell the codec's sound from recordings.") var adversarial =
    false
  @Option(help: "The step from which on the codec listens to the discriminator; it learns 200 steps before that.")
  var adversarialFrom = 200
  @Option(help: "The discriminator's windows, in samples, with commas between them.") var windows = "1024,512,256"
  @Option(help: "The discriminator's filters.") var filters = 16
  @Option(help: "What the discriminator sees of spectra: complex, or logarithmic (where codecs carry no phase).")
  var spectra: STFTDiscriminator.Spectra?
  @Option(help: "The discriminator's learning rate.") var discriminatorRate: Float = 1e-3
  @Option(help: "Share of the discriminator's score in the gradient.") var adversarialWeight: Float = 1
  @Option(help: "Share of the distance of what its layers see.") var featureWeight: Float = 1
  @Option(help: "Share of the distance of spectra.") var spectralWeight: Float = 1
  @Option(help: "Share of the distance of mel spectra.") var melWeight: Float = 1
  @Option(help: "Share of the distance of waveforms (for codecs that carry phase).") var waveformWeight: Float?

  func validate() throws {
    guard adversarial else { return }
    guard adversarialFrom >= 0 else {
      throw ValidationError("--adversarial-from \(adversarialFrom): expected at least 0")
    }
    guard discriminatorRate > 0, discriminatorRate < 1 else {
      throw ValidationError("--discriminator-rate \(discriminatorRate): expected more than 0, less than 1")
    }
    guard 1...1024 ~= filters else { throw ValidationError("--filters \(filters): expected 1…1024") }
    _ = try sizes()
    let shares = [
      ("--adversarial-weight", adversarialWeight), ("--feature-weight", featureWeight),
      ("--spectral-weight", spectralWeight), ("--mel-weight", melWeight), ("--waveform-weight", waveformWeight ?? 0),
    ]
    for (name, share) in shares where !(share >= 0 && share < 1e6) {
      throw ValidationError("\(name) \(share): expected at least 0")
    }
    guard spectralWeight + melWeight + (waveformWeight ?? 0) > 0 else {
      throw ValidationError("one of --spectral-weight, --mel-weight and --waveform-weight must be more than 0")
    }
  }

  private func sizes() throws -> [Int] {
    let sizes = windows.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let fits = sizes.allSatisfy { $0.map { 16...16384 ~= $0 && $0 & ($0 - 1) == 0 } ?? false }
    guard fits, Set(sizes).count == sizes.count else {
      throw ValidationError("--windows \(windows): expected different powers of two from 16 to 16384")
    }
    return sizes.compactMap { $0 }
  }

  /// - Parameters:
  ///   - waveform: the usual share of the waveform's loss.
  ///   - spectra: what the discriminator usually sees.
  func task<Base: ReconstructionTask>(
    _ base: Base, seed: UInt64, waveform: Float, spectra usual: STFTDiscriminator.Spectra
  ) throws -> AdversarialTask<Base> {
    var configuration = AdversarialConfiguration()
    configuration.discriminator.windows = try sizes()
    configuration.discriminator.filters = filters
    configuration.discriminator.spectra = spectra ?? usual
    (configuration.from, configuration.seed, configuration.rate) = (adversarialFrom, seed, discriminatorRate)
    (configuration.adversarialWeight, configuration.featureWeight) = (adversarialWeight, featureWeight)
    let spectral = SpectralLoss()
    let mel = MelLoss(sampleRate: base.sampleRate)
    let terms = [
      LossTerm("spectral", weight: spectralWeight) { spectral($0, target: $1) },
      LossTerm("mel", weight: melWeight) { mel($0, target: $1) },
      LossTerm("waveform", weight: waveformWeight ?? waveform) { WaveformLoss.value($0, target: $1) },
    ]
    return try AdversarialTask(base, terms: terms.filter { $0.weight > 0 }, configuration)
  }

  /// The usual settings of a run against a discriminator: quicker means of gradients, since the loss is a moving target.
  var trainer: TrainerConfiguration {
    TrainerConfiguration(
      schedule: Schedule(peak: 3e-4, warmUp: 100, steps: 2000), optimiser: AdamW(beta1: 0.5, beta2: 0.9),
      averageDecay: 0.995)
  }
}

extension STFTDiscriminator.Spectra: ExpressibleByArgument {}
