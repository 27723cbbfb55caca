// MotionView: what happens in a film, seen without a network: a coarse grid of greys, and how it changes.
// Streams: a picture's row is told when the next picture has come, for what a film will show is known to who plays to it.
import Glibc
import Pictures

/// Of each of 8 × 6 cells, s(x) = sign(x)·ln(1 + |x|/0.01): the grey against the picture's mean, s(Δ) of the mean change since
/// the picture before, s of the mean size of this change, and s of the mean size of the change to the next picture. Of all
/// cells: s of the size of the change since, of the change to come, and by how much each is more than the one before it.
///
/// Greys are 0…1. Changes are brought to pictures of 1/25 s, so that films of other rates look alike. Sizes are of the changes
/// of points, which do not cancel where something passes through a cell.
public struct MotionView: Sendable {
  public static let columns = 8, rows = 6
  /// The pictures that it takes: grey, 96 × 72, whatever shape the film has.
  public static let pictureWidth = 96, pictureHeight = 72
  /// Numbers a picture.
  public static let width = 4 * columns * rows + 4

  /// What features depend on but for the film.
  public static let identity = "motion 1, \(width) wide"

  private static let cells = columns * rows
  /// Points of a cell along a row and along a column.
  private static let across = pictureWidth / columns, down = pictureHeight / rows

  /// What changed between two pictures, per cell and in all.
  private struct Change {
    var mean = [Float](repeating: 0, count: cells), size = [Float](repeating: 0, count: cells)
    var all: Float = 0
  }

  private var last: (time: Double, picture: Picture)?
  private var before = Change(), earlier: Float = 0

  public init() {}

  /// Takes a picture, later than those before it.
  ///
  /// - Returns: the row of the picture before it, nil if there was none.
  public mutating func add(_ time: Double, _ picture: Picture) -> (time: Double, features: [Float])? {
    precondition(
      picture.width == Self.pictureWidth && picture.height == Self.pictureHeight && picture.colours == .grey,
      "a picture \(picture.width) × \(picture.height) with \(picture.channels) channels")
    guard let last else {
      self.last = (time, picture)
      return nil
    }
    let change = Self.change(last.picture, picture, seconds: time - last.time)
    let told = (last.time, row(last.picture, after: change))
    (earlier, before) = (before.all, change)
    self.last = (time, picture)
    return told
  }

  /// The row of the last picture, after which nothing is known to change; nil if there was none. A film may follow anew.
  public mutating func finish() -> (time: Double, features: [Float])? {
    let told = last.map { ($0.time, row($0.picture, after: Change())) }
    self = MotionView()
    return told
  }

  /// A row as it is of the film in a mirror: its cells from right to left.
  public static func mirrored(_ row: ArraySlice<Float>) -> [Float] {
    precondition(row.count == width, "a row of \(row.count) numbers")
    let kinds = row.prefix(4 * cells)
    let cells = stride(from: kinds.startIndex, to: kinds.endIndex, by: columns).flatMap {
      kinds[$0..<$0 + columns].reversed()
    }
    return cells + row.suffix(4)
  }

  private func row(_ picture: Picture, after: Change) -> [Float] {
    var greys = [Float](repeating: 0, count: Self.cells)
    for (index, byte) in picture.bytes.enumerated() { greys[Self.cell(index)] += Float(byte) }
    let whole = Float(255 * Self.across * Self.down)
    let mean = greys.reduce(0, +) / Float(Self.cells)
    let all = [
      Self.scaled(before.all), Self.scaled(after.all), Self.scaled(before.all) - Self.scaled(earlier),
      Self.scaled(after.all) - Self.scaled(before.all),
    ]
    return greys.map { ($0 - mean) / whole * 4 } + before.mean.map(Self.scaled) + before.size.map(Self.scaled)
      + after.size.map(Self.scaled) + all
  }

  private static func change(_ from: Picture, _ to: Picture, seconds: Double) -> Change {
    var change = Change()
    for index in from.bytes.indices {
      let step = Float(to.bytes[index]) - Float(from.bytes[index])
      change.mean[cell(index)] += step
      change.size[cell(index)] += abs(step)
    }
    // Pictures that come very late or at once tell no more than some do.
    let pace = Float(min(max(0.04 / max(seconds, 1e-6), 0.25), 4))
    let scale = pace / Float(255 * across * down)
    for cell in 0..<cells {
      change.mean[cell] *= scale
      change.size[cell] *= scale
      change.all += change.size[cell] / Float(cells)
    }
    return change
  }

  private static func cell(_ point: Int) -> Int {
    point / pictureWidth / down * columns + point % pictureWidth / across
  }

  private static func scaled(_ x: Float) -> Float { (x < 0 ? -1 : 1) * log1pf(abs(x) / 0.01) }
}
