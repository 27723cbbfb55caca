// TextEncoderTests: from a caption to its features as transformers makes them, cut where the model ends, kept in a cache.
import Conditioning
import Foundation
import Scratch
import Tensors
import Testing
import Words

@Suite struct TextEncoderTests {
  @Test func `Features of captions are the reference's`() throws {
    let encoder = try TextEncoder(WordsFixture.folder)
    let expected = try SafeTensors(path: WordsFixture.path("expected.safetensors"))
    #expect(encoder.limit == 512 && encoder.width == 24 && expected.names.count > 15)
    for name in expected.names {
      let (text, tokens) = WordsFixture.captions[try #require(Int(name))]
      let found = try encoder.features(of: text)
      let truth = try expected.tensor(name)
      #expect(found.features.shape == truth.shape && found.whole == tokens.count)
      #expect(found.isCut == (tokens.count > 512))
      let largest = truth.array.map(\.magnitude).max()!
      let error = zip(found.features.array, truth.array).map { abs($0 - $1) }.max()!
      #expect(error <= 1e-4 * largest, "\(text.prefix(40)): \(error) of \(largest)")
    }
  }

  @Test func `An empty caption has features too`() throws {
    let found = try TextEncoder(WordsFixture.folder).features(of: "")
    #expect(found.tokens == [1] && found.features.shape == Shape(1, 24) && !found.isCut)
  }

  @Test func `A batch has zeros behind shorter captions, and a mask`() throws {
    let found = try TextEncoder(WordsFixture.folder).features(of: "rain")
    let (features, mask) = found.padded(to: 9)
    let count = found.tokens.count
    #expect(features.shape == Shape(9, 24) && Array(features.array.prefix(count * 24)) == found.features.array)
    #expect(features.array.dropFirst(count * 24).allSatisfy { $0 == 0 })
    #expect(mask.array == (0..<9).map { $0 < count ? 1 : 0 })
  }

  @Test func `What was computed is found again, and is another model's no more`() throws {
    let scratch = try Scratch()
    let cache = FeatureCache(scratch.path + "/cache")
    let fresh = try TextEncoder(WordsFixture.folder).features(of: "a door opens")
    func features(_ folder: String, limit: Int? = nil) throws -> TextFeatures {
      try TextEncoder(folder, cache: cache, limit: limit).features(of: "a door opens")
    }
    for _ in 0..<2 { #expect(try features(WordsFixture.folder).features.array == fresh.features.array) }
    #expect(cache.counts == FeatureCache.Counts(found: 1, made: 1))
    let cut = try features(WordsFixture.folder, limit: 3)
    #expect(cut.isCut && cut.tokens.count == 3 && cut.whole == fresh.tokens.count)
    // Another file of weights; the cache knows what of it is the same.
    let copy = scratch.path + "/copy"
    try FileManager.default.copyItem(atPath: WordsFixture.folder, toPath: copy)
    _ = try features(copy)
    #expect(cache.counts == FeatureCache.Counts(found: 2, made: 2))
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: copy + "/model.safetensors"))
    try file.seek(toOffset: try file.seekToEnd() - 4)
    try file.write(contentsOf: [0, 0, 0, 0])
    try file.close()
    _ = try features(copy)
    #expect(cache.counts == FeatureCache.Counts(found: 2, made: 3))
  }

  @Test func `A folder without a tokenizer, or with another's, is refused`() throws {
    let scratch = try Scratch()
    let copy = scratch.path + "/copy"
    try FileManager.default.copyItem(atPath: WordsFixture.folder, toPath: copy)
    func refusal() -> String {
      (#expect(throws: WeightsError.self) { try TextEncoder(copy) }).map { "\($0)" } ?? "none"
    }
    let rules = URL(fileURLWithPath: copy + "/tokenizer_config.json")
    try Data(#"{"extra_ids": 900}"#.utf8).write(to: rules)
    #expect(refusal().hasPrefix("\(copy)/spiece.model: expected at most 512 tokens, as config.json states, found "))
    try FileManager.default.removeItem(at: rules)
    #expect(try TextEncoder(copy).limit == 512)
    try FileManager.default.removeItem(atPath: copy + "/spiece.model")
    #expect(refusal().hasPrefix("\(copy)/spiece.model: missing. What is needed is a T5"))
  }

  @Test func `Weights that make what is no number are refused`() throws {
    let scratch = try Scratch()
    let copy = scratch.path + "/copy"
    try FileManager.default.copyItem(atPath: WordsFixture.folder, toPath: copy)
    let file = try SafeTensors(path: copy + "/model.safetensors")
    let tensors = try file.names.map { name in
      (
        name,
        name == "encoder.final_layer_norm.weight" ? Tensor(repeating: .infinity, Shape(24)) : try file.tensor(name)
      )
    }
    try SafeTensors.write(tensors, to: copy + "/model.safetensors")
    let error = #expect(throws: WeightsError.self) { try TextEncoder(copy).features(of: "rain") }
    #expect(error?.description.contains("expected features that are finite, found") == true)
  }
}
