// RollSetMaker: clips of films become clips of strips: each camera's pictures are cut to the keys, all at the top film's times.
// A clip grows in a hidden folder and gets its name when it is whole; the same command goes on where it was stopped.
import Conditioning
import Film
import Foundation
import Keyboards
import Pictures
import Scenery
import Score
import Synchronization
import Tensors
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
  public func make(_ sets: [FilmSet], jobs: Int, progress: @escaping @Sendable (Double) -> Void) throws -> Report {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    if let found = try RollSet.recipe(in: folder), found != recipe {
      throw DataError("\(folder.path) holds a set of other strips; choose another folder.\n  \(found)\n  \(recipe)")
    }
    try PianoManifest.write(recipe, in: folder)
    let clips = sets.flatMap { set in set.clips.map { (set.folder.lastPathComponent + "-" + $0.name, $0) } }
    let state = Mutex((report: Report(), done: 0.0))
    let pool = WorkerPool(threads: min(jobs, max(1, clips.count)))
    pool.run(clips.count) { index in
      let (name, clip) = clips[index]
      var shown = 0.0
      func show(_ share: Double) {
        state.withLock { state in
          state.done += share - shown
          progress(state.done)
        }
        shown = share
      }
      do {
        let findings = try cut(clip, name, progress: show)
        state.withLock { state in
          state.report.clips += 1
          state.report.findings += findings
        }
      } catch {
        let found = error as? Finding ?? .fault(name, "\(error)", "`fotoplayer-train data check` says more")
        state.withLock { $0.report.findings.append(found) }
      }
      show(1)
    }
    pool.close()
    return state.withLock { $0.report }
  }

  /// One view of a clip.
  private struct Source {
    let view: RollView
    let film: FilmReader
    /// nil of the pedals, which are seen whole.
    let cutter: KeyboardStrip?
    var seen = LastTwo<Picture>()

    /// The picture that is nearest to a time; nil when the film has none.
    mutating func picture(at time: Double) throws -> Picture? {
      while seen.isBehind(time), let next = try film.next() { seen.add(next.time, next.picture) }
      return seen.nearest(to: time)?.value
    }
  }

  private func cut(_ clip: ClipFolder, _ name: String, progress: (Double) -> Void) throws -> [Finding] {
    let place = folder.appendingPathComponent(name)
    let sizes = Self.sizes(clip)
    if let data = FileManager.default.contents(atPath: RollClip.descriptionPath(place)) {
      let found = try? JSONDecoder().decode(RollClip.Description.self, from: data)
      guard found?.films == sizes else {
        throw Finding.fault(
          name, "its films are others than those that it was cut from", "remove \(place.path), or choose another folder"
        )
      }
      return []
    }
    var findings: [Finding] = []
    let said = try clip.clip()
    let sources = try RollView.allCases.compactMap { try source(clip, said, $0, &findings) }
    guard !sources.isEmpty else {
      throw findings.first ?? .fault(name, "no film of it can be used", "a predictor needs top.mp4, or others")
    }
    let growing = folder.appendingPathComponent("." + name)
    try? FileManager.default.removeItem(at: growing)
    try FileManager.default.createDirectory(at: growing, withIntermediateDirectories: true)
    let times = try write(sources, into: growing, progress: progress)
    guard times.count >= RollInput.frames else {
      throw Finding.fault(name, "\(times.count) pictures", "a clip has five at least")
    }
    try RollClip.write(times: times, in: growing)
    // What is seen of keys that only precise.mid tells is about what is heard.
    for (part, others) in [(ClipFolder.Part.coarse, [.precise]), (.precise, []), (.fine, [.precise])]
      as [(ClipFolder.Part, [ClipFolder.Part])]
    {
      let found = ([part] + others).first { clip.score($0) != nil } ?? part
      _ = try clip.read(found)
      try FileManager.default.copyItem(
        at: clip.score(found)!, to: growing.appendingPathComponent(part.rawValue + ".mid"))
    }
    let keys =
      sources[0].view == .top ? try Self.seen(clip, said, sources[0].film) : KeyboardGeometry.full.keys
    let description = RollClip.Description(
      views: sources.map(\.view), frames: times.count, keys: keys, style: said?.style, licence: said?.licence,
      films: sizes)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    var file = try FileReplacement(path: RollClip.descriptionPath(growing))
    try file.write(Array(try encoder.encode(description)))
    try file.commit()
    try FileManager.default.moveItem(at: growing, to: place)
    return findings
  }

  /// The bytes of each film.
  private static func sizes(_ clip: ClipFolder) -> [String: Int] {
    var sizes: [String: Int] = [:]
    for view in FilmView.allCases {
      guard let path = clip.film(view)?.path else { continue }
      sizes[view.rawValue] = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? nil
    }
    return sizes
  }

  /// A view that can be cut; nil where it lacks, or its keys' place is not known.
  private func source(_ clip: ClipFolder, _ said: FilmClip?, _ view: RollView, _ findings: inout [Finding]) throws
    -> Source?
  {
    guard let path = clip.film(FilmView(rawValue: view.rawValue)!)?.path else { return nil }
    guard view.seesKeys else {
      let size = PictureSize.exactly(width: RollInput.pedalColumns, height: RollInput.pedalRows)
      return Source(view: view, film: try FilmReader(path, size: size, colours: .grey), cutter: nil)
    }
    let film = try FilmReader(path, colours: .grey)
    do {
      guard let place = try Self.place(said, view, film) else {
        findings.append(
          .warning(
            "\(clip.name)/\(view.rawValue)", "where its keys lie is not known", "write the corners into clip.json"))
        return nil
      }
      let cutter = try KeyboardStrip(
        place, pictureWidth: film.width, pictureHeight: film.height, width: recipe.columns, height: recipe.rows,
        inFront: recipe.inFront, behind: recipe.behind)
      return Source(view: view, film: film, cutter: cutter)
    } catch let error as KeyboardPlaceError {
      findings.append(.warning("\(clip.name)/\(view.rawValue)", "\(error)", "mend the corners in clip.json"))
      return nil
    }
  }

  /// Where clip.json says that the keys lie, in pictures of the film's size.
  private static func place(_ said: FilmClip?, _ view: RollView, _ film: FilmReader) throws -> KeyboardPlace? {
    guard let known = said?.films?.first(where: { $0.view.rawValue == view.rawValue }) else { return nil }
    let corners = known.corners?.compactMap { $0.flatMap { $0.count == 2 ? SIMD2($0[0], $0[1]) : nil } } ?? []
    guard corners.count == 4 else { return nil }
    let keys = said?.keys ?? [21, 108]
    guard keys.count == 2, keys[0] <= keys[1] else { return nil }
    var bend: Float = 0
    if let lens = known.camera?.camera {
      // k₁ counts distances in focal lengths, a place's bend in halves of the diagonal.
      let half = Float(lens.width * lens.width + lens.height * lens.height).squareRoot() / 2
      bend = max(-0.5, min(lens.k1 * (half / lens.focal) * (half / lens.focal), 0.5))
    }
    let place = try KeyboardPlace(corners: corners, keys: keys[0]...keys[1], bend: bend)
    return try place.scaled(Float(film.width) / Float(max(1, known.width)))
  }

  /// The keys whose fronts are in the top film's pictures.
  private static func seen(_ clip: ClipFolder, _ said: FilmClip?, _ film: FilmReader) throws -> ClosedRange<Int> {
    guard let place = try place(said, .top, film) else { return KeyboardGeometry.full.keys }
    let plane = try KeyboardPlane(place, width: film.width, height: film.height)
    let keys = place.keys.filter { key in
      guard let point = plane.point([KeyboardGeometry.full.centre(key), KeyboardGeometry.isBlack(key) ? 80 : 30]) else {
        return false
      }
      return point.x >= 0 && point.y >= 0 && point.x < Float(film.width) && point.y < Float(film.height)
    }
    guard let first = keys.first, let last = keys.last else {
      throw Finding.fault(clip.name, "no key lies in the pictures from above", "mend the corners in clip.json")
    }
    return first...last
  }

  /// Writes all views' strips at the times of the first one, as long as all of them last.
  private func write(_ sources: [Source], into growing: URL, progress: (Double) -> Void) throws -> [Double] {
    var sources = sources
    let files = try sources.map { source in
      let path = RollClip.path(source.view, in: growing)
      _ = FileManager.default.createFile(atPath: path, contents: nil)
      guard let file = FileHandle(forWritingAtPath: path) else { throw DataError("\(path): cannot write") }
      return file
    }
    defer { for file in files { try? file.close() } }
    let seconds = sources[0].film.information.duration ?? 0
    var times: [Double] = []
    while let (time, picture) = try sources[0].film.next() {
      guard times.last.map({ time > $0 }) ?? true else { continue }
      var cells = [sources[0].cutter?(picture) ?? picture.bytes]
      for index in sources.indices.dropFirst() {
        guard let other = try sources[index].picture(at: time) else { break }
        cells.append(sources[index].cutter?(other) ?? other.bytes)
      }
      guard cells.count == sources.count else { break }
      for (file, bytes) in zip(files, cells) { try file.write(contentsOf: bytes) }
      times.append(time)
      if times.count % 25 == 0, seconds > 0 { progress(min(0.99, time / seconds)) }
    }
    return times
  }
}
