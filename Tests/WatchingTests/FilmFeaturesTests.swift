// FilmFeaturesTests: one feature a picture, with the pictures' own times, at a rate or all of them, found again by the
// film's bytes.
import Conditioning
import Film
import Foundation
import Pictures
import Scratch
import Tensors
import Testing
import Watching

@Suite struct FilmFeaturesTests {
  private let scratch = try! Scratch()
  private static let model = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("ConditioningTests/Fixtures/clip-quick").path

  /// Pictures that differ, as many a second as are asked for.
  private func film(_ name: String, pictures: Int, rate: Int) throws -> String {
    let path = "\(scratch.path)/\(name)"
    let writer = try FilmWriter(path, width: 36, height: 24, frameRate: FrameRate(rate), codec: .lossless)
    for index in 0..<pictures {
      var picture = Picture(width: 36, height: 24, colours: .rgb, shade: UInt8(20 * index % 256))
      for y in 0..<24 { for x in 0..<36 { picture[x, y, 1] = UInt8((x * index + y * 7) % 256) } }
      try writer.write(picture)
    }
    try writer.close()
    return path
  }

  @Test func `Every picture has its feature and its time, whatever is computed together`() throws {
    let path = try film("clip.mkv", pictures: 11, rate: 25)
    let encoder = try ImageEncoder(Self.model)
    let reader = try FilmReader(path)
    var (pictures, times) = ([Picture](), [Double]())
    while let (time, picture) = try reader.next() {
      pictures.append(picture)
      times.append(time)
    }
    let expected = try encoder.features(of: pictures).array
    #expect(pictures.count == 11 && Set(expected).count > 100)
    for batch in [1, 4, 11, 64] {
      let found = try FilmFeatures.of(path, encoder, batch: batch)
      #expect(found.features.shape == Shape(11, 12) && found.features.array == expected)
      #expect(zip(found.times, times).allSatisfy { abs($0 - $1) < 1e-9 } && found.times.count == 11)
    }
  }

  @Test func `At a rate, those pictures are taken that are shown at its ticks`() throws {
    let path = try film("clip.mkv", pictures: 50, rate: 25)
    let encoder = try ImageEncoder(Self.model)
    let all = try FilmFeatures.of(path, encoder)
    for (rate, pictures) in [
      (5.0, Array(stride(from: 0, to: 50, by: 5))), (100, Array(0..<50)), (1, [0, 25]), (0.1, [0]),
    ] {
      let found = try FilmFeatures.of(path, encoder, rate: rate)
      #expect(found.times.map { Int(($0 * 25).rounded()) } == pictures, "\(rate)")
      #expect(found.features.array == pictures.flatMap { all.features.array[$0 * 12..<($0 + 1) * 12] })
    }
  }

  @Test func `A film is known by its bytes, the rate and the model`() throws {
    let path = try film("clip.mkv", pictures: 6, rate: 25)
    let cache = FeatureCache(scratch.path + "/cache")
    let encoder = try ImageEncoder(Self.model)
    let fresh = try FilmFeatures.of(path, encoder, cache: cache)
    let other = scratch.path + "/other.mkv"
    try FileManager.default.copyItem(atPath: path, toPath: other)
    let found = try FilmFeatures.of(other, encoder, cache: cache)
    #expect(found.features.array == fresh.features.array && found.times == fresh.times)
    #expect(cache.counts == FeatureCache.Counts(found: 1, made: 1))
    _ = try FilmFeatures.of(path, encoder, rate: 5, cache: cache)
    _ = try FilmFeatures.of(path, ImageEncoder(Self.model, feature: .pooled), cache: cache)
    _ = try FilmFeatures.of(try film("new.mkv", pictures: 7, rate: 25), encoder, cache: cache)
    #expect(cache.counts == FeatureCache.Counts(found: 1, made: 4))
  }

  @Test func `What is no film is refused, what was stopped is not kept`() throws {
    struct Stopped: Error {}
    let encoder = try ImageEncoder(Self.model)
    let text = scratch.path + "/text.mp4"
    try Data("a text".utf8).write(to: URL(fileURLWithPath: text))
    #expect(throws: FilmError.self) { try FilmFeatures.of(text, encoder) }
    #expect(throws: (any Error).self) {
      try FilmFeatures.of("/nowhere.mp4", encoder, cache: FeatureCache(scratch.path))
    }
    let path = try film("clip.mkv", pictures: 6, rate: 25)
    let cache = FeatureCache(scratch.path + "/cache")
    #expect(throws: Stopped.self) {
      try FilmFeatures.of(path, encoder, cache: cache, batch: 2) { _ in throw Stopped() }
    }
    #expect(cache.counts == FeatureCache.Counts())
  }
}
