// EnCodec: the codec of Défossez et al. 2022 (High Fidelity Neural Audio Compression) with the weights of others: a folder
// as it was downloaded is a codec. Its latents, before they are quantised, are what a generator may learn.
import Glibc
import Tensors

/// Encoder, decoder and codebooks.
public struct EnCodec: Sendable {
  public let configuration: EnCodecConfiguration
  /// [1, samples, channels] ↦ [1, ⌈samples/hop⌉, latentWidth], and back.
  public let encoder: SEANet, decoder: SEANet
  public let quantizer: ResidualQuantizer
  /// A digest of configuration and weights: codes of one codec mean nothing to another.
  public let identity: String

  /// Opens a folder with `config.json` and `model.safetensors`, such as a download of `facebook/encodec_24khz`.
  ///
  /// - Throws: `WeightsError` that says which file is missing and where it comes from, which key of the configuration is
  ///   wrong, or which weights are.
  public static func open(_ folder: String) throws(WeightsError) -> EnCodec {
    let (c, source) = try weights(in: folder, parts: ["encoder", "decoder", "quantizer"])
    do throws(WeightsError) {
      let (model, weights) = try Weights.make(from: source) { w in
        (
          encoder: SEANet.encoder(w / "encoder", c), decoder: SEANet.decoder(w / "decoder", c),
          quantizer: ResidualQuantizer(w / "quantizer", c)
        )
      }
      return EnCodec(
        configuration: c, encoder: model.encoder, decoder: model.decoder, quantizer: model.quantizer,
        identity: identity(c, weights))
    } catch { throw WeightsError("\(folder)/\(weightsFile): \(error)") }
  }

  static let configurationFile = "config.json", weightsFile = "model.safetensors"

  /// The configuration of a folder.
  public static func configuration(in folder: String) throws(WeightsError) -> EnCodecConfiguration {
    try configuration(file: folder + "/" + configurationFile)
  }

  /// The configuration in a file.
  public static func configuration(file: String) throws(WeightsError) -> EnCodecConfiguration {
    if access(file, R_OK) != 0 { throw missing(file) }
    let json = try JSON(path: file)
    do { return try EnCodecConfiguration(json) } catch { throw WeightsError("\(file): \(error)") }
  }

  /// The configuration and the weights of a folder.
  ///
  /// - Parameter parts: of `encoder`, `decoder` and `quantizer`: which are read.
  public static func weights(
    in folder: String, parts: Set<String>
  ) throws(WeightsError) -> (configuration: EnCodecConfiguration, source: any WeightSource) {
    let c = try configuration(in: folder)
    let file = folder + "/" + weightsFile
    if access(file, R_OK) != 0 {
      let pickled = ["pytorch_model.bin", "encodec_24khz-d7cc33bc.th"].first { access(folder + "/" + $0, F_OK) == 0 }
      if let pickled {
        throw WeightsError(
          """
          \(folder)/\(pickled) is a Python pickle, which can run any program when it is read; \(weightsFile) is needed. \
          Download it from where the other came from, or convert: python3 -c "from transformers import EncodecModel; \
          EncodecModel.from_pretrained('\(folder)').save_pretrained('\(folder)')"
          """)
      }
      throw missing(file)
    }
    return (c, EnCodecWeights(try SafeTensors(path: file), c, parts: parts))
  }

  private static func missing(_ file: String) -> WeightsError {
    WeightsError(
      """
      \(file): missing. An EnCodec is a folder with \(configurationFile) and \(weightsFile): download both from \
      https://huggingface.co/facebook/encodec_24khz (93 MB) into one folder, and name that
      """)
  }

  /// 64 bits of FNV-1a over the configuration and every weight, in hexadecimal digits.
  private static func identity(_ c: EnCodecConfiguration, _ weights: Weights) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func take(_ word: UInt32) { hash = (hash ^ UInt64(word)) &* 0x100_0000_01B3 }
    for byte in c.json.text(sorted: true).utf8 { take(UInt32(byte)) }
    for entry in weights.entries {
      for index in 0..<entry.tensor.shape.count { take(entry.tensor[index].bitPattern) }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
