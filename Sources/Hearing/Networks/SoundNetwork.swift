// SoundNetwork: one of the networks that listen, from a file, and sound as it wants to be shown it.
// What a file holds is told by the names in it.
import Layers
import Tensors

/// An open network. May be used by several threads.
public struct SoundNetwork: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case vggish = "VGGish"
    case cnn14 = "Cnn14"
    case yamnet = "YAMNet"
  }
  /// What it heard in a sound.
  public struct Heard: Sendable {
    /// A row for each patch; one row where the network hears sounds as a whole.
    public let embeddings: Tensor
    /// Of the whole sound, before the sigmoid, [kinds]: of patches the mean. None where the network knows no kinds.
    public let outputs: Tensor?
  }
  private enum Network: Sendable {
    case vggish(VGGish)
    case cnn14(Cnn14)
    case yamnet(YAMNet)
  }
  public let path: String, kind: Kind
  /// Numbers in an embedding, and kinds that it knows.
  public let width: Int, kinds: Int
  /// All of them hear mono at this rate.
  public static let sampleRate = 16000
  private let network: Network
  /// Patches that are heard at once.
  private static let batch = 8

  /// Opens a safetensors file that holds a state dictionary of one of them; `tools/convert-networks.py` makes it.
  ///
  /// - Throws: `WeightsError` where there is no such file, or where weights are missing, misshapen or unknown.
  public init(_ path: String) throws(WeightsError) {
    let file = try SafeTensors(path: path)
    /// A tensor's first size, in limits that keep a damaged file from asking for more memory than there is.
    func size(_ name: String, _ most: Int) throws(WeightsError) -> Int {
      let found = file.shape(name)?.first
      guard let found, 1...most ~= found else {
        throw WeightsError("\(name): expected 1…\(most) rows, found \(found.map(String.init) ?? "no such weight")")
      }
      return found
    }
    self.path = path
    do {
      if file.shape("features.0.weight") != nil {
        kind = .vggish
        var widths = VGGish.Widths()
        for (level, place) in [0, 3, 8, 13].enumerated() {
          widths.levels[level] = try size("features.\(place).weight", 2048)
        }
        widths.hidden = try size("embeddings.0.weight", 16384)
        widths.embedding = try size("embeddings.4.weight", 16384)
        (width, kinds) = (widths.embedding, 0)
        network = .vggish(try Weights.make(from: StateDictionary(file)) { VGGish($0, widths) }.model)
      } else if file.shape("conv_block1.conv1.weight") != nil {
        kind = .cnn14
        let (first, kinds) = (try size("conv_block1.conv1.weight", 128), try size("fc_audioset.bias", 1 << 16))
        (width, self.kinds) = (first << 5, kinds)
        // Those of 8 and 32 kHz have the same names and shapes but for this table.
        let bins = file.shape("logmel_extractor.melW")?.first
        guard bins == nil || bins == 257 else {
          throw WeightsError("expected Cnn14 for 16 kHz, whose spectra have 257 bins, found \(bins!)")
        }
        let source = StateDictionary(file, ignoring: ["spectrogram_extractor.", "logmel_extractor."])
        network = .cnn14(try Weights.make(from: source) { Cnn14($0, width: first, kinds: kinds) }.model)
      } else if file.shape("layer1.fused.conv.weight") != nil {
        kind = .yamnet
        let (first, kinds) = (try size("layer1.fused.conv.weight", 128), try size("classifier.bias", 1 << 16))
        (width, self.kinds) = (first << 5, kinds)
        let source = StateDictionary(file)
        network = .yamnet(try Weights.make(from: source) { YAMNet($0, width: first, kinds: kinds) }.model)
      } else {
        throw WeightsError("expected weights of VGGish, Cnn14 or YAMNet, found \(file.names.first ?? "nothing")")
      }
    } catch { throw WeightsError("\(path): \(error)") }
  }

  /// Listens. What is shorter than the network needs is heard as followed by silence.
  ///
  /// - Parameter samples: mono at `sampleRate`, 1 is full scale.
  public func callAsFunction(_ samples: [Float]) -> Heard {
    switch network {
    case .vggish(let network):
      // Patches lie side by side; what is left at the end is not heard.
      let frames = VGGish.patch.frames
      let patches = Self.patches(.vggish, samples, frames: frames, hop: frames, isWhole: false)
      return Heard(embeddings: concatenate(patches.map { network($0) }, axis: 0), outputs: nil)
    case .cnn14(let network):
      let least = LogMel.cnn14.samples(frames: Cnn14.leastFrames)
      let levels = LogMel.cnn14(samples + [Float](repeating: 0, count: max(0, least - samples.count)))
      let said = network(levels.reshaped(1, levels.shape[0], levels.shape[1]))
      return Heard(embeddings: said.embeddings, outputs: said.outputs.reshaped(kinds))
    case .yamnet(let network):
      let patches = Self.patches(.yamnet, samples, frames: YAMNet.patch.frames, hop: YAMNet.patch.hop, isWhole: true)
      let said = patches.map { network($0) }
      let outputs = concatenate(said.map(\.outputs), axis: 0)
      let count = outputs.shape[0]
      return Heard(
        embeddings: concatenate(said.map(\.embeddings), axis: 0),
        outputs: pooled(outputs.reshaped(1, count, 1, kinds), .mean).reshaped(kinds))
    }
  }

  /// Batches of patches, [patches, frames, bands, 1], at least one patch.
  ///
  /// - Parameter isWhole: whether silence is put behind the sound until all of it is in a patch.
  private static func patches(
    _ front: LogMel, _ samples: [Float], frames: Int, hop: Int, isWhole: Bool
  ) -> [Tensor] {
    let least = front.samples(frames: frames)
    var silence = max(0, least - samples.count)
    if isWhole, samples.count > least {
      let step = hop * front.hop
      silence = (step - (samples.count - least) % step) % step
    }
    let levels = front(samples + [Float](repeating: 0, count: silence))
    let count = (levels.shape[0] - frames) / hop + 1
    return stride(from: 0, to: count, by: batch).map { first in
      let some = (first..<min(count, first + batch)).map { patch in
        levels.slice(axis: 0, start: patch * hop, length: frames).reshaped(1, frames, levels.shape[1], 1)
      }
      return concatenate(some, axis: 0)
    }
  }
}
