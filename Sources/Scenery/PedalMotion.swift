// PedalMotion: where a pedal stands at any time. A foot needs some time for what a controller says at once.
import Score

/// One pedal's way.
public struct PedalMotion: Sendable {
  private let moves: [(time: Double, position: Float)]

  /// Half the time that the foot takes from one position to another, around the time of the event.
  static let half = 0.04

  /// - Parameter pedals: of one kind, in order.
  public init(_ pedals: [Pedal]) { moves = pedals.map { ($0.time, Float($0.value) / 127) } }

  /// Whether it ever moves.
  public var isUsed: Bool { moves.contains { $0.position > 0 } }

  /// 0 up … 1 down: the mean of what the events say over t ± 40 ms.
  public func position(at time: Double) -> Float {
    let (from, to) = (time - Self.half, time + Self.half)
    let first = moves.boundary { $0.time > from }
    var position = first > 0 ? moves[first - 1].position : 0
    var (sum, now, index) = (Float(0), from, first)
    while index < moves.count, moves[index].time < to {
      sum += position * Float(moves[index].time - now)
      (now, position) = (moves[index].time, moves[index].position)
      index += 1
    }
    sum += position * Float(to - now)
    return min(max(sum / Float(2 * Self.half), 0), 1)
  }

  /// Whether it is down, or will be, within so many seconds: a foot waits above a pedal that it needs.
  func isNear(_ time: Double, within seconds: Double) -> Bool {
    let from = max(0, moves.boundary { $0.time > time - seconds } - 1)
    return moves[from...].prefix { $0.time < time + seconds }.contains { $0.position > 0 }
  }
}
