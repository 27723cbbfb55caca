// SnapshotKind: what sort of model a folder should hold, and what to say to somebody who has none: which files, of which
// model, from where, into which folder.
import Tensors

/// A sort of model that others trained.
public struct SnapshotKind: Sendable {
  /// In words: "a T5".
  public let name: String
  /// What `model_type` of `config.json` may be.
  public let types: [String]
  /// The files that are needed.
  public let files: [String]
  /// A model of this sort, and how much there is to download.
  public let example: String, size: String
  /// The class of transformers that reads it, for those who have another file format.
  let loader: String

  /// FLAN-T5, T5 1.1 and T5: what a caption says.
  public static let text = SnapshotKind(
    name: "a T5", types: ["t5"], files: ["config.json", "model.safetensors", "spiece.model"],
    example: "google/flan-t5-base", size: "990 MB", loader: "T5EncoderModel")
  /// CLIP with its Vision Transformer: what a picture shows.
  public static let vision = SnapshotKind(
    name: "a CLIP", types: ["clip", "clip_vision_model"],
    files: ["config.json", "model.safetensors", "preprocessor_config.json"], example: "openai/clip-vit-base-patch32",
    size: "605 MB", loader: "CLIPModel")
  public static let all = [text, vision]

  /// Where a model can be had.
  private static let host = "https://huggingface.co/"

  func missing(_ path: String, folder: String) -> WeightsError {
    let list = files.dropLast().joined(separator: ", ") + " and " + files.last!
    return WeightsError(
      """
      \(path): missing. What is needed is \(name): a folder with \(list), such as \(example) (\(size)). Download them from \
      \(Self.host)\(example)/tree/main into \(folder), or: hf download \(example) \(files.joined(separator: " ")) \
      --local-dir \(folder)
      """)
  }

  func missing(shards: [String], of count: Int, folder: String) -> WeightsError {
    WeightsError(
      """
      \(folder): \(shards.joined(separator: ", ")): missing, of \(count) shards that model.safetensors.index.json names. \
      Download the rest from where the others came from into \(folder)
      """)
  }

  func pickled(_ file: String, folder: String) -> WeightsError {
    WeightsError(
      """
      \(folder)/\(file) can run any program when it is read, or is of another system; model.safetensors is needed. \
      Download it from where the other came from, or convert: python3 -c "from transformers import \(loader); \
      \(loader).from_pretrained('\(folder)').save_pretrained('\(folder)')"
      """)
  }

  func wrong(_ found: String?, folder: String) -> WeightsError {
    let other = SnapshotKind.all.first { $0.types.contains(found ?? "") }
    let words = found.map { "the model_type \($0)" + (other.map { ": \($0.name)" } ?? "") } ?? "no model_type"
    return WeightsError(
      """
      \(folder)/config.json: expected \(name) (model_type \(types.joined(separator: " or "))), such as \(example), found \
      \(words)
      """)
  }
}
