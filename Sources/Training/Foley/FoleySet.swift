// FoleySet: the clips of a manifest as features, a file a clip, made once. What was made is kept: the same manifest goes on
// where it was stopped, and a clip that is added is all that is made.
import Foundation
import Tensors

public struct FoleySet: Sendable {
  /// A clip with its features.
  struct Entry: Sendable {
    let clip: Clip, path: String
    let frames: Int
  }

  let entries: [Entry]
  /// What the latents are normalised with.
  public let statistics: LatentStatistics
  /// How many clips were shorter than an example and are not learned from.
  public let short: Int

  public var count: Int { entries.count }
  public var clips: [Clip] { entries.map(\.clip) }

  /// - Parameters:
  ///   - folder: of the features; is made.
  ///   - identity: of the encoders. Features of others are made anew.
  ///   - frames: of an example.
  ///   - statistics: those of the set that was learned first; this set's own if nil.
  ///   - make: the features of a clip.
  ///   - progress: hears how many clips are done; what it throws ends the work.
  /// - Throws: what `make` throws, `DataError` where no clip is long enough, or an error with the path of a file.
  public init(
    _ manifest: ClipManifest, folder: String, identity: String, frames: Int, statistics: LatentStatistics? = nil,
    make: (Clip) throws -> ClipFeatures, progress: (Int) throws -> Void = { _ in }
  ) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var entries: [Entry] = []
    var found: ChannelStatistics?
    var short = 0
    for (index, clip) in manifest.clips.enumerated() {
      var digest = FileDigest()
      digest.add(clip.json.text().utf8)
      let path = "\(folder)/\(digest.text).safetensors"
      let kept = try? SafeTensors(path: path)
      if kept?.metadata["identity"] != identity { try make(clip).write(to: path, identity: identity) }
      let features = try ClipFeatures(path)
      if statistics == nil {
        found = found ?? ChannelStatistics(width: features.latents.shape[1])
        found?.add(features.latents)
      }
      if features.latents.shape[0] >= frames {
        entries.append(Entry(clip: clip, path: path, frames: features.latents.shape[0]))
      } else {
        short += 1
      }
      try progress(index + 1)
    }
    guard !entries.isEmpty, let statistics = statistics ?? found?.statistics else {
      throw DataError(
        "\(manifest.folder.path): expected clips of at least \(frames) frames (\(Double(frames) / 75) s), found none")
    }
    (self.entries, self.short, self.statistics) = (entries, short, statistics)
  }

  /// A clip's features, the latents with a mean of 0 and a variance of 1.
  func features(_ index: Int) throws -> ClipFeatures {
    let found = try ClipFeatures(entries[index].path)
    let (mean, deviation) = (statistics.mean, statistics.deviation)
    let width = mean.shape[0]
    guard found.latents.shape == Shape(entries[index].frames, width) else {
      throw DataError("\(entries[index].path): expected \(entries[index].frames) × \(width) latents, found others")
    }
    let z = found.latents
    for i in 0..<z.shape.count { z[i] = (z[i] - mean[i % width]) / deviation[i % width] }
    return found
  }
}
