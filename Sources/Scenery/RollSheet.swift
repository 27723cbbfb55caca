// RollSheet: a roll as a picture, to be read like a score: lines from the top, time to the right, high keys above. How dark a
// place is says how surely a key was down there; frames are the notes that were read from it; below them stand the pedals.
import Keyboards
import Pictures
import Score

/// What is drawn.
public struct RollSheet {
  public var score: Score
  /// Of each moment, when it was, and 88 probabilities that keys are down, 0…255.
  public var times: [Double] = [], down: [UInt8] = []
  /// Notes to look at.
  public var isDoubtful: (Note) -> Bool = { _ in false }

  public init(_ score: Score) { self.score = score }

  private static let points = 4, margin = 44, foot = 40, head = 14
  /// Points a second at most, points of a line, and lines of a sheet at most.
  private static let scale = 80.0, length = 1600, lines = 80
  private static let ink: Colour = [0.12, 0.2, 0.45], doubt: Colour = [0.9, 0.4, 0], grid: Colour = [0.8, 0.8, 0.82]

  public func draw() -> Canvas {
    let begin = (times.first ?? 0).rounded(.down)
    let end = max(begin + 1, (times.last ?? score.duration).rounded(.up))
    let usual = Double(Self.length) / Self.scale
    let span = end - begin < usual ? end - begin : max(usual, ((end - begin) / Double(Self.lines)).rounded(.up))
    let count = Int(((end - begin) / span).rounded(.up))
    let height = Self.head + 88 * Self.points + Self.foot
    let canvas = Canvas(width: Self.margin + Self.length + 8, height: count * height + 8)
    canvas.clear([1, 1, 1])
    for line in 0..<count {
      let from = begin + Double(line) * span
      Line(
        canvas: canvas, top: Float(line * height + Self.head), from: from, to: min(from + span, end),
        scale: Float(Double(Self.length) / span)
      ).draw(self)
    }
    return canvas
  }

  /// One line of the sheet.
  private struct Line {
    let canvas: Canvas
    let top: Float
    let from: Double, to: Double
    /// Points a second.
    let scale: Float

    func x(_ time: Double) -> Float { Float(RollSheet.margin) + Float(min(max(time, from), to) - from) * scale }
    func y(_ key: Int) -> Float { top + Float((108 - key) * RollSheet.points) }

    func box(_ a: Double, _ b: Double, _ y: Float, _ height: Float, _ colour: Colour, alpha: Float = 1) {
      let (left, right) = (x(a), x(b))
      canvas.fill([[left, y], [right, y], [right, y + height], [left, y + height]], colour, alpha: alpha)
    }

    func draw(_ sheet: RollSheet) {
      let row = Float(RollSheet.points)
      for key in KeyboardGeometry.full.keys where KeyboardGeometry.isBlack(key) {
        box(from, to, y(key), row, [0.955, 0.955, 0.965])
      }
      let step = [1, 2, 5, 10, 30, 60, 300].first { Float($0) * scale > 60 } ?? 600
      for second in stride(from: Int(from.rounded(.up)), through: Int(to), by: 1) where second % step == 0 {
        let place = x(Double(second))
        canvas.fill([[place, top], [place + 1, top], [place + 1, y(20)], [place, y(20)]], RollSheet.grid)
        canvas.text(
          "\(second / 60):" + String("0\(second % 60)".suffix(2)), at: [place + 3, top - 3], size: 10, [0.4, 0.4, 0.4])
      }
      for key in stride(from: 24, through: 108, by: 12) {
        box(from, to, y(key) + row, 1, RollSheet.grid)
        canvas.text("C\(key / 12 - 1)", at: [12, y(key) + row + 2], size: 10, [0.4, 0.4, 0.4])
      }
      shades(sheet, row)
      for note in sheet.score.notes
      where note.end > from && note.start < to && KeyboardGeometry.full.keys ~= Int(note.key) {
        frame(note, sheet.isDoubtful(note) ? RollSheet.doubt : RollSheet.ink, row)
      }
      pedals(sheet.score.pedals)
    }

    private func shades(_ sheet: RollSheet, _ row: Float) {
      let times = sheet.times
      for index in times.indices where times[index] >= from && times[index] < to {
        let next = index + 1 < times.count ? times[index + 1] : times[index] + 0.04
        for key in 0..<88 {
          let shade = sheet.down[88 * index + key]
          guard shade > 12 else { continue }
          box(times[index], min(next, times[index] + 0.2), y(21 + key), row, RollSheet.ink, alpha: Float(shade) / 400)
        }
      }
    }

    private func frame(_ note: Note, _ colour: Colour, _ row: Float) {
      let (top, alpha) = (y(Int(note.key)), 0.35 + 0.65 * Float(note.velocity) / 127)
      if note.start >= from { box(note.start, note.start + Double(2.5 / scale), top, row, colour) }
      box(note.start, note.end, top, 1, colour, alpha: alpha)
      box(note.start, note.end, top + row - 1, 1, colour, alpha: alpha)
    }

    /// How deep each is: bars below the keys.
    private func pedals(_ moves: [Pedal]) {
      for (index, kind) in [Pedal.Kind.sustain, .sostenuto, .soft].enumerated() {
        let own = moves.filter { $0.kind == kind }
        guard !own.isEmpty else { continue }
        let base = y(20) + 12 + Float(index) * 10
        for (move, next) in zip(own, own.dropFirst().map(\.time) + [to])
        where next > from && move.time < to && move.value > 0 {
          let height = 8 * Float(move.value) / 127
          box(move.time, next, base - height, height, [0.2, 0.5, 0.3])
        }
        canvas.text(["ped", "sost", "una c"][index], at: [12, base], size: 9, [0.4, 0.4, 0.4])
      }
    }
  }
}
