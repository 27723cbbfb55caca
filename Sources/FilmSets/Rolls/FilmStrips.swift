// FilmStrips: films of one performance become strips: each camera's pictures are cut to the keys, all at the top film's times.
import Conditioning
import Film
import Foundation
import Keyboards
import Pictures
import Scenery
import Score
import Training

extension FilmSet: RollSourceSet {
  public var rollSources: RollSources {
    RollSources(all: clips.map { FilmStrips(name: folder.lastPathComponent + "-" + $0.name, clip: $0) })
  }
}

/// A filmed performance to be cut.
struct FilmStrips: RollSource {
  let name: String
  let clip: ClipFolder

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

  func cut(_ recipe: RollSet.Recipe, into folder: URL, progress: (Double) -> Void) throws -> [Finding] {
    var findings: [Finding] = []
    let said = try clip.clip()
    let sources = try RollView.allCases.compactMap { try source(recipe, said, $0, &findings) }
    guard !sources.isEmpty else {
      throw findings.first ?? .fault(name, "no film of it can be used", "a predictor needs top.mp4, or others")
    }
    var writer = try RollClipWriter(folder, sources.map(\.view))
    try write(sources, &writer, progress: progress)
    // What is seen of keys that only precise.mid tells is about what is heard.
    for (part, others) in [(ClipFolder.Part.coarse, [.precise]), (.precise, []), (.fine, [.precise])]
      as [(ClipFolder.Part, [ClipFolder.Part])]
    {
      let found = ([part] + others).first { clip.score($0) != nil } ?? part
      _ = try clip.read(found)
      try FileManager.default.copyItem(
        at: clip.score(found)!, to: folder.appendingPathComponent(part.rawValue + ".mid"))
    }
    let keys =
      sources[0].view == .top ? try Self.seen(clip, said, sources[0].film) : KeyboardGeometry.full.keys
    try writer.finish(name) { frames in
      RollClip.Description(
        views: sources.map(\.view), frames: frames, keys: keys, style: said?.style, licence: said?.licence,
        films: sizes)
    }
    return findings
  }

  /// How high fingers hang, at the times of the strips.
  func complete(_ folder: URL) throws {
    guard try FingerHeights(in: folder) == nil, let known = try FingerHeights(in: clip.folder),
      let rate = try clip.clip()?.framesPerSecond
    else { return }
    let nowhere = [Float](repeating: .nan, count: StripGeometry.keys)
    let heights = try RollClip.times(in: folder).flatMap { time in
      let picture = Int((time * rate).rounded())
      return 0..<known.count ~= picture ? Array(known[picture]) : nowhere
    }
    try FingerHeights.write(heights, in: folder)
  }

  /// The bytes of each film.
  var sizes: [String: Int] {
    var sizes: [String: Int] = [:]
    for view in FilmView.allCases {
      guard let path = clip.film(view)?.path else { continue }
      sizes[view.rawValue] = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? nil
    }
    return sizes
  }

  /// A view that can be cut; nil where it lacks, or its keys' place is not known.
  private func source(
    _ recipe: RollSet.Recipe, _ said: FilmClip?, _ view: RollView, _ findings: inout [Finding]
  ) throws -> Source? {
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
  private func write(_ sources: [Source], _ writer: inout RollClipWriter, progress: (Double) -> Void) throws {
    var sources = sources
    let seconds = sources[0].film.information.duration ?? 0
    while let (time, picture) = try sources[0].film.next() {
      guard writer.times.last.map({ time > $0 }) ?? true else { continue }
      var cells = [sources[0].cutter?(picture) ?? picture.bytes]
      for index in sources.indices.dropFirst() {
        guard let other = try sources[index].picture(at: time) else { break }
        cells.append(sources[index].cutter?(other) ?? other.bytes)
      }
      guard cells.count == sources.count else { break }
      try writer.add(cells, at: time)
      if writer.times.count % 25 == 0, seconds > 0 { progress(min(0.99, time / seconds)) }
    }
  }
}
