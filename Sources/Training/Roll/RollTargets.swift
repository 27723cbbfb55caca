// RollTargets: what a predictor should say of one frame: read from the three scores when the frame is drawn.
// Keys are down as they are seen (coarse); notes begin when their hammer strikes (precise); feet are where fine says.
import Conditioning
import Glibc
import Score

/// The truth about a frame; keys count from A0.
struct RollTargets {
  static let keys = StripGeometry.keys

  /// 1 where a key is down, and where a note begins within half a frame, [88].
  var down = [Float](repeating: 0, count: keys), onset = [Float](repeating: 0, count: keys)
  /// Where it begins, −0.5…0.5 of the time between a window's frames; of no meaning where none does.
  var shift = [Float](repeating: 0, count: keys)
  /// velocity/127 of a note that begins within a frame and a half before or four and a half after, and where there is one:
  /// what tells of it is seen before it is heard.
  var velocity = [Float](repeating: 0, count: keys), isStruck = [Float](repeating: 0, count: keys)
  /// How high the lowest finger over a key hangs, as `RollLogits.height`, and over which keys one is known to.
  var height = [Float](repeating: 0, count: keys), isOver = [Float](repeating: 0, count: keys)
  /// Sustain, sostenuto, soft: 0 up … 1 down.
  var pedals = [Float](repeating: 0, count: 3)

  /// - Parameters:
  ///   - index: of the frame.
  ///   - stride: frames from one that is judged to the next.
  ///   - keys: those that can be seen; of others nothing is said.
  ///   - rate: pictures a second that windows have.
  init(_ clip: RollClip, frame index: Int, stride: Int, keys: ClosedRange<UInt8>, rate: Double) {
    let time = clip.times[index]
    // Every beginning is some frame's; in slower films frames have more to say than half a window's frame.
    let reach = max(1 / rate, clip.period * Double(stride)) / 2
    for note in clip.coarse.notes.prefix(upTo: clip.coarse.firstNote(after: time)) where note.end > time {
      if let key = Self.index(note.key, keys) { down[key] = 1 }
    }
    let notes = clip.precise.notes
    let (past, ahead) = (3 * reach, Double(-2 * VelocityRule.offsets.lowerBound + 1) * reach)
    let tells = clip.description.tellsVelocities ?? true
    var note = clip.precise.firstNote(after: time - past)
    var nearest = [Double](repeating: .infinity, count: Self.keys)
    while note < notes.count, notes[note].start < time + ahead {
      let distance = notes[note].start - time
      if let key = Self.index(notes[note].key, keys), distance.magnitude < nearest[key] {
        nearest[key] = distance.magnitude
        (velocity[key], isStruck[key]) = (Float(notes[note].velocity) / 127, tells ? 1 : 0)
        onset[key] = distance >= -reach && distance < reach ? 1 : 0
        shift[key] = Float(max(-0.5, min(distance * rate, 0.5)))
      }
      note += 1
    }
    if let heights = clip.heights {
      for (key, height) in heights[index].enumerated()
      where !height.isNaN && Self.index(UInt8(key) + Keyboard.keys.lowerBound, keys) != nil {
        (self.height[key], isOver[key]) = (RollLogits.logarithm(ofHeight: height), 1)
      }
    }
    for (index, kind) in [Pedal.Kind.sustain, .sostenuto, .soft].enumerated() {
      pedals[index] = clip.fine.mean(kind, from: time - 0.02, to: time + 0.02)
    }
  }

  private static func index(_ key: UInt8, _ keys: ClosedRange<UInt8>) -> Int? {
    Keyboard.keys ~= key && keys ~= key ? Int(key - Keyboard.keys.lowerBound) : nil
  }
}

extension Score {
  /// The first note that begins later than `time`.
  fileprivate func firstNote(after time: Double) -> Int {
    var (low, high) = (0, notes.count)
    while low < high {
      let middle = (low + high) / 2
      if notes[middle].start > time { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The mean of a pedal's value/127 over some time.
  fileprivate func mean(_ kind: Pedal.Kind, from: Double, to: Double) -> Float {
    var (value, since, sum) = (0.0, from, 0.0)
    for move in pedals where move.kind == kind {
      guard move.time < to else { break }
      if move.time > since {
        sum += value * (move.time - since)
        since = move.time
      }
      value = Double(move.value) / 127
    }
    return Float((sum + value * (to - since)) / (to - from))
  }
}
