// PeakAlignment: AV-Align: whether something is heard where something moves: beginnings of sounds beside the peaks of how
// much a picture moves. Yariv and others 2024, section 4, and their released code.

/// m/(|A| + |V| − m): of beginnings A and peaks V, in seconds, m pairs lie less than a frame apart, each in one pair at most.
public struct PeakAlignment: Sendable, Equatable {
  public private(set) var onsets = 0, peaks = 0, pairs = 0

  public init() {}

  /// - Parameters:
  ///   - onsets: when sounds begin, seconds.
  ///   - peaks: when the picture moves most, seconds.
  ///   - rate: of the pictures, hertz. Beginnings seek peaks one after the other and take the first that is free.
  public init(onsets: [Double], peaks: [Double], rate: Double) {
    precondition(rate > 0, "\(rate) pictures a second")
    self.onsets = onsets.count
    self.peaks = peaks.count
    var taken = [Bool](repeating: false, count: peaks.count)
    for onset in onsets {
      let free = peaks.indices.first { !taken[$0] && peaks[$0] - 1 / rate < onset && onset < peaks[$0] + 1 / rate }
      if let free {
        taken[free] = true
        pairs += 1
      }
    }
  }

  /// 0 where nothing is heard and nothing moves.
  public var score: Double { onsets + peaks > 0 ? Double(pairs) / Double(onsets + peaks - pairs) : 0 }

  /// When a picture moves most: i/rate wherever flow[i − 1] < flow[i] > flow[i + 1] and flow[i] ≥ 0.1, so that what stands
  /// still has no peaks.
  ///
  /// - Parameters:
  ///   - flow: how far things move from one picture to the next, pixels, the mean over the picture; a number a picture, the
  ///     first being the second's.
  ///   - rate: of the pictures, hertz.
  public static func peaks(flow: [Double], rate: Double, floor: Double = 0.1) -> [Double] {
    flow.indices.dropFirst().dropLast().filter {
      flow[$0 - 1] < flow[$0] && flow[$0] > flow[$0 + 1] && flow[$0] >= floor
    }.map { Double($0) / rate }
  }
}
