// LastTwo: the last two of what comes with rising times, such as pictures of a film: of them one is the nearest to a time.

/// Two moments' values.
public struct LastTwo<Value> {
  public private(set) var before: (time: Double, value: Value)?, now: (time: Double, value: Value)?

  public init() {}

  /// The next one; later than the last.
  public mutating func add(_ time: Double, _ value: Value) { (before, now) = (now, (time, value)) }

  /// Whether the next one could be nearer to a time.
  public func isBehind(_ time: Double) -> Bool { now.map { $0.time < time } ?? true }

  /// The nearer one, of two that are as near the later; nil where there is none.
  public func nearest(to time: Double) -> (time: Double, value: Value)? {
    guard let now, let before, (before.time - time).magnitude < (now.time - time).magnitude else { return now }
    return before
  }
}
