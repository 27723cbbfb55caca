// RollView: from where a camera looks at the pianist. Any subset of the views will do.

/// The five views of the step-by-step data set. Four see the keys; the fifth sees the feet.
public enum RollView: String, Sendable, CaseIterable {
  case top, left, right, front, pedal

  /// The views of the keys, which are looked at as strips.
  public static let keys: [RollView] = [.top, .left, .right, .front]

  public var seesKeys: Bool { self != .pedal }
}
