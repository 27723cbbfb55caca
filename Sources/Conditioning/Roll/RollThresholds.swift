// RollThresholds: everything that is decided between a network's probabilities and notes. Found by search, kept in the file.
import Tensors

/// How notes are read from probabilities. Times are seconds.
public struct RollThresholds: Sendable, Equatable, Codable {
  /// A note begins at a peak of the onset's probability that is at least this high.
  public var onset = 0.4
  /// A key without such a peak goes down when its probability rises above this; above 1, never.
  public var down = 0.6
  /// A key is up again when its probability falls below this.
  public var up = 0.35
  /// Shorter notes that no onset speaks for are none; those that one speaks for last as long at least.
  public var minimum = 0.03
  /// A key that is down is struck again by an onset so long after the last one, and was let go `gap` before.
  public var again = 0.08, gap = 0.02
  /// The depth at which a pedal counts as half-way down, and how far its depth must go beyond the border between two
  /// degrees, in degrees, to reach the next one.
  public var pedal = 0.5, pedalHysteresis = 0.25
  /// From up to down; an even number, so that half-way is one of them.
  public var pedalDegrees = 8
  /// Notes of less confidence are listed for the user.
  public var confident = 0.6
  /// How loud a note is; and how loud where keys are seen from above alone, if that is another rule: hands tell less there.
  public var velocity = VelocityRule(), velocityFromAbove: VelocityRule?

  public init() {}

  /// Those under which films from some sides are read.
  public func seen(from views: [RollView]) -> RollThresholds {
    var thresholds = self
    if let velocityFromAbove, views.filter(\.seesKeys) == [.top] { thresholds.velocity = velocityFromAbove }
    return thresholds
  }
}

extension RollThresholds {
  public init(_ json: JSON) throws(ConfigurationError) {
    let read = try ConfigurationReader(json, path: "thresholds")
    self.init()
    onset = try read.number("onset", in: 0...1)
    down = try read.number("down", in: 0...2)
    up = try read.number("up", in: 0...1)
    minimum = try read.number("minimum", in: 0...1)
    again = try read.number("again", in: 0...1)
    gap = try read.number("gap", in: 0...1)
    pedal = try read.number("pedal", in: 0.01...0.99)
    pedalHysteresis = try read.number("pedalHysteresis", in: 0...0.5)
    pedalDegrees = try read.integer("pedalDegrees", in: 2...126)
    guard pedalDegrees % 2 == 0 else {
      throw ConfigurationError("thresholds.pedalDegrees: expected an even number, found \(pedalDegrees)")
    }
    confident = try read.number("confident", in: 0...1)
    if let above = json["velocityFromAbove"] { velocityFromAbove = try VelocityRule(above) }
    // Files from before there was one have none.
    if !read.isAbsent("velocity") { velocity = try VelocityRule(json["velocity"] ?? .null) }
  }

  public var json: JSON {
    let json: JSON = [
      "onset": JSON(onset), "down": JSON(down), "up": JSON(up), "minimum": JSON(minimum), "again": JSON(again),
      "gap": JSON(gap), "pedal": JSON(pedal), "pedalHysteresis": JSON(pedalHysteresis),
      "pedalDegrees": JSON(pedalDegrees), "confident": JSON(confident),
      "velocity": velocity.json,
    ]
    return json.with("velocityFromAbove", velocityFromAbove?.json)
  }
}
