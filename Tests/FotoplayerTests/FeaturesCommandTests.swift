// FeaturesCommandTests: captions and films become files of features, and what is missing is said.
import Film
import Foundation
import Pictures
import Tensors
import Testing

@Suite struct FeaturesCommandTests {
  let place = try! Workplace()
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .path
  private static let words = tests + "/WordsTests/Fixtures/flan"
  private static let pictures = tests + "/ConditioningTests/Fixtures/clip-quick"

  private func features(_ arguments: [String]) throws -> Outcome {
    try place.run("fotoplayer-train", ["features"] + arguments)
  }

  @Test func `A caption becomes features, the same from the cache`() throws {
    for output in ["a.safetensors", "b.safetensors"] {
      let outcome = try features(["--text", "rain on a roof", "--encoder", Self.words, "-o", output])
      #expect(outcome.status == 0 && outcome.output.contains("\(output): ") && outcome.errors.isEmpty, "\(outcome)")
    }
    #expect(try place.bytes("a.safetensors") == place.bytes("b.safetensors"))
    let file = try SafeTensors(path: place.path + "/a.safetensors")
    let (rows, mask) = (try file.tensor("features"), try file.tensor("mask"))
    #expect(rows.shape == Shape(mask.shape.count, 24) && mask.array.allSatisfy { $0 == 1 })
    #expect(file.metadata["caption"] == "rain on a roof")
    #expect(FileManager.default.fileExists(atPath: place.path + "/.cache/fotoplayer/features"))
  }

  @Test func `Ten thousand words are cut with a note, none are the end alone`() throws {
    let long = Array(repeating: "rain", count: 10_000).joined(separator: " ")
    let outcome = try features(["--text", long, "--encoder", Self.words, "-o", "x.safetensors", "--no-cache"])
    #expect(outcome.status == 0 && outcome.output.contains("x.safetensors: 512 tokens"), "\(outcome)")
    #expect(outcome.output.contains("tokens; the model reads the first 511 and an end"))
    let empty = try features(["--text", "", "--encoder", Self.words, "-o", "y.safetensors", "--no-cache"])
    #expect(empty.status == 0 && empty.output.contains("y.safetensors: 1 tokens"), "\(empty)")
    #expect(place.files == ["x.safetensors", "y.safetensors"])
  }

  @Test func `A film becomes features with times`() throws {
    let writer = try FilmWriter(place.path + "/clip.mkv", width: 36, height: 24, frameRate: 25, codec: .lossless)
    for shade in 0..<12 {
      try writer.write(Picture(width: 36, height: 24, colours: .rgb, shade: UInt8(shade * 20)))
    }
    try writer.close()
    let outcome = try features(["--video", "clip.mkv", "--encoder", Self.pictures, "-o", "x.safetensors"])
    #expect(outcome.status == 0 && outcome.output.contains("x.safetensors: 12 pictures, 12 numbers each"), "\(outcome)")
    let file = try SafeTensors(path: place.path + "/x.safetensors")
    #expect(try file.tensor("features").shape == Shape(12, 12))
    #expect(zip(try file.tensor("times").array, 0..<12).allSatisfy { abs($0 - Float($1) / 25) < 2e-3 })
  }

  @Test func `What is missing or wrong is said`() throws {
    let missing = try features(["--text", "rain", "--encoder", "none", "-o", "x.safetensors"])
    #expect(missing.status == 1 && missing.errors.contains("none: missing. What is needed is a T5"), "\(missing)")
    try place.filmsOfNothing()
    let wrong = try features(["--video", "wall.mp4", "--encoder", Self.words, "-o", "x.safetensors"])
    #expect(wrong.status == 1 && wrong.errors.contains("expected a CLIP"), "\(wrong)")
    let text = try features(["--video", "text.mp4", "--encoder", Self.pictures, "-o", "x.safetensors"])
    #expect(text.status == 1 && text.errors.contains("text.mp4: expected"), "\(text)")
    let both = try features(
      ["--text", "a", "--video", "wall.mp4", "--encoder", Self.words, "-o", "x.safetensors"])
    #expect(both.status == 64)
    #expect(!place.files.contains("x.safetensors"))
  }

  @Test func `info says what a folder holds`() throws {
    let text = try place.run("fotoplayer", ["info", Self.words])
    #expect(
      text.status == 0 && text.output.contains("a T5, for captions") && text.output.contains("24 wide"), "\(text)")
    let pictures = try place.run("fotoplayer", ["info", Self.pictures])
    #expect(
      pictures.output.contains("a CLIP, for pictures") && pictures.output.contains("16 × 16 points"), "\(pictures)")
    let other = try place.run("fotoplayer", ["info", place.path])
    #expect(other.status == 1 && other.errors.contains("expected a file, or the folder of a T5 or a CLIP"), "\(other)")
  }
}
