// FilmSetMaker: fills a folder with filmed performances, several films at once, and goes on where it was stopped.
// A clip grows in a hidden folder and gets its name when it is whole; films that are whole stay when the work is stopped.
import Film
import Foundation
import Media
import Scenery
import Synchronization
import Tensors
import Training

/// Makes a film set.
public struct FilmSetMaker: Sendable {
  private let set: SetFolder
  private let synthesiser: FluidSynth
  private let recipe: FilmRecipe
  private let scores: ScoreFolder?

  /// - Parameter scores: those that the recipe names.
  public init(folder: URL, synthesiser: FluidSynth, recipe: FilmRecipe, scores: ScoreFolder? = nil) {
    precondition(recipe.scores == scores?.identity, "the recipe's scores are others")
    set = SetFolder(folder: folder)
    (self.synthesiser, self.recipe, self.scores) = (synthesiser, recipe, scores)
  }

  /// One piece of work: a film of a clip, or its sound.
  private struct Task {
    let clip: Int
    let view: FilmView?
  }

  /// Makes what lacks of the first `count` clips.
  ///
  /// - Parameters:
  ///   - jobs: how many films are made at once. The bytes do not depend on it.
  ///   - progress: told how many of how many films are there, at first and now and then.
  /// - Throws: `DataError` when the folder holds another set, or when a file cannot be made; those that are, stay.
  public func make(clips count: Int, jobs: Int, progress: @escaping @Sendable (Double, Int) -> Void) throws {
    try set.begin(recipe)
    let missing = (0..<count).filter { !set.isWhole($0) }
    // Clips that were made before heights were told.
    for index in 0..<count where set.isWhole(index) && ClipFolder(set.place(index)).heights == nil {
      try heights(ClipPlan(recipe, index: index, scores: scores), in: set.place(index))
    }
    let parts: [FilmView?] = [nil] + recipe.views
    let tasks = missing.flatMap { clip in parts.map { Task(clip: clip, view: $0) } }
    for clip in missing { try tidy(clip) }
    let total = count * recipe.views.count
    let state = Mutex(
      (done: Double((count - missing.count) * recipe.views.count), left: [Int: Int](), fault: (any Error)?.none))
    state.withLock { state in
      for clip in missing { state.left[clip] = parts.count }
      progress(state.done, total)
    }
    let pool = WorkerPool(threads: jobs)
    pool.run(tasks.count) { [self] index in
      let task = tasks[index]
      guard state.withLock({ $0.fault == nil }) else { return }
      let made = Result {
        try make(task) { share in
          state.withLock { state in
            state.done += share
            progress(state.done, total)
          }
        }
      }
      state.withLock { state in
        do {
          try made.get()
          state.left[task.clip]! -= 1
          if state.left[task.clip] == 0 { try complete(task.clip) }
        } catch { state.fault = state.fault ?? error }
      }
    }
    pool.close()
    if let fault = state.withLock({ $0.fault }) {
      throw DataError("\(fault)\nWhat is made stays; the same command goes on from there.")
    }
  }

  /// A picture of every view from the middle of each clip, to see what films would look like.
  public func stills(clips count: Int, progress: (Int) -> Void) throws {
    for index in 0..<count {
      let plan = ClipPlan(recipe, index: index, scores: scores)
      let still = set.place(index)
      try FileManager.default.createDirectory(at: still, withIntermediateDirectories: true)
      for view in recipe.views {
        let path = still.appendingPathComponent(view.rawValue + ".png").path
        guard Canvas(plan.filming(view).frame(recipe.frames / 2)).write(png: path) else {
          throw DataError("\(path): cannot write")
        }
      }
      progress(index + 1)
    }
  }

  /// What a stopped run left that is not whole goes.
  private func tidy(_ index: Int) throws {
    let whole = Set(recipe.views.map { $0.rawValue + ".mp4" } + ["audio.wav"])
    let names = (try? FileManager.default.contentsOfDirectory(atPath: set.growing(index).path)) ?? []
    for name in names where !whole.contains(name) {
      try FileManager.default.removeItem(at: set.growing(index).appendingPathComponent(name))
    }
    try FileManager.default.createDirectory(at: set.growing(index), withIntermediateDirectories: true)
  }

  private func make(_ task: Task, progress: (Double) -> Void) throws {
    guard let view = task.view else { return try sound(task.clip) }
    let path = set.growing(task.clip).appendingPathComponent(view.rawValue + ".mp4").path
    guard !FileManager.default.fileExists(atPath: path) else { return progress(1) }
    let filming = ClipPlan(recipe, index: task.clip, scores: scores).filming(view)
    let film = try FilmWriter(
      path, width: recipe.rig.width, height: recipe.rig.height, frameRate: FrameRate(recipe.framesPerSecond),
      quality: recipe.quality)
    let step = 25
    for frame in 0..<recipe.frames {
      try film.write(filming.frame(frame))
      if frame % step == step - 1 { progress(Double(step) / Double(recipe.frames)) }
    }
    try film.close()
    progress(Double(recipe.frames % step) / Double(recipe.frames))
  }

  private func sound(_ index: Int) throws {
    let path = set.growing(index).appendingPathComponent("audio.wav").path
    guard !FileManager.default.fileExists(atPath: path) else { return }
    let scratch = set.growing(index).appendingPathComponent("scratch")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    let plan = ClipPlan(recipe, index: index, scores: scores)
    let samples = try synthesiser.render(plan.score, seconds: recipe.seconds, scratch: scratch)
    try FileManager.default.removeItem(at: scratch)
    try AudioFileWriter.write(samples.map { Float($0) / 32768 }, to: path, sampleRate: FluidSynth.sampleRate)
  }

  /// Scores and description, and the clip's name.
  private func complete(_ index: Int) throws {
    let plan = ClipPlan(recipe, index: index, scores: scores)
    for part in ClipFolder.Part.allCases {
      try FluidSynth.write(
        plan.score(part), to: set.growing(index).appendingPathComponent(part.rawValue + ".mid").path)
    }
    try plan.clip.write(in: set.growing(index))
    try heights(plan, in: set.growing(index))
    try set.complete(index)
  }

  /// Where fingers hang, picture by picture.
  private func heights(_ plan: ClipPlan, in folder: URL) throws {
    let rate = Double(recipe.framesPerSecond)
    let found = (0..<recipe.frames).flatMap {
      plan.choreography.moment(at: Double($0) / rate).fingerHeights(over: plan.choreography.geometry)
    }
    try FingerHeights.write(found, in: folder)
  }
}
