// VelocityRule: how loud a note is, from what several moments say of it, since hands are raised before a key sinks, and from
// what is said of the notes around it.
import Glibc
import Keyboards
import Tensors

/// velocity/127 = σ(l), l after a `PassageRule` of s = constant + Σ weights[i]·tᵢ + Σ bends[j]·φⱼ(t), t what is told `offsets`
/// frames from the onset: of each frame ln(p/(1 − p)), p what is said of the velocity itself, and, where heights are told,
/// `RollLogits.height`; φ are `RandomFeatures`, since heights before a stroke say other things as a hand rises and as it falls.
public struct VelocityRule: Sendable, Equatable, Codable {
  /// Frames of the predictor, from the onset's.
  public static let offsets = -6...1

  /// One for each offset, or two: of the velocity and of the height.
  public var weights: [Double]
  public var constant: Double
  /// None in a rule that only weighs.
  public var bends: [Double] = []
  public var features = RandomFeatures()
  public var passage = PassageRule()

  /// The mean of what the onset's moment and its two neighbours say of the velocity.
  public init() { (weights, constant) = (Self.offsets.map { $0 < -1 ? 0 : 1 / 3 }, 0) }

  /// Whatever is told: one velocity.
  init(always velocity: Double) {
    (weights, constant) = (Self.offsets.map { _ in 0 }, Self.logit(velocity / 127))
  }

  /// - Throws: `ConfigurationError` where a number lacks or is none.
  public init(_ json: JSON) throws(ConfigurationError) {
    let read = try ConfigurationReader(json, path: "thresholds.velocity")
    let count = Self.offsets.count
    weights = try read.numbers("weights", in: -100...100, most: 2 * count)
    constant = try read.number("constant", in: -100...100)
    guard weights.count == count || weights.count == 2 * count else {
      throw ConfigurationError("thresholds.velocity.weights: expected \(count) or \(2 * count), found \(weights.count)")
    }
    if !read.isAbsent("bends") {
      bends = try read.numbers("bends", in: -1000...1000, most: RandomFeatures.most)
      features = try RandomFeatures(json, of: weights.count)
    }
    // Files from before there was one have none.
    if !read.isAbsent("passage") { passage = try PassageRule(json["passage"] ?? .null) }
  }

  public var json: JSON {
    let json: JSON = [
      "weights": .array(weights.map { JSON($0) }), "constant": JSON(constant), "passage": passage.json,
    ]
    return json.with("bends", bends.isEmpty ? nil : .array(bends.map { JSON($0) }))
      .with("features", bends.isEmpty ? nil : features.json)
  }

  /// s of a note; nil where less is told than the rule weighs.
  ///
  /// - Parameter told: see `told(at:)`; what the rule has no weights for is passed over.
  public func seen(_ told: [Double]) -> Double? {
    let (count, each) = (Self.offsets.count, weights.count / Self.offsets.count)
    let found = told.count / count
    guard found >= each else { return nil }
    let known = found == each ? told : (0..<count * each).map { told[$0 / each * found + $0 % each] }
    let straight = zip(weights, known).reduce(constant) { $0 + $1.0 * $1.1 }
    return zip(bends, features(known, count: bends.count)).reduce(straight) { $0 + $1.0 * $1.1 }
  }

  /// Of notes in order of time, of which s is given; nil where it is not.
  public func velocities(of notes: [PassageRule.Seen]) -> [UInt8?] {
    passage.loudness(of: notes).map { loudness in
      loudness.map { UInt8(min(max((127 / (1 + exp(-$0))).rounded(), 1), 127)) }
    }
  }

  /// What was told of a note, and how loud it was.
  public typealias Told = (time: Double, told: [Double], velocity: UInt8)

  /// Whatever is told: the mean velocity of some notes.
  static func mean(of notes: [Told]) -> VelocityRule {
    VelocityRule(always: notes.reduce(0) { $0 + Double($1.velocity) } / Double(max(1, notes.count)))
  }

  /// The rule that comes closest to the truth, by least squares of logits, first of each note by itself, then of passages; the
  /// usual one where there are few notes.
  ///
  /// - Parameters:
  ///   - pieces: of each what was told of its notes, in order of time, as much of each, and how loud they were.
  ///   - ridge: what the square of a weight costs, in notes; that of a bend costs five times as much. There are as many
  ///     bends as there are twenties of notes, up to 200.
  public static func fitted(_ pieces: [[Told]], ridge: Double = 2) -> VelocityRule {
    let notes = pieces.flatMap(\.self)
    guard notes.count >= 50 else { return VelocityRule() }
    let (count, bends) = (notes[0].told.count, min(notes.count / 20, RandomFeatures.most))
    let features = RandomFeatures(seeing: notes.map(\.told))
    var squares = LeastSquares(count + bends + 1)
    for weight in 0..<count + bends { squares.hold(weight, weight < count ? ridge : 5 * ridge) }
    for note in notes {
      squares.add(
        note.told + features(note.told, count: bends) + [1], logit(Double(note.velocity) / 127), weight: 1)
    }
    guard let found = squares.solution(), found.allSatisfy({ $0.magnitude < 100 }) else { return VelocityRule() }
    var rule = VelocityRule()
    (rule.weights, rule.constant) = (Array(found.prefix(count)), found[count + bends])
    (rule.bends, rule.features) = (Array(found[count..<count + bends]), features)
    rule.passage = PassageRule.fitted(
      pieces.map { piece in
        (piece.map { ($0.time, rule.seen($0.told)) }, piece.map { logit(Double($0.velocity) / 127) })
      })
    return rule
  }

  /// Of what is held within 0.004…0.996.
  fileprivate static func logit(_ p: Double) -> Double {
    let inside = min(max(p, 0.004), 0.996)
    return log(inside / (1 - inside))
  }
}

extension Moment {
  /// What a rule weighs of one key; nil where nothing is told.
  func loudness(of key: Int) -> [Double]? {
    guard let velocity else { return nil }
    return [VelocityRule.logit(velocity[key])] + (height.map { [$0[key]] } ?? [])
  }
}

extension VelocityRule {
  /// What moments say of a key around a time, the numbers of the nearest moment for each offset; nil where none tells.
  ///
  /// - Parameters:
  ///   - times: of the moments, rising; at least one.
  ///   - period: of the predictor's frames, seconds.
  ///   - tell: what a moment says of the key.
  static func told(at time: Double, times: [Double], period: Double, _ tell: (Int) -> [Double]?) -> [Double]? {
    let found = offsets.map { offset in
      let wanted = time + Double(offset) * period
      let after = times.partitioningIndex { $0 >= wanted }
      guard after > 0 else { return tell(0) }
      guard after < times.count else { return tell(after - 1) }
      return tell(times[after] - wanted < wanted - times[after - 1] ? after : after - 1)
    }
    return found.contains(nil) ? nil : found.flatMap { $0! }
  }
}

extension [Double] {
  /// Of numbers that rise: the first place from which on `belongs` holds.
  fileprivate func partitioningIndex(_ belongs: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
