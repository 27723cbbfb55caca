// Voice: everything trained that makes a sound, in one file: decoder (and its strings), generator, what they were made of.
// Nothing about a model is in code that the file could say.
import Codec
import Generator
import Tensors

/// An open voice file. Any number of players share it; it never changes.
public struct Voice: Sendable {
  /// The metadata's key for the configuration, and the version of what stands there.
  public static let key = "fotoplayer"
  static let format = 2
  /// Where a voice keeps what only training needs. It is not read to play.
  public static let encoder = "encoder."
  /// Where one of Foley keeps what finds events in films, before they are performed.
  public static let events = "events."

  public let path: String
  /// Its name for people, and where it comes from (data, licence, steps).
  public let name: String, card: [String: String]
  /// Nil of a piano.
  public let foley: FoleyReading?
  public let codec: LatentCodec
  public let generator: GeneratorConfiguration
  /// nil where the codec has no source.
  private let strings: StringMotion?
  private let noise: NoiseBands?
  let decoder: any LatentDecoder
  let transformer: MultiStreamTransformer
  /// Of the latents: [latentWidth].
  let mean: Tensor, deviation: Tensor
  public let parameterCount: Int
  /// Whether its encoder lies beside the rest, so that it can be trained further.
  public let hasEncoder: Bool

  /// Opens a voice.
  ///
  /// - Throws: `VoiceError` when the file is missing, is no voice, or lacks or misshapes a weight.
  public init(path: String) throws(VoiceError) {
    func wrong(_ expected: String, _ found: String) -> VoiceError {
      VoiceError(path: path, expected: expected, found: found)
    }
    do {
      let file = try SafeTensors(path: path)
      guard let text = file.metadata[Self.key] else { throw wrong("a voice's metadata", "none under \(Self.key)") }
      let json = try JSON(parsing: Array(text.utf8))
      guard json["format"]?.integer == Self.format else {
        throw wrong("format \(Self.format)", json["format"]?.text() ?? "none")
      }
      let codec = try LatentCodec(json["codec"] ?? .null)
      if let obstacle = codec.obstacleToPlaying { throw wrong("a codec that can be played live", obstacle) }
      let generator = try GeneratorConfiguration(json["generator"] ?? .null)
      let foley = try json["foley"].map { (json) throws(ConfigurationError) in try FoleyReading(json) }
      let widths = foley == nil ? [Condition.width(harmonicBands: codec.harmonicBands)] : [0, EventRoll.width]
      guard generator.latentWidth == codec.latentWidth, widths.contains(generator.conditionWidth) else {
        throw wrong(
          "a generator of \(codec.latentWidth) latents under \(widths.map(String.init).joined(separator: " or ")) conditions",
          "\(generator.latentWidth) under \(generator.conditionWidth)")
      }
      guard foley == nil || generator.textFeatures > 0 else {
        throw wrong("a voice of Foley that reads words", "one that reads none")
      }
      let (parts, weights) = try Weights.make(from: file.without(Self.encoder).without(Self.events)) { w in
        (
          strings: codec.strings(w),
          decoder: codec.decoder(w),
          transformer: MultiStreamTransformer(w / "generator", generator),
          mean: (w / "latents").constant("mean", codec.latentWidth),
          deviation: (w / "latents").constant("deviation", codec.latentWidth)
        )
      }
      strings = codec.source.flatMap { source in parts.strings.map { StringMotion(source, $0) } }
      (decoder, transformer) = (parts.decoder, parts.transformer)
      (mean, deviation) = (parts.mean, parts.deviation)
      parameterCount = weights.flat.count
      hasEncoder = file.names.contains { $0.hasPrefix(Self.encoder) }
      noise = codec.source.map { NoiseBands($0.noise, sampleRate: Double($0.sampleRate)) }
      name = json["name"]?.string ?? "unnamed"
      card = file.metadata.filter { $0.key != Self.key }
      (self.path, self.codec, self.generator, self.foley) = (path, codec, generator, foley)
    } catch let error as VoiceError {
      throw error
    } catch {
      throw wrong("a voice", "\(error)")
    }
  }

  /// The source that a performance drives; nil where the codec has none.
  func makeSource() -> SourceBank? {
    guard let source = codec.source, let noise else { return nil }
    return SourceBank(source, strings, noise: noise)
  }

  /// The configuration as a voice file's metadata holds it.
  ///
  /// - Parameter foley: nil of a piano.
  public static func metadata(
    name: String, codec: LatentCodec, generator: GeneratorConfiguration, foley: FoleyReading? = nil
  ) -> (key: String, value: String) {
    let json: JSON = [
      "format": JSON(format), "name": JSON(name), "codec": codec.json, "generator": generator.json,
    ]
    return (key, JSON.object(json.members! + (foley.map { [JSON.Member("foley", $0.json)] } ?? [])).text())
  }

  /// Whose voice it is.
  public enum Instrument: Sendable { case piano, foley }

  public var instrument: Instrument { foley == nil ? .piano : .foley }

  /// The voice, if it is this instrument's.
  public func of(_ wanted: Instrument) throws(VoiceError) -> Voice {
    guard instrument != wanted else { return self }
    switch wanted {
    case .piano:
      throw VoiceError(
        path: path, expected: "a piano's voice", found: "one of Foley, \(name), which `fotoplayer foley` plays")
    case .foley: throw VoiceError(path: path, expected: "a voice of Foley", found: "a piano's, \(name)")
    }
  }
}
