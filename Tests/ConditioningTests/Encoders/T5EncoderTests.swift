// T5EncoderTests: the hidden states are those of transformers' T5EncoderModel, gated and not, with several heads, buckets
// and reaches, from one file, from shards and from bfloat16.
import Conditioning
import Tensors
import Testing

@Suite struct T5EncoderTests {
  static let names = ["gated", "relu", "silu", "sharded", "bfloat16"]

  @Test(arguments: names) func `Hidden states are the reference's`(_ name: String) throws {
    let fixture = try EncoderFixture("t5-\(name)")
    let encoder = try T5Snapshot(fixture.folder).encoder()
    for length in [1, 2, 9, 75, 200] {
      let tokens = try fixture.expected.tensor("\(length).ids").array.map { Int($0) }
      let hidden = encoder(tokens)
      #expect(hidden.shape == Shape(length, 16))
      expectClose(hidden.array, try fixture.expected.tensor("\(length).hidden").array, "\(name), \(length) tokens")
    }
  }

  @Test func `A caption among padded ones has the features that it has alone`() throws {
    let fixture = try EncoderFixture("t5-gated")
    let tokens = try fixture.expected.tensor("padded.ids").array.map { Int($0) }
    expectClose(
      try T5Snapshot(fixture.folder).encoder()(tokens).array, try fixture.expected.tensor("padded.hidden").array,
      "padded")
  }

  @Test func `The configuration is read`() throws {
    let c = try T5Snapshot(EncoderFixture.path("t5-relu")).configuration
    #expect((c.vocabulary, c.width, c.layers, c.heads, c.headWidth, c.hidden) == (64, 16, 2, 4, 5, 24))
    #expect(c.activation == .relu && !c.isGated && c.buckets == 16 && c.reach == 40 && c.epsilon == 1e-6)
    let gated = try T5Snapshot(EncoderFixture.path("t5-gated")).configuration
    #expect(gated.isGated && gated.activation == .geluNew && gated.buckets == 32 && gated.reach == 128)
  }

  @Test(
    arguments: [
      ("vocab_size", 0), ("d_model", "wide"), ("num_layers", 1000), ("num_heads", nil), ("d_kv", 0.5), ("d_ff", -1),
      ("relative_attention_num_buckets", 2), ("relative_attention_max_distance", 8), ("layer_norm_epsilon", 2),
      ("feed_forward_proj", "gated-mish"),
    ] as [(String, JSON?)])
  func `What is wrong in a configuration is named`(_ name: String, _ value: JSON?) throws {
    let scratch = try EncoderFixture.copy("t5-gated")
    let file = scratch.path + "/config.json"
    try change(file, name, to: value)
    let error = #expect(throws: WeightsError.self) { try T5Snapshot(scratch.path) }
    let said = try #require(error?.description)
    #expect(said.hasPrefix("\(file): config.\(name): expected ") && said.contains("found"), "\(said)")
  }

  @Test func `Features depend on weights and rules, and on nothing else of a folder`() throws {
    let identity = try T5Snapshot(EncoderFixture.path("t5-gated")).identity()
    let scratch = try EncoderFixture.copy("t5-gated")
    #expect(try T5Snapshot(scratch.path).identity() == identity)
    try change(scratch.path + "/config.json", "dropout_rate", to: 0.5)
    #expect(try T5Snapshot(scratch.path).identity() == identity)
    try change(scratch.path + "/config.json", "layer_norm_epsilon", to: 1e-5)
    #expect(try T5Snapshot(scratch.path).identity() != identity)
    #expect(try T5Snapshot(EncoderFixture.path("t5-sharded")).identity() != identity)
  }
}
