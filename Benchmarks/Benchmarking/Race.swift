// Race: several ways to do one thing, timed in turns, so that what disturbs the machine disturbs all of them.
import Foundation
import Glibc

/// One who takes part.
public struct Contestant {
  public let name: String
  let run: () -> Void

  public init(_ name: String, _ run: @escaping () -> Void) {
    self.name = name
    self.run = run
  }
}

/// Seconds a call, of every round.
public struct Times: Codable, Sendable {
  public let name: String
  public let seconds: [Double]
  /// Seconds of sound that a call works on; nil where there is none.
  public let sound: Double?

  public init(name: String, seconds: [Double], sound: Double? = nil) {
    self.name = name
    self.seconds = seconds
    self.sound = sound
  }

  public var minimum: Double { seconds.min()! }
  public var median: Double { seconds.sorted()[seconds.count / 2] }
}

/// Seconds since some moment, by a clock that nobody sets.
public func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Lets every contestant run for `slice` seconds a round, in turns, and says how long a call took.
public func race(_ contestants: [Contestant], rounds: Int = 15, slice: Double = 0.05) -> [Times] {
  let calls = contestants.map { contestant -> Int in
    contestant.run()
    let begin = now()
    contestant.run()
    return max(1, Int(slice / max(1e-9, now() - begin)))
  }
  var seconds = [[Double]](repeating: [], count: contestants.count)
  for round in 0..<rounds {
    for offset in contestants.indices {
      // Nobody always runs after the same one.
      let index = (offset + round) % contestants.count
      contestants[index].run()
      let begin = now()
      for _ in 0..<calls[index] { contestants[index].run() }
      seconds[index].append((now() - begin) / Double(calls[index]))
    }
  }
  return zip(contestants, seconds).map { Times(name: $0.name, seconds: $1) }
}

/// A row of a Markdown table.
public func row(_ cells: String...) -> String { "| " + cells.joined(separator: " | ") + " |" }

/// A number with so many digits behind the point.
public func digits(_ value: Double, _ count: Int = 1) -> String { String(format: "%.\(count)f", value) }
