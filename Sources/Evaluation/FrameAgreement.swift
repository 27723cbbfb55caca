// FrameAgreement: keys that are seen down beside keys that are down, frame by frame, as Audeo counts them and pooled.
// Audeo's mean over frames gives a silent frame that is seen silent a 1: what is mostly silent looks good by it.

/// Takes in frames one after the other.
public struct FrameAgreement: Sendable, Equatable {
  public private(set) var frames = 0
  /// Over all keys of all frames.
  public private(set) var pooled = Agreement()
  private var sums = AgreementScores()

  public init() {}

  /// Takes in a frame. Of each frame: precision hits/found, recall hits/wanted, accuracy hits/(hits + false + missed) and
  /// F1 2·hits/(found + wanted), each 1 where it is 0/0. (scikit-learn's average='samples', zero_division=1, and Audeo's
  /// own accuracy: Su, Liu and Shlizerman 2020, Video2Roll_evaluate.py.)
  public mutating func add(found: KeySet, wanted: KeySet) {
    let one = Agreement(
      hits: found.intersection(wanted).count, found: found.count, wanted: wanted.count)
    func ratio(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 1 : Double(part) / Double(whole) }
    frames += 1
    pooled += one
    sums.precision += ratio(one.hits, one.found)
    sums.recall += ratio(one.hits, one.wanted)
    sums.accuracy += ratio(one.hits, one.found + one.wanted - one.hits)
    sums.f1 += ratio(2 * one.hits, one.found + one.wanted)
  }

  public mutating func add(found: [KeySet], wanted: [KeySet]) {
    precondition(found.count == wanted.count, "\(found.count) frames beside \(wanted.count)")
    for (found, wanted) in zip(found, wanted) { add(found: found, wanted: wanted) }
  }

  /// The mean over frames, as Audeo's tables have it; zeros without frames.
  public var perFrame: AgreementScores {
    let count = Double(max(1, frames))
    return AgreementScores(
      precision: sums.precision / count, recall: sums.recall / count, accuracy: sums.accuracy / count,
      f1: sums.f1 / count)
  }

  public static func += (a: inout FrameAgreement, b: FrameAgreement) {
    a.frames += b.frames
    a.pooled += b.pooled
    a.sums.precision += b.sums.precision
    a.sums.recall += b.sums.recall
    a.sums.accuracy += b.sums.accuracy
    a.sums.f1 += b.sums.f1
  }
}

extension Agreement {
  /// Of something that is or is not at each moment, such as a pedal that is down.
  public init(found: [Bool], wanted: [Bool]) {
    precondition(found.count == wanted.count, "\(found.count) moments beside \(wanted.count)")
    self.init()
    for (found, wanted) in zip(found, wanted) {
      hits += found && wanted ? 1 : 0
      self.found += found ? 1 : 0
      self.wanted += wanted ? 1 : 0
    }
  }
}
