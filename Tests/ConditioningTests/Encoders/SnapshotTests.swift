// SnapshotTests: a folder that lacks something, or that holds something else, is answered with what to download, from which
// model, and where to put it.
import Conditioning
import Foundation
import Scratch
import Tensors
import Testing

@Suite struct SnapshotTests {
  private func refusal(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "none"
    } catch { return "\(error)" }
  }
  private func textRefusal(_ folder: String) -> String { refusal { _ = try T5Snapshot(folder).encoder() } }
  private func visionRefusal(_ folder: String) -> String { refusal { _ = try CLIPSnapshot(folder).encoder() } }

  @Test func `A folder that is not there is answered with what to download`() {
    let said = textRefusal("/nowhere/flan")
    #expect(
      said.hasPrefix("/nowhere/flan: missing. What is needed is a T5: a folder with config.json, model.safetensors"))
    #expect(said.contains("and spiece.model, such as google/flan-t5-base (990 MB)"))
    #expect(said.contains("https://huggingface.co/google/flan-t5-base/tree/main into /nowhere/flan"))
    #expect(said.hasSuffix("spiece.model --local-dir /nowhere/flan"))
    let vision = visionRefusal("/nowhere/clip")
    #expect(vision.contains("openai/clip-vit-base-patch32") && vision.contains("preprocessor_config.json"))
  }

  @Test(arguments: ["config.json", "model.safetensors"]) func `A file that is missing is named`(_ file: String) throws {
    let scratch = try EncoderFixture.copy("t5-gated", without: [file])
    #expect(textRefusal(scratch.path).hasPrefix("\(scratch.path)/\(file): missing. What is needed is a T5"))
  }

  @Test func `Rules for pictures that are missing are named`() throws {
    let scratch = try EncoderFixture.copy("clip-quick", without: ["preprocessor_config.json"])
    #expect(
      visionRefusal(scratch.path).hasPrefix(
        "\(scratch.path)/preprocessor_config.json: missing. What is needed is a CLIP"))
  }

  @Test func `Another model is named`() throws {
    let text = visionRefusal(EncoderFixture.path("t5-gated"))
    #expect(text.contains("config.json: expected a CLIP (model_type clip or clip_vision_model), such as openai/clip"))
    #expect(text.hasSuffix("found the model_type t5: a T5"))
    #expect(textRefusal(EncoderFixture.path("clip-whole")).hasSuffix("found the model_type clip: a CLIP"))
    let scratch = try EncoderFixture.copy("t5-gated")
    try change(scratch.path + "/config.json", "model_type", to: "bert")
    #expect(textRefusal(scratch.path).hasSuffix("found the model_type bert"))
    try change(scratch.path + "/config.json", "model_type", to: nil)
    #expect(textRefusal(scratch.path).hasSuffix("found no model_type"))
    try Data("{".utf8).write(to: URL(fileURLWithPath: scratch.path + "/config.json"))
    #expect(textRefusal(scratch.path).hasPrefix("\(scratch.path)/config.json: not JSON"))
  }

  @Test func `Shards that are missing are named, those of the decoder are not missed`() throws {
    let decoder = try EncoderFixture.copy("t5-sharded", without: ["model-00004-of-00004.safetensors"])
    #expect(textRefusal(decoder.path) == "none")
    let scratch = try EncoderFixture.copy(
      "t5-sharded", without: ["model-00001-of-00004.safetensors", "model-00002-of-00004.safetensors"])
    #expect(
      textRefusal(scratch.path).hasPrefix(
        "\(scratch.path): model-00001-of-00004.safetensors, model-00002-of-00004.safetensors: missing, of 4 shards"))
  }

  @Test(arguments: ["../secret.safetensors", "/etc/passwd", "", ".hidden"]) func `An index names files beside it only`(
    _ shard: String
  ) throws {
    let scratch = try EncoderFixture.copy("t5-sharded")
    try change(
      scratch.path + "/model.safetensors.index.json", "weight_map", to: ["shared.weight": JSON(shard)])
    #expect(textRefusal(scratch.path).contains("shared.weight: expected the name of a file beside it, found"))
  }

  @Test func `An index without a map is refused`() throws {
    let scratch = try EncoderFixture.copy("t5-sharded")
    try change(scratch.path + "/model.safetensors.index.json", "weight_map", to: nil)
    #expect(textRefusal(scratch.path).contains("expected weight_map, the shard of each weight, found none"))
  }

  @Test(arguments: ["pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5"])
  func `Weights in another format are answered with how to convert them`(_ file: String) throws {
    let scratch = try EncoderFixture.copy("t5-gated", without: ["model.safetensors"])
    try Data("x".utf8).write(to: URL(fileURLWithPath: "\(scratch.path)/\(file)"))
    let said = textRefusal(scratch.path)
    #expect(said.hasPrefix("\(scratch.path)/\(file) can run any program"))
    #expect(said.contains("T5EncoderModel.from_pretrained('\(scratch.path)').save_pretrained('\(scratch.path)')"))
  }

  @Test func `Weights that do not fit are named`() throws {
    let scratch = try EncoderFixture.copy("t5-gated")
    try change(scratch.path + "/config.json", "d_ff", to: 25)
    let said = textRefusal(scratch.path)
    #expect(said.hasPrefix("\(scratch.path): ") && said.contains("wi_0.weight: expected [25, 16], found [24, 16]"))
    try change(scratch.path + "/config.json", "d_ff", to: 24)
    try change(scratch.path + "/config.json", "num_layers", to: 4)
    #expect(textRefusal(scratch.path).contains("encoder.block.3.layer.0.SelfAttention.q.weight: missing"))
    try change(scratch.path + "/config.json", "num_layers", to: 2)
    #expect(textRefusal(scratch.path).contains("encoder.block.2.layer.0.SelfAttention.k.weight: unknown"))
    let vision = try EncoderFixture.copy("clip-quick")
    try change(vision.path + "/config.json", "patch_size", to: 8)
    let seen = visionRefusal(vision.path)
    #expect(seen.contains("patch_embedding.weight: expected [16, 3, 8, 8], found [16, 3, 4, 4]"), "\(seen)")
  }

  @Test func `A configuration of far more than the file holds is refused before memory is taken`() throws {
    let scratch = try EncoderFixture.copy("t5-gated")
    try change(scratch.path + "/config.json", "num_layers", to: 256)
    try change(scratch.path + "/config.json", "d_model", to: 16384)
    #expect(textRefusal(scratch.path).contains("config.json: expected a model of the "))
    let vision = try EncoderFixture.copy("clip-quick")
    try change(vision.path + "/config.json", "intermediate_size", to: 131072)
    #expect(visionRefusal(vision.path).contains("config.json: expected a model of the "))
  }

  @Test func `A file that was cut short is refused`() throws {
    let scratch = try EncoderFixture.copy("t5-gated")
    let file = scratch.path + "/model.safetensors"
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: file))
    #expect(textRefusal(scratch.path).hasPrefix(file))
  }

  @Test func `The kind of a folder is told`() throws {
    #expect(Snapshot.kind(of: EncoderFixture.path("t5-relu"))?.name == "a T5")
    #expect(Snapshot.kind(of: EncoderFixture.path("clip-plain"))?.name == "a CLIP")
    #expect(Snapshot.kind(of: "/nowhere") == nil)
    #expect(Snapshot.kind(of: EncoderFixture.path("")) == nil)
  }
}
