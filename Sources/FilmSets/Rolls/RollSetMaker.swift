// RollSetMaker: performances become clips of strips, of films or of whatever else a predictor is to learn from.
// A clip grows in a hidden folder and gets its name when it is whole; the same command goes on where it was stopped.
import Foundation
import Synchronization
import Training

/// Fills the folder of a `RollSet`.
public struct RollSetMaker: Sendable {
  private let folder: URL
  private let recipe: RollSet.Recipe

  public init(folder: URL, recipe: RollSet.Recipe) { (self.folder, self.recipe) = (folder, recipe) }

  /// What came of it.
  public struct Report: Sendable {
    /// Clips that are in the set now, of those asked for.
    public var clips = 0
    /// What is wrong with the others, and what was left out of these.
    public var findings: [Finding] = []
  }

  /// Cuts what lacks of some sets. Clips that cannot be used are reported, and the others made.
  ///
  /// - Parameters:
  ///   - jobs: clips cut at once. The bytes do not depend on it.
  ///   - progress: told how many clips, and parts of clips, are done.
  /// - Throws: `DataError` when the folder holds another set, or cannot be written.
  public func make(_ sets: [any RollSourceSet], jobs: Int, progress: @escaping @Sendable (Double) -> Void) throws
    -> Report
  {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if let found = try RollSet.recipe(in: folder), found != recipe {
      throw DataError("\(folder.path) holds a set of other strips; choose another folder.\n  \(found)\n  \(recipe)")
    }
    try PianoManifest.write(recipe, in: folder)
    let clips = sets.flatMap(\.rollSources.all)
    let state = Mutex((report: Report(), done: 0.0))
    let pool = WorkerPool(threads: min(jobs, max(1, clips.count)))
    pool.run(clips.count) { index in
      let clip = clips[index]
      var shown = 0.0
      func show(_ share: Double) {
        state.withLock { state in
          state.done += share - shown
          progress(state.done)
        }
        shown = share
      }
      do {
        let findings = try cut(clip, progress: show)
        state.withLock { state in
          state.report.clips += 1
          state.report.findings += findings
        }
      } catch {
        let found = error as? Finding ?? .fault(clip.name, "\(error)", "`fotoplayer-train data check` says more")
        state.withLock { $0.report.findings.append(found) }
      }
      show(1)
    }
    pool.close()
    return state.withLock { $0.report }
  }

  private func cut(_ clip: any RollSource, progress: (Double) -> Void) throws -> [Finding] {
    let place = folder.appendingPathComponent(clip.name)
    if let data = FileManager.default.contents(atPath: RollClip.descriptionPath(place)) {
      let found = try? JSONDecoder().decode(RollClip.Description.self, from: data)
      guard found?.films == clip.sizes else {
        throw Finding.fault(
          clip.name, "its films are others than those that it was cut from",
          "remove \(place.path), or choose another folder")
      }
      try clip.complete(place)
      return []
    }
    let growing = folder.appendingPathComponent("." + clip.name)
    try? FileManager.default.removeItem(at: growing)
    try FileManager.default.createDirectory(at: growing, withIntermediateDirectories: true)
    let findings = try clip.cut(recipe, into: growing, progress: progress)
    try clip.complete(growing)
    try FileManager.default.moveItem(at: growing, to: place)
    return findings
  }
}
