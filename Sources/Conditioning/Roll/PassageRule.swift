// PassageRule: how loud a note is beside its neighbours. What is seen of one note is uncertain; music is loud and soft by
// passages, so what is seen of those around it says as much of it again.
import Keyboards
import Tensors

/// l = constant + own·s + near·s̄ₙ + far·s̄ₓ: s is the loudness that is seen of a note, s̄ₙ and s̄ₓ the means of all that begin
/// within half a second and within two seconds of it, itself among them.
public struct PassageRule: Sendable, Equatable, Codable {
  /// Seconds to both sides.
  public static let reach = (near: 0.5, far: 2.0)

  public var own: Double, near: Double, far: Double, constant: Double

  /// A note is as loud as it looks.
  public init(own: Double = 1, near: Double = 0, far: Double = 0, constant: Double = 0) {
    (self.own, self.near, self.far, self.constant) = (own, near, far, constant)
  }

  /// - Throws: `ConfigurationError` where a number lacks or is none.
  public init(_ json: JSON) throws(ConfigurationError) {
    let read = try ConfigurationReader(json, path: "thresholds.velocity.passage")
    func number(_ name: String) throws(ConfigurationError) -> Double { try read.number(name, in: -100...100) }
    self.init(
      own: try number("own"), near: try number("near"), far: try number("far"), constant: try number("constant"))
  }

  public var json: JSON {
    ["own": JSON(own), "near": JSON(near), "far": JSON(far), "constant": JSON(constant)]
  }

  /// A note's beginning, seconds, and what is seen of its loudness; nil where nothing is.
  public typealias Seen = (time: Double, loudness: Double?)

  /// Of notes in order of time; nil where nothing was seen.
  public func loudness(of notes: [Seen]) -> [Double?] {
    Self.around(notes).map { found in
      found.map { constant + own * $0.own + near * $0.near + far * $0.far }
    }
  }

  /// The rule that comes closest to the truth, by least squares.
  ///
  /// - Parameter pieces: of each the notes in order of time, and how loud they were.
  static func fitted(_ pieces: [(seen: [Seen], loudness: [Double])]) -> PassageRule {
    var squares = LeastSquares(4)
    for place in 0..<3 { squares.hold(place, 1) }
    for piece in pieces {
      for (found, loudness) in zip(around(piece.seen), piece.loudness) {
        if let found { squares.add([found.own, found.near, found.far, 1], loudness, weight: 1) }
      }
    }
    guard let found = squares.solution(), found.allSatisfy({ $0.magnitude < 100 }) else { return PassageRule() }
    return PassageRule(own: found[0], near: found[1], far: found[2], constant: found[3])
  }

  /// What a rule weighs of each note.
  private static func around(_ notes: [Seen]) -> [(own: Double, near: Double, far: Double)?] {
    let seen = notes.compactMap { note in note.loudness.map { (time: note.time, loudness: $0) } }
    let sums = seen.reduce(into: [0.0]) { $0.append($0.last! + $1.loudness) }
    func mean(_ time: Double, _ reach: Double, _ first: inout Int, _ end: inout Int) -> Double {
      while first < seen.count, seen[first].time < time - reach { first += 1 }
      while end < seen.count, seen[end].time <= time + reach { end += 1 }
      return (sums[end] - sums[first]) / Double(max(1, end - first))
    }
    var (near, far) = ((first: 0, end: 0), (first: 0, end: 0))
    return notes.map { note in
      note.loudness.map { own in
        (
          own, mean(note.time, reach.near, &near.first, &near.end), mean(note.time, reach.far, &far.first, &far.end)
        )
      }
    }
  }
}
