// Excerpt: some frames of a piece as the networks want them: the sound, and the source that its score drives.
import Codec
import Score
import Tensors

/// Frames `first ..< first + frames` of a piece.
public struct Excerpt: Sendable {
  /// [1, margin + frames·hop] with the encoder's margin, and [1, frames·hop] without.
  public let audio: Tensor, target: Tensor
  /// [1, frames, bands, hop] and its energies [1, frames, bands]; no bands where there is no source.
  public let source: Tensor, energy: Tensor

  /// How far back events are looked for that may still sound, in frames: 12 s.
  static let reach = 900

  /// - Throws: an error with the path, when the piece's sound cannot be read.
  public init(
    _ piece: Piece, first: Int, frames: Int, margin: Int, bank: SourceBank?
  ) throws {
    let c = bank?.configuration
    let hop = c?.hop ?? RollWriter().hop
    let bands = c?.bands ?? 0
    let sound = try piece.audio(from: first * hop + (c?.lag ?? 0) - margin, count: margin + frames * hop)
    audio = Tensor(Shape(1, sound.count), sound)
    target = Tensor(Shape(1, frames * hop), Array(sound[margin...]))
    let shape = Shape(1, frames, bands, hop)
    let source = Tensor(shape, storage: Storage(shape.count))
    self.source = source
    guard let bank else {
      energy = Tensor(zeros: Shape(1, frames, bands))
      return
    }
    let events = piece.events
    let earliest = Int64(max(0, first - Self.reach) * hop)
    let begin = events.partitionPoint { $0.sample < Int64(first * hop) }
    bank.reset()
    // Pedals and keys that moved even earlier still stand as they were moved.
    bank.chase(events[..<begin].filter { $0.sample >= earliest || $0.kind != .noteOn })
    events.withUnsafeBufferPointer { events in
      var next = begin
      for frame in 0..<frames {
        let inside = Self.events(events, &next, before: Int64((first + frame + 1) * hop))
        bank.write(frame: Int64(first + frame), events: inside, into: source.data + frame * bands * hop)
      }
    }
    energy = BandEnergy(floor: FrameDecoder.energyFloor)(source)
  }

  /// The roll of the same frames, [1, frames, RollWriter.width].
  public static func roll(_ piece: Piece, first: Int, frames: Int) -> Tensor {
    let roll = Tensor(zeros: Shape(1, frames, RollWriter.width))
    var writer = RollWriter()
    piece.events.withUnsafeBufferPointer { events in
      var next = 0
      for frame in max(0, first - reach)..<first + frames {
        let inside = Self.events(events, &next, before: Int64((frame + 1) * writer.hop))
        writer.write(frame: Int64(frame), events: inside, into: roll.data + max(0, frame - first) * RollWriter.width)
      }
    }
    return roll
  }

  /// The events from `next` on that come before a sample; `next` moves behind them.
  static func events(
    _ events: UnsafeBufferPointer<PerformanceEvent>, _ next: inout Int, before sample: Int64
  ) -> UnsafeBufferPointer<PerformanceEvent> {
    let from = next
    while next < events.count, events[next].sample < sample { next += 1 }
    return UnsafeBufferPointer(rebasing: events[from..<next])
  }
}

extension Array {
  /// The first index whose element does not satisfy a predicate that holds for a beginning of the array.
  func partitionPoint(_ holds: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
