// StringMotion: what every component of a table's strings does in one sample, and in which bands it sounds.
// Computed once for all performances of a voice.
import Tensors

/// Each array is [88, partials, modes].
public struct StringMotion: Sendable {
  let table: StringTable
  /// Cycles and nepers a sample.
  let frequency: [Double], decay: [Float]
  /// The lower of the two bands in which a component sounds, and the share of the upper one.
  let band: [Int32], share: [Float]

  public init(_ configuration: SourceConfiguration, _ table: StringTable) {
    self.table = table
    let rate = Double(configuration.sampleRate)
    let places = table.frequency.array.map { configuration.harmonic.place(Double($0)) }
    frequency = table.frequency.array.map { Double($0) / rate }
    decay = table.decay.array.map { max(0, $0) / Float(rate) }
    band = places.map { Int32($0.band) }
    share = places.map { Float($0.share) }
  }
}
