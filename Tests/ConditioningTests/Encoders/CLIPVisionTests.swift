// CLIPVisionTests: features of pictures are those of transformers' CLIP, from the bytes on: with all three gelus, several
// patches and heads, with and without a projection, with a text tower beside and alone.
import Conditioning
import Foundation
import Pictures
import Tensors
import Testing

@Suite struct CLIPVisionTests {
  static let names = ["quick", "exact", "tanh", "plain", "whole"]
  private static func keys(_ side: Int) -> [String] { ["64x48", "31x57", "\(side)x\(side)", "9x7"] }

  @Test(arguments: names) func `Features of pictures are the reference's`(_ name: String) throws {
    let fixture = try EncoderFixture("clip-\(name)")
    let model = try CLIPSnapshot(fixture.folder)
    #expect(model.isProjected == (name != "plain"))
    let encoder = try model.encoder()
    for key in Self.keys(model.configuration.imageSize) {
      let pixels = model.preprocessing([picture(try fixture.expected.tensor("\(key).picture"))])
      let (pooled, projected) = encoder(pixels)
      expectClose(pooled.array, try fixture.expected.tensor("\(key).pooled").array, "\(name), \(key), pooled")
      if let projected {
        expectClose(projected.array, try fixture.expected.tensor("\(key).projected").array, "\(name), \(key)")
      }
    }
  }

  @Test(arguments: names) func `Pixels are the reference's`(_ name: String) throws {
    let fixture = try EncoderFixture("clip-\(name)")
    let model = try CLIPSnapshot(fixture.folder)
    let side = model.configuration.imageSize
    for key in Self.keys(side) {
      let pixels = model.preprocessing([picture(try fixture.expected.tensor("\(key).picture"))])
      let expected = try fixture.expected.tensor("\(key).pixels")
      #expect(pixels.shape == Shape(1, side, side, 3) && expected.shape == Shape(3, side, side))
      for at in 0..<side * side {
        for channel in 0..<3 {
          #expect(abs(pixels[at * 3 + channel] - expected[channel * side * side + at]) < 2e-6, "\(name), \(key)")
        }
      }
    }
  }

  @Test func `A picture's feature does not depend on those beside it`() throws {
    let fixture = try EncoderFixture("clip-quick")
    let pictures = try ["64x48", "31x57", "9x7"].map { picture(try fixture.expected.tensor("\($0).picture")) }
    for feature in ImageFeature.allCases {
      let encoder = try ImageEncoder(fixture.folder, feature: feature)
      let together = try encoder.features(of: pictures)
      #expect(together.shape == Shape(3, encoder.width))
      #expect(try pictures.flatMap { try encoder.features(of: [$0]).array } == together.array)
      #expect(try encoder.features(of: []).shape == Shape(0, encoder.width))
    }
  }

  @Test func `A tower without a projection has pooled features alone`() throws {
    #expect(try ImageEncoder(EncoderFixture.path("clip-plain")).feature == .pooled)
    #expect(try ImageEncoder(EncoderFixture.path("clip-quick")).feature == .projected)
    let error = #expect(throws: WeightsError.self) {
      try ImageEncoder(EncoderFixture.path("clip-plain"), feature: .projected)
    }
    #expect(error?.description.contains("expected a CLIP with visual_projection.weight, found none") == true)
  }

  @Test func `The kind of feature and the rules for pictures are part of the identity`() throws {
    let folder = EncoderFixture.path("clip-quick")
    let projected = try ImageEncoder(folder, feature: .projected).identity
    #expect(try ImageEncoder(folder, feature: .pooled).identity != projected)
    let scratch = try EncoderFixture.copy("clip-quick")
    #expect(try ImageEncoder(scratch.path).identity == projected)
    try change(scratch.path + "/preprocessor_config.json", "image_mean", to: [0.5, 0.5, 0.5])
    #expect(try ImageEncoder(scratch.path).identity != projected)
  }

  @Test(
    arguments: [
      ("hidden_size", 15), ("patch_size", 99), ("num_channels", 1), ("hidden_act", "mish"), ("image_size", 0),
      ("num_hidden_layers", "two"), ("layer_norm_eps", -1), ("projection_dim", 0),
    ] as [(String, JSON)])
  func `What is wrong in a configuration is named`(_ name: String, _ value: JSON) throws {
    let scratch = try EncoderFixture.copy("clip-quick")
    let file = scratch.path + "/config.json"
    try change(file, name, to: value)
    let error = #expect(throws: WeightsError.self) { try CLIPSnapshot(scratch.path) }
    let said = try #require(error?.description)
    #expect(said.hasPrefix("\(file): config.\(name): expected ") && said.contains("found"), "\(said)")
  }

  @Test(
    arguments: [
      ("resample", 2), ("size", "large"), ("size", ["shortest_edge": 15]), ("crop_size", ["height": 16, "width": 17]),
      ("do_center_crop", false), ("rescale_factor", 0), ("image_mean", [0.5]), ("image_std", [1, 1, 0]),
      ("do_normalize", "yes"),
    ] as [(String, JSON)])
  func `What is wrong in the rules for pictures is named`(_ name: String, _ value: JSON) throws {
    let scratch = try EncoderFixture.copy("clip-quick")
    let file = scratch.path + "/preprocessor_config.json"
    try change(file, name, to: value)
    let error = #expect(throws: WeightsError.self) { try CLIPSnapshot(scratch.path) }
    let said = try #require(error?.description)
    #expect(said.hasPrefix("\(file): preprocessor.\(name): expected ") && said.contains("found"), "\(said)")
  }

  @Test func `Rules may be older, newer, or left out`() throws {
    let folder = EncoderFixture.path("clip-quick")
    let usual = try CLIPSnapshot(folder).preprocessing
    #expect(usual.size == .shorter(16) && usual.side == 16 && usual.scale == 1 / 255)
    #expect(try ImagePreprocessing(["size": 16, "crop_size": 16], side: 16) == usual)
    let square: JSON = ["size": ["width": 16, "height": 16], "do_center_crop": false]
    #expect(try ImagePreprocessing(square, side: 16).size == .exactly(width: 16, height: 16))
    let bare = try ImagePreprocessing(
      ["do_resize": false, "crop_size": 16, "do_rescale": false, "do_normalize": false], side: 16)
    #expect(bare([Picture(width: 16, height: 16, colours: .grey, shade: 7)]).array.allSatisfy { $0 == 7 })
    // A whole processor's file, of which the pictures are a part.
    let scratch = try EncoderFixture.copy("clip-quick", without: ["preprocessor_config.json"])
    let rules = try JSON(path: folder + "/preprocessor_config.json")
    try JSON.object([JSON.Member("image_processor", rules)]).text()
      .write(toFile: scratch.path + "/processor_config.json", atomically: true, encoding: .utf8)
    #expect(try CLIPSnapshot(scratch.path).preprocessing == usual)
  }
}
