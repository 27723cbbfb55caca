// Excerpt: some frames of a piece as the networks want them: the sound, the source that its score drives, the roll.
import Codec
import Score
import Tensors

/// Frames `first ..< first + frames` of a piece.
public struct Excerpt: Sendable {
  /// [1, before + frames·hop + after, 1] with the encoder's margins, and [1, frames·hop, 1] without.
  public let audio: Tensor, target: Tensor
  /// [1, frames, bands, hop] and its energies [1, frames, bands].
  public let source: Tensor, energy: Tensor
  /// [1, frames, RollWriter.width].
  public let roll: Tensor

  /// How far back events are looked for that may still sound, in frames: 12 s.
  static let reach = 900

  public init(
    _ piece: Piece, first: Int, frames: Int, margin: (before: Int, after: Int), bank: SourceBank, roll writer: RollWriter
  ) {
    let c = bank.configuration, hop = c.hop
    let sound = piece.audio(from: first * hop - margin.before, count: margin.before + frames * hop + margin.after)
    audio = Tensor(Shape(1, sound.count, 1), sound)
    target = Tensor(Shape(1, frames * hop, 1), Array(sound[margin.before..<margin.before + frames * hop]))
    let events = piece.events, earliest = Int64(max(0, first - Self.reach) * hop), start = Int64(first * hop)
    var next = events.partitionPoint { $0.sample < earliest }
    let source = Tensor(zeros: Shape(1, frames, c.bands, hop)), roll = Tensor(zeros: Shape(1, frames, RollWriter.width))
    var writer = writer
    bank.reset()
    writer.reset()
    let begin = events.partitionPoint { $0.sample < start }
    // Pedals and keys that moved even earlier still stand as they were moved.
    bank.chase(events[..<begin].filter { $0.sample >= earliest || $0.kind != .noteOn })
    events.withUnsafeBufferPointer { events in
      for frame in max(0, first - Self.reach)..<first + frames {
        let from = next
        while next < events.count, events[next].sample < Int64((frame + 1) * hop) { next += 1 }
        let inside = UnsafeBufferPointer(rebasing: events[from..<next])
        let row = max(0, frame - first)
        writer.write(frame: Int64(frame), events: inside, into: roll.data + row * RollWriter.width)
        if frame >= first {
          bank.write(frame: Int64(frame), events: inside, into: source.data + row * c.bands * hop)
        }
      }
    }
    self.source = source
    self.roll = roll
    energy = BandEnergy(floor: 1e-9)(source)
  }
}

extension Array {
  /// The first index whose element does not satisfy a predicate that holds for a beginning of the array.
  func partitionPoint(_ holds: (Element) -> Bool) -> Int {
    var low = 0, high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
