// FoleySetMaker: fills a folder with clips of Foley, several at once, and goes on where it was stopped; writes clips.jsonl.
import Causes
import Film
import Foundation
import Media
import Scenery
import Synchronization
import Training

/// Makes a Foley set.
public struct FoleySetMaker: Sendable {
  private let set: SetFolder
  private let recipe: FoleyRecipe
  private let library: EffectLibrary

  /// - Parameter library: that which the recipe names.
  public init(folder: URL, recipe: FoleyRecipe, library: EffectLibrary) {
    precondition(recipe.packages == library.packages, "the recipe's recordings are others")
    set = SetFolder(folder: folder)
    (self.recipe, self.library) = (recipe, library)
  }

  /// Makes what lacks of the first `count` clips.
  ///
  /// - Parameters:
  ///   - jobs: clips made at once. The bytes do not depend on it.
  ///   - progress: told how many clips are there, at first and after each.
  /// - Returns: the set's manifest, as it was written.
  /// - Throws: `DataError` when the folder holds another set, or when a file cannot be made; clips that are whole stay.
  public func make(clips count: Int, jobs: Int, progress: @escaping @Sendable (Int) -> Void) throws -> ClipManifest {
    try set.begin(recipe)
    let missing = (0..<count).filter { !set.isWhole($0) }
    let state = Mutex((done: count - missing.count, fault: (any Error)?.none))
    progress(count - missing.count)
    let pool = WorkerPool(threads: min(jobs, max(1, missing.count)))
    pool.run(missing.count) { [self] index in
      guard state.withLock({ $0.fault == nil }) else { return }
      let made = Result { try make(missing[index]) }
      state.withLock { state in
        do {
          try made.get()
          state.done += 1
          progress(state.done)
        } catch { state.fault = state.fault ?? error }
      }
    }
    pool.close()
    if let fault = state.withLock({ $0.fault }) {
      throw DataError("\(fault)\nWhat is made stays; the same command goes on from there.")
    }
    return try list()
  }

  /// A picture from the first event of each clip that is filmed, to see what films would look like.
  ///
  /// - Returns: how many there are.
  public func stills(clips count: Int, progress: (Int) -> Void) throws -> Int {
    try FileManager.default.createDirectory(at: set.folder, withIntermediateDirectories: true)
    var written = 0
    for index in 0..<count {
      let plan = FoleyPlan(recipe, index: index, library: library)
      progress(index + 1)
      guard let cause = plan.cause else { continue }
      let film = CauseFilm(cause, framesPerSecond: Double(recipe.framesPerSecond))
      let moment = plan.events.first?.time ?? plan.seconds / 2
      let path = set.place(index).path + ".png"
      guard Canvas(film.frame(Int(moment * film.framesPerSecond))).write(png: path) else {
        throw DataError("\(path): cannot write")
      }
      written += 1
    }
    return written
  }

  private func make(_ index: Int) throws {
    let folder = set.growing(index)
    // What a stopped run left of it.
    try? FileManager.default.removeItem(at: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let plan = FoleyPlan(recipe, index: index, library: library)
    try AudioFileWriter.write(
      plan.sound(), to: folder.appendingPathComponent("audio.wav").path, sampleRate: Causes.sampleRate)
    if let cause = plan.cause {
      let pictures = CauseFilm(cause, framesPerSecond: Double(recipe.framesPerSecond))
      let film = try FilmWriter(
        folder.appendingPathComponent("video.mp4").path, width: pictures.width, height: pictures.height,
        frameRate: FrameRate(recipe.framesPerSecond), codec: plan.codec, quality: .constant(plan.quality))
      for frame in 0..<plan.frames { try film.write(pictures.frame(frame)) }
      try film.close()
    }
    try FoleyClip(plan).write(in: folder)
    try set.complete(index)
  }

  /// Lists all clips that are whole.
  private func list() throws -> ClipManifest {
    let names = try FileManager.default.contentsOfDirectory(atPath: set.folder.path).filter { $0.hasPrefix("clip-") }
    let clips = try names.sorted().map { name in
      try FoleyClip(in: set.folder.appendingPathComponent(name)).line(name: name)
    }
    let manifest = ClipManifest(folder: set.folder, clips: clips)
    try manifest.write(to: set.folder.appendingPathComponent(ClipManifest.name).path)
    return manifest
  }
}
