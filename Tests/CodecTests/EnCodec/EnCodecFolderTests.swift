// EnCodecFolderTests: what is missing, wrong or foreign in a folder, a configuration or a file of codes is said in words.
import Codec
import Foundation
import Tensors
import Testing

@Suite struct EnCodecFolderTests {
  private let folder = NSTemporaryDirectory() + "fotoplayer-encodec-" + UUID().uuidString

  private func withFolder(_ body: () throws -> Void) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body()
  }

  private func copy(_ file: String) throws {
    try FileManager.default.copyItem(
      atPath: EnCodecFixture.folder("causal") + "/" + file, toPath: folder + "/" + file)
  }

  private func refusal() -> String {
    do {
      _ = try EnCodec.open(folder)
      return "none"
    } catch { return error.description }
  }

  @Test func `What a folder lacks is said, and where it comes from`() throws {
    #expect(refusal().hasPrefix("\(folder)/config.json: missing") && refusal().contains("facebook/encodec_24khz"))
    try withFolder {
      try copy("config.json")
      #expect(refusal().hasPrefix("\(folder)/model.safetensors: missing"))
      try Data([0x80]).write(to: URL(fileURLWithPath: folder + "/pytorch_model.bin"))
      #expect(refusal().contains("pytorch_model.bin is a Python pickle"))
      #expect(refusal().contains("EncodecModel.from_pretrained('\(folder)').save_pretrained('\(folder)')"))
    }
  }

  @Test func `Weights that do not fit the configuration are named`() throws {
    try withFolder {
      try FileManager.default.copyItem(
        atPath: EnCodecFixture.folder("identity") + "/config.json", toPath: folder + "/config.json")
      try copy("model.safetensors")
      let said = refusal()
      #expect(said.hasPrefix("\(folder)/model.safetensors: ") && said.contains("expected [4, 1, 4], found [2, 1, 7]"))
    }
  }

  private static let good: JSON = EnCodecConfiguration().json

  private static func with(_ name: String, _ value: JSON?) -> JSON {
    .object(
      good.members!.filter { $0.name != name } + (value.map { [JSON.Member(name, $0)] } ?? []))
  }

  @Test func `A configuration comes back from its own words`() throws {
    #expect(try EnCodecConfiguration(Self.good) == EnCodecConfiguration())
    for name in EnCodecFixture.names {
      let c = try EnCodec.configuration(in: EnCodecFixture.folder(name))
      #expect(try EnCodecConfiguration(c.json) == c)
      #expect(try LatentCodec(LatentCodec.encodec(c).json) == .encodec(c))
    }
    #expect(EnCodecConfiguration().codebooks == 32 && EnCodecConfiguration().hop == 320)
    #expect(EnCodecConfiguration().codebooks(bandwidth: 6) == 8)
  }

  @Test func `A key from after older files may be missing, no other`() throws {
    for member in Self.good.members! where !["chunk_length_s", "overlap", "codebook_dim"].contains(member.name) {
      let json = Self.with(member.name, nil)
      if member.name == "use_conv_shortcut" {
        #expect(try EnCodecConfiguration(json).hasConvolutionalShortcut)
      } else {
        #expect {
          _ = try EnCodecConfiguration(json)
        } throws: {
          "\($0)".hasPrefix("config.\(member.name): expected") && "\($0)".hasSuffix("found nothing")
        }
      }
    }
  }

  @Test(
    arguments: [
      ("model_type", "mimi"), ("norm_type", "layer_norm"), ("pad_mode", "circular"), ("codebook_size", 1000),
      ("codebook_dim", 64), ("upsampling_ratios", []), ("upsampling_ratios", [2.5]), ("num_filters", 8192),
      ("target_bandwidths", [6.0, 3.0]), ("sampling_rate", "fast"), ("use_causal_conv", 1), ("chunk_length_s", "x"),
      ("dilation_growth_rate", 17), ("audio_channels", 6), ("trim_right_ratio", 2),
    ] as [(String, JSON)])
  func `What is wrong in a configuration is named`(_ name: String, _ value: JSON) {
    #expect {
      _ = try EnCodecConfiguration(Self.with(name, value))
    } throws: {
      "\($0)".hasPrefix("config.\(name): expected") && "\($0)".contains("found")
    }
  }

  @Test func `A kind that nobody knows is refused, none is the first`() throws {
    #expect(try LatentCodec(CodecConfiguration().json) == .frame(CodecConfiguration()))
    #expect(try LatentCodec(LatentCodec.frame(CodecConfiguration()).json) == .frame(CodecConfiguration()))
    let refused = #expect(throws: ConfigurationError.self) { try LatentCodec(["kind": "tape"]) }
    #expect(refused?.description == #"codec.kind: expected "frame" or "encodec", found "tape""#)
  }

  @Test(arguments: ["causal", "stereo"]) func `Codes come back from their file`(_ name: String) throws {
    try withFolder {
      let fixture = try EnCodecFixture(name)
      let path = folder + "/sound.codes"
      for length in [1, 97, 501] {
        let codes = try fixture.codec.encode(
          try fixture.channels("\(length).x"), bandwidth: fixture.codec.configuration.bandwidths[1])
        try codes.write(to: path, codec: fixture.codec)
        #expect(try EnCodecCodes(path: path, codec: fixture.codec) == codes)
      }
      let other = try EnCodecFixture("acausal").codec
      let foreign = #expect(throws: WeightsError.self) { try EnCodecCodes(path: path, codec: other) }
      #expect(
        foreign?.description
          == "\(path): codec: expected codes of the codec \(other.identity), found \(fixture.codec.identity)")
    }
  }

  @Test func `Codes that are none are refused`() throws {
    try withFolder {
      let codec = try EnCodecFixture("causal").codec
      let path = folder + "/sound.codes"
      func refusal(_ changes: [String: String], _ codes: Tensor = Tensor(zeros: Shape(1, 1, 2))) throws -> String {
        let metadata = [
          "format": "fotoplayer codes 1", "codec": codec.identity, "sampling_rate": "24000", "audio_channels": "1",
          "bandwidth": "4.0", "samples": "48",
        ].merging(changes) { $1 }
        try SafeTensors.write([("codes", codes)], metadata: metadata, type: .uint16, to: path)
        do {
          _ = try EnCodecCodes(path: path, codec: codec)
          return "none"
        } catch { return error.description }
      }
      #expect(try refusal([:]) == "none")
      #expect(try refusal(["format": "something"]).contains("format: expected fotoplayer codes 1, found something"))
      #expect(try refusal(["samples": "49"]).contains("codes: expected [1, 1, 3], found [1, 1, 2]"))
      #expect(try refusal(["samples": "999999999999"]).contains("codes: expected"))
      #expect(try refusal(["samples": "-1"]).contains("samples: expected"))
      #expect(try refusal(["bandwidth": "5.0"]).contains("bandwidth: expected one of [4.0, 16.0, 24.0], found 5.0"))
      #expect(try refusal([:], Tensor(repeating: 16, Shape(1, 1, 2))).contains("codes below 16, found 16.0"))
    }
  }
}
