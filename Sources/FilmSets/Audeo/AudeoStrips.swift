// AudeoStrips: pictures that Audeo's users have cut become strips. The edges of a picture are those of the keyboard.
import Conditioning
import Film
import Foundation
import Keyboards
import Score
import Tensors
import Training

extension AudeoFilm {
  func cut(_ recipe: RollSet.Recipe, into folder: URL, progress: (Double) -> Void) throws -> [Finding] {
    let labels = try self.labels()
    var findings: [Finding] = []
    let known = frames.filter { labels.frames[$0.number] != nil }
    if known.count < frames.count {
      findings.append(
        .warning(name, "\(frames.count - known.count) of \(frames.count) pictures have no label", "they are left out"))
    }
    guard let first = known.first, let last = known.last, last.number - first.number <= Self.longest else {
      throw Finding.fault(
        name, known.isEmpty ? "no picture has a label" : "its pictures' numbers are days apart",
        "pictures and labels are counted alike, 25 a second")
    }
    var writer = try RollClipWriter(folder, [.top])
    var cutter: (width: Int, height: Int, strip: KeyboardStrip)?
    for (index, frame) in known.enumerated() {
      let film = try FilmReader(frame.path, colours: .grey)
      guard let (_, picture) = try film.next() else { throw DataError("\(frame.path): it holds no picture") }
      if cutter?.width != picture.width || cutter?.height != picture.height {
        cutter = (picture.width, picture.height, try Self.cutter(recipe, picture.width, picture.height))
      }
      try writer.add([cutter!.strip(picture)], at: Double(frame.number - first.number) / AudeoLabels.rate)
      if index % 25 == 0 { progress(0.99 * Double(index) / Double(known.count)) }
    }
    let score = labels.score(known.map(\.number), times: writer.times)
    for part in ClipFolder.Part.allCases {
      try FluidSynth.write(score, to: folder.appendingPathComponent(part.rawValue + ".mid").path)
    }
    try writer.finish(name) { count in
      var description = RollClip.Description(
        views: [.top], frames: count, keys: KeyboardGeometry.full.keys, style: nil, licence: nil, films: sizes)
      description.tellsVelocities = labels.tellsVelocities
      return description
    }
    return findings
  }

  /// Frames of a day.
  private static let longest = 25 * 86400

  /// Of pictures whose edges are the keys'.
  private static func cutter(_ recipe: RollSet.Recipe, _ width: Int, _ height: Int) throws -> KeyboardStrip {
    let (right, bottom) = (Float(width), Float(height))
    return try KeyboardStrip(
      KeyboardPlace(corners: [[0, bottom], [right, bottom], [right, 0], [0, 0]]), pictureWidth: width,
      pictureHeight: height, width: recipe.columns, height: recipe.rows, inFront: recipe.inFront, behind: recipe.behind)
  }
}
