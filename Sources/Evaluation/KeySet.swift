// KeySet: which of the piano's keys are down at one moment: a bit a key. A film's roll is an array of them.
import Score

/// Some of the 88 keys.
public struct KeySet: Sendable, Equatable, BitwiseCopyable {
  /// Bit n is key A0 + n.
  public var bits: UInt128

  public init(bits: UInt128 = 0) { self.bits = bits }

  /// - Parameter keys: MIDI keys; those that a piano does not have are left out.
  public init(_ keys: some Sequence<UInt8>) {
    bits = 0
    for key in keys { insert(key) }
  }

  public var count: Int { bits.nonzeroBitCount }
  public var isEmpty: Bool { bits == 0 }
  public func contains(_ key: UInt8) -> Bool { bits & Self.bit(key) != 0 }
  public mutating func insert(_ key: UInt8) { bits |= Self.bit(key) }
  public func intersection(_ other: KeySet) -> KeySet { KeySet(bits: bits & other.bits) }

  private static func bit(_ key: UInt8) -> UInt128 {
    Keyboard.keys.contains(key) ? 1 << UInt128(key - Keyboard.keys.lowerBound) : 0
  }
}

extension Score {
  /// The keys that are down at each of some times: note.start ≤ time < note.end.
  ///
  /// - Parameter times: seconds, rising.
  public func keysDown(at times: [Double]) -> [KeySet] {
    var frames = [KeySet](repeating: KeySet(), count: times.count)
    for note in notes {
      for frame in times.first(notBefore: note.start)..<times.first(notBefore: max(note.start, note.end)) {
        frames[frame].insert(note.key)
      }
    }
    return frames
  }

  /// Whether a pedal is down, at 64 or more, at each of some times.
  ///
  /// - Parameter times: seconds, rising.
  public func isDown(_ kind: Pedal.Kind, at times: [Double]) -> [Bool] {
    var result = [Bool](repeating: false, count: times.count)
    let moves = pedals.filter { $0.kind == kind }
    for (index, move) in moves.enumerated() where move.value >= Keyboard.pedalThreshold {
      let end = index + 1 < moves.count ? moves[index + 1].time : .infinity
      for frame in times.first(notBefore: move.time)..<times.first(notBefore: end) { result[frame] = true }
    }
    return result
  }
}

extension [Double] {
  /// Of a rising array: the index of the first that is not smaller than `value`.
  fileprivate func first(notBefore value: Double) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
