// DrawnStrips: a set of strips without films: keys are grey bars, and white while they are down. Small enough for a test.
import Conditioning
import Foundation
import Score
import Training

/// Makes clips of strips.
struct DrawnStrips {
  static let strip = StripGeometry(rows: 16, pitch: 4)
  let folder: URL
  private let recipe: RollSet.Recipe

  init(
    _ path: String, clips: Int = 3, frames: Int = 40, views: [RollView] = [.top, .front, .pedal],
    recipe: RollSet.Recipe = RollSet.Recipe(strip)
  ) throws {
    self.recipe = recipe
    folder = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try JSONEncoder().encode(recipe).write(to: folder.appendingPathComponent("manifest.json"))
    for clip in 0..<clips { try add("clip-\(clip)", number: clip, frames: frames, views: views) }
  }

  /// Of each clip: one key of its own from 0.2 to 0.6 s, another from 0.8 s, the pedal from 0.5 to 1 s.
  static func score(_ number: Int) -> Score {
    let key = UInt8(40 + 5 * number)
    return Score(
      notes: [
        Note(key: key, velocity: UInt8(40 + 20 * number), start: 0.21, end: 0.6),
        Note(key: key + 12, velocity: 90, start: 0.8, end: 1.4),
      ],
      pedals: [(127, 0.5), (0, 1)].map { Pedal(kind: .sustain, value: $0, time: $1) })
  }

  private func add(_ name: String, number: Int, frames: Int, views: [RollView]) throws {
    let place = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let times = (0..<frames).map { Double($0) / 25 }
    let score = Self.score(number)
    for view in views {
      var bytes: [UInt8] = []
      for time in times { bytes += view.seesKeys ? keys(score, time) : feet(score, time) }
      try Data(bytes).write(to: URL(fileURLWithPath: RollClip.path(view, in: place)))
    }
    try RollClip.write(times: times, in: place)
    // Over each clip's own key a finger hangs 30 mm high, and comes down in a second.
    let heights = times.flatMap { time in
      (21..<109).map { $0 == Int(score.notes[0].key) ? Float(max(0, 30 - 30 * time)) : .nan }
    }
    try FingerHeights.write(heights, in: place)
    for part in ["coarse", "precise", "fine"] {
      try Data(score.midi()).write(to: place.appendingPathComponent(part + ".mid"))
    }
    let description = RollClip.Description(
      views: views, frames: frames, keys: 21...108, style: "drawn", licence: "none", films: [:])
    try JSONEncoder().encode(description).write(to: URL(fileURLWithPath: RollClip.descriptionPath(place)))
  }

  private func keys(_ score: Score, _ time: Double) -> [UInt8] {
    let (rows, columns) = (recipe.rows, recipe.columns)
    var line = [UInt8](repeating: 60, count: columns)
    for note in score.notes where note.start <= time && time < note.end {
      let middle = Int(StripGeometry.centre(Int(note.key) - 21) * Float(columns) / Float(StripGeometry.whites))
      for column in max(0, middle - 1)...min(columns - 1, middle + 1) { line[column] = 250 }
    }
    return (0..<rows).flatMap { _ in line }
  }

  private func feet(_ score: Score, _ time: Double) -> [UInt8] {
    let isDown = time >= score.pedals[0].time && time < score.pedals[1].time
    return (0..<RollInput.pedalRows).flatMap { row in
      [UInt8](repeating: isDown == (row < 32) ? 200 : 50, count: RollInput.pedalColumns)
    }
  }

  /// A network for them.
  static func network(_ step: Int = 3) -> StripConfiguration {
    var c = StripConfiguration.step(step)
    (c.strip, c.stem, c.width, c.depth, c.taps) = (strip, [8, 8, 8], 16, 1, 3)
    if step > 1 { c.views = [.top, .front] }
    return c
  }
}
