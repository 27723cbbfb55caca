// KeyMotion: how deep one key stands at any time: it falls as fast as it is struck, and rises by its own weight.
import Glibc

/// One going down and coming up. Seconds.
public struct KeyStroke: Sendable, Equatable {
  /// The key begins to sink; it is at the bottom, where the hammer strikes; it begins to rise; it rests again.
  public var begin: Double, bottom: Double, release: Double, rest: Double

  /// Half-way down and half-way up again: where an eye says that the key was pressed and let go.
  public var seen: ClosedRange<Double> {
    let start = begin + (bottom - begin) * 0.5.squareRoot()
    return start...max(start, (release + rest) / 2)
  }

  /// 0 up … 1 down: u² as it falls, u the share of the time that has passed; 1 − (3u² − 2u³) as it rises.
  func depth(at time: Double) -> Float {
    if time <= begin || time >= rest { return 0 }
    if time < bottom {
      let u = Float((time - begin) / (bottom - begin))
      return u * u
    }
    return time <= release ? 1 : 1 - smooth(Float((time - release) / (rest - release)))
  }
}

/// The strokes of one key.
public struct KeyMotion: Sendable {
  public let strokes: [KeyStroke]

  /// The time in which a key rises, when nothing hurries it.
  static let rise = 0.07

  /// Seconds in which a key falls: 0.089·h^−0.57, with the hammer's speed h = 2^((v − 52)/25) m/s
  /// (Goebl, Bresin and Galembo 2005, pressed touch; Goebl and Bresin 2003).
  public static func travel(velocity: UInt8) -> Double {
    let hammer = exp2((Double(velocity) - 52) / 25)
    return min(max(0.089 * pow(hammer, -0.57), 0.02), 0.2)
  }

  /// - Parameter notes: those of one key, in order. The sound of a note begins where its key is at the bottom.
  public init(_ notes: [(start: Double, end: Double, velocity: UInt8)]) {
    var strokes: [KeyStroke] = []
    for (index, note) in notes.enumerated() {
      let space = index > 0 ? note.start - notes[index - 1].start : .infinity
      let begin = note.start - min(Self.travel(velocity: note.velocity), 0.4 * space)
      // What is struck again must have come up before.
      if index > 0 {
        let rise = min(Self.rise, 0.35 * space)
        let last = min(strokes[index - 1].release, begin - rise)
        strokes[index - 1].release = max(last, strokes[index - 1].bottom)
        strokes[index - 1].rest = min(strokes[index - 1].release + Self.rise, max(begin, strokes[index - 1].release))
      }
      let release = max(note.start + 0.015, note.end - Self.rise / 2)
      strokes.append(KeyStroke(begin: begin, bottom: note.start, release: release, rest: release + Self.rise))
    }
    self.strokes = strokes
  }

  /// 0 up … 1 down.
  public func depth(at time: Double) -> Float {
    let after = strokes.boundary { $0.begin > time }
    return after == 0 ? 0 : strokes[after - 1].depth(at: time)
  }
}

extension Array {
  /// Of an array in which what `belongs` stands behind all that does not: where that begins.
  func boundary(_ belongs: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
