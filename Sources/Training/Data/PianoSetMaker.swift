// PianoSetMaker: composes, plays and stores the pieces of a set, several at once, and goes on where it was stopped.
// A piece enters the manifest when both of its files are whole; what is not in the manifest is made again.
import Foundation
import Synchronization
import Tensors

/// Fills a set's folder.
public struct PianoSetMaker: Sendable {
  private let folder: URL
  private let synthesiser: FluidSynth
  private let recipe: PianoManifest.Recipe
  private let scores: ScoreFolder?

  /// - Parameter scores: those that the recipe names.
  public init(folder: URL, synthesiser: FluidSynth, recipe: PianoManifest.Recipe, scores: ScoreFolder? = nil) {
    precondition(recipe.scores == scores?.identity, "the recipe's scores are others")
    self.folder = folder
    self.scores = scores
    self.synthesiser = synthesiser
    self.recipe = recipe
  }

  /// Makes what lacks of the first `count` pieces.
  ///
  /// - Parameters:
  ///   - jobs: how many are played at once. The bytes do not depend on it.
  ///   - progress: told how many pieces are there, at first and after each.
  /// - Throws: `DataError` when the folder holds another set, or when a piece cannot be made; those that are, stay.
  public func make(pieces count: Int, jobs: Int, progress: @escaping @Sendable (Int) -> Void) throws -> PianoManifest {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let manifest = try found()
    let present = Set(manifest.pieces.map(\.name))
    let missing = (0..<count).filter { !present.contains(name($0)) }
    progress(count - missing.count)
    let state = Mutex((manifest: manifest, done: count - missing.count, fault: (any Error)?.none, saved: Date()))
    let scratch = folder.appendingPathComponent(".scratch")
    try? FileManager.default.removeItem(at: scratch)
    let pool = WorkerPool(threads: jobs)
    pool.run(missing.count) { [self] index in
      guard state.withLock({ $0.fault == nil }) else { return }
      let made = Result { try piece(missing[index], scratch: scratch.appendingPathComponent(String(index))) }
      state.withLock { state in
        do {
          state.manifest.pieces.append(try made.get())
          state.manifest.pieces.sort { $0.name < $1.name }
          state.done += 1
          if state.saved.timeIntervalSinceNow < -5 {
            try state.manifest.write(in: folder)
            state.saved = Date()
          }
        } catch { state.fault = state.fault ?? error }
        progress(state.done)
      }
    }
    pool.close()
    try? FileManager.default.removeItem(at: scratch)
    let (made, _, fault, _) = state.withLock { $0 }
    do { try made.write(in: folder) } catch { throw DataError("\(fault ?? error)\(advice)") }
    if let fault { throw DataError("\(fault)\(advice)") }
    return made
  }

  private var advice: String { "\nWhat is made stays; the same command goes on from there." }

  private func name(_ index: Int) -> String { "piece-" + String(100_000 + index + 1).dropFirst() }

  /// The manifest of the folder, without the pieces whose files are gone.
  private func found() throws -> PianoManifest {
    guard var manifest = try PianoManifest.read(in: folder) else { return PianoManifest(recipe) }
    guard manifest.recipe == recipe else {
      throw DataError("\(folder.path) holds another set; choose another folder.\n  \(manifest.recipe)\n  \(recipe)")
    }
    manifest.pieces.removeAll { entry in
      let path = folder.appendingPathComponent(entry.name).path
      let size = try? FileManager.default.attributesOfItem(atPath: path + ".s16")[.size] as? Int
      return size != 2 * entry.samples || !FileManager.default.fileExists(atPath: path + ".mid")
    }
    return manifest
  }

  private func piece(_ index: Int, scratch: URL) throws -> PianoManifest.Entry {
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let seed = recipe.seed &+ UInt64(index)
    let seconds = recipe.secondsPerPiece
    let score = FluidSynth.exact(
      scores?.performance(seed: seed, seconds: seconds)
        ?? recipe.composer(seed: seed).performance(seconds: seconds))
    let samples = try synthesiser.render(score, seconds: seconds, scratch: scratch)
    let path = folder.appendingPathComponent(name(index)).path
    try FluidSynth.write(score, to: path + ".mid")
    var sound = try FileReplacement(path: path + ".s16")
    try samples.map(\.littleEndian).withUnsafeBytes { bytes in try sound.write(bytes) }
    try sound.commit()
    let peak = samples.reduce(0) { max($0, abs(Int($1))) }
    return PianoManifest.Entry(
      name: name(index), seed: seed, notes: score.notes.count, samples: samples.count, peak: peak)
  }
}
