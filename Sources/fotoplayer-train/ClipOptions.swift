// ClipOptions: the clips that a stage learns from, and their features, which are made once.
import ArgumentParser
import Cluster
import Foundation
import Terminal
import Training

struct ClipOptions: ParsableArguments {
  @Option(help: "The clips: a set that `data foley` made, or a list of clips.") var data: String?
  @Option(help: "Clips that are measured on and never learned; by default a tenth of --data, whole keys.") var kept:
    String?
  @Option(help: "Frames an example; 75 are a second.") var frames = 225
  @Option(help: "The folder where clips' features are kept; `features` beside the list of clips by default.")
  var features: String?

  func validate() throws {
    guard 8...4096 ~= frames else { throw ValidationError("--frames \(frames): expected 8…4096") }
  }

  /// What is learned from, and what is kept from learning.
  func sets(
    _ encoders: ClipEncoders, _ options: TrainingOptions, statistics: LatentStatistics? = nil
  ) throws -> (learned: FoleySet, kept: FoleySet?) {
    guard let data else { throw ValidationError("expected --data, a set that `data foley` made, or a list of clips") }
    let whole = try ClipManifest(data)
    let split = whole.holdingOut(share: 0.1)
    // A list of one key, or of few, has nothing to spare.
    let isSplit = kept == nil && !split.learned.clips.isEmpty && !split.kept.clips.isEmpty
    let learned = try set(isSplit ? split.learned : whole, encoders, options, statistics)
    let apart = try kept.map { try ClipManifest($0) } ?? (isSplit ? split.kept : nil)
    return (learned, try apart.map { try set($0, encoders, options, learned.statistics) })
  }

  /// A list's clips as features: rank 0 makes those that lack, the others find them.
  private func set(
    _ manifest: ClipManifest, _ encoders: ClipEncoders, _ options: TrainingOptions, _ statistics: LatentStatistics?
  ) throws -> FoleySet {
    Interruption.listen()
    let folder = features ?? manifest.folder.appendingPathComponent("features").path
    return try options.inTurn {
      var bar = ProgressBar(total: manifest.clips.count, unit: "clips read")
      let set = try FoleySet(
        manifest, folder: folder, identity: encoders.identity, frames: frames, statistics: statistics
      ) {
        try encoders.features(of: $0, in: manifest)
      } progress: { done in
        if let signal = Interruption.signal {
          bar.finish()
          throw ExitCode(128 + signal)
        }
        bar.show(done)
      }
      bar.finish()
      if set.short > 0, Launch.isFirst {
        print("note: \(set.short) clips are shorter than --frames \(frames), and are not learned from")
      }
      return set
    }
  }
}
