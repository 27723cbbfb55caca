// VoiceExport: a codec's run and a generator's run become one voice file, in bf16, with its provenance.
// The encoder goes with it: nobody plays it, but without it the voice could never be trained further.
import Codec
import Foundation
import Generator
import Performer
import Tensors

/// Writes voices.
public enum VoiceExport {
  /// A piano's voice: see below.
  public static func write(
    name: String, codec: TrainedCodec, generator: TrainedGenerator, latents: LatentSet, card: [String: String],
    to path: String
  ) throws {
    try write(
      name: name, codec: codec, generator.weights, generator.model.configuration,
      LatentStatistics(latents), card: card, to: path)
  }

  /// - Parameters:
  ///   - weights: the generator's, of a configuration.
  ///   - statistics: what its latents were normalised with.
  ///   - foley: nil of a piano.
  ///   - card: provenance: data, licence, steps. It travels in the file's metadata.
  ///   - events: of what finds events in films; nil for none.
  ///   - path: replaced in one step.
  public static func write(
    name: String, codec: TrainedCodec, _ weights: Weights, _ generator: GeneratorConfiguration,
    _ statistics: LatentStatistics, foley: FoleyReading? = nil, card: [String: String], events: Weights? = nil,
    to path: String
  ) throws {
    var tensors: [(name: String, tensor: Tensor)] = []
    // Of others' codecs, which are not trained further with a voice, the encoder would only be weight.
    var leavesEncoder = false
    if case .encodec = codec.model.configuration { leavesEncoder = true }
    for entry in codec.weights.entries where !(leavesEncoder && entry.name.hasPrefix(Voice.encoder)) {
      tensors.append((entry.name, entry.tensor))
    }
    tensors += codec.model.constants
    for entry in weights.entries { tensors.append(("generator." + entry.name, entry.tensor)) }
    for entry in events?.entries ?? [] { tensors.append((Voice.events + entry.name, entry.tensor)) }
    tensors.append(("latents.mean", statistics.mean))
    tensors.append(("latents.deviation", statistics.deviation))
    let configuration = Voice.metadata(
      name: name, codec: codec.model.configuration, generator: generator, foley: foley)
    var metadata = card
    metadata[configuration.key] = configuration.value
    // A string's frequency in bf16 would be seven cents off, and weights of others were not trained to be rounded.
    var exact = ["source.", "latents."]
    if case .encodec = codec.model.configuration { exact.append("decoder.") }
    try SafeTensors.write(
      tensors, metadata: metadata, type: .bfloat16, isExact: { name in exact.contains { name.hasPrefix($0) } }, to: path
    )
  }
}
