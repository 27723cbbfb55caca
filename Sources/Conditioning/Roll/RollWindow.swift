// RollWindow: which frames of a film stand around a moment, at whatever rate it was filmed, even a varying one.

/// Five frames, a picture's time of the predictor's rate apart.
public enum RollWindow {
  /// The frames of the window around frame `middle`: for each of five moments the first frame that is no further from it
  /// than half the way to the frame before; at the ends of the film the first and the last one again and again.
  ///
  /// - Parameters:
  ///   - times: of the frames, rising, seconds.
  ///   - rate: of the predictor.
  public static func frames(around middle: Int, times: [Double], rate: Double) -> [Int] {
    let half = RollInput.frames / 2
    return (-half...half).map { step in
      step == 0 ? middle : frame(at: times[middle] + Double(step) / rate, from: step < 0 ? 0 : middle, times)
    }
  }

  /// The frame at a moment, if it is not before `from`.
  static func frame(at moment: Double, from: Int, _ times: [Double]) -> Int {
    times.indices.dropFirst(from).first { isReached(moment, by: $0, times) } ?? times.count - 1
  }

  /// Whether a frame, or one before it, is the nearest to a moment.
  static func isReached(_ moment: Double, by index: Int, _ times: [Double]) -> Bool {
    let next = index == 0 ? (times.count > 1 ? times[1] - times[0] : 0) : times[index] - times[index - 1]
    // A hundredth of a frame is how exactly containers keep times.
    return index == 0 ? times[0] + next / 2 >= moment : times[index] + next * 0.51 >= moment
  }

  /// The frames that are judged: all of a film of the predictor's rate, or slower; of a faster one those that are at least
  /// three quarters of its picture's time apart.
  public static func middles(times: [Double], rate: Double) -> [Int] {
    var found: [Int] = []
    for index in times.indices where isDue(times[index], last: found.last.map { times[$0] }, rate) {
      found.append(index)
    }
    return found
  }

  static func isDue(_ time: Double, last: Double?, _ rate: Double) -> Bool {
    last.map { time - $0 >= 0.75 / rate } ?? true
  }
}
