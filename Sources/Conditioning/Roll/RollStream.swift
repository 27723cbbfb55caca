// RollStream: pictures in as they are decoded, probabilities out two frames later. Keeps a handful of pictures, however
// long the film.

/// Looks at a film. One thread at a time.
public final class RollStream {
  private let runner: RollRunner
  private let rate: Double
  /// Pictures that a window may still want, by view in the runner's order.
  private var kept: [[[UInt8]]] = []
  private var times: [Double] = []
  /// Frames that are to be judged, as places in `times`.
  private var waiting: [Int] = []
  private var lastMiddle: Double?
  /// The times of windows that are set.
  private var set: [Double] = []

  public init(_ runner: RollRunner) {
    self.runner = runner
    rate = runner.predictor.rate
  }

  /// Moments whose pictures are in memory.
  package var held: Int { times.count }

  /// Takes the next frame.
  ///
  /// - Parameters:
  ///   - time: seconds, later than the last one's; a frame that is not is left out.
  ///   - pictures: of each of the runner's views, in its order.
  /// - Returns: what could be said since the last call, in order of time.
  public func add(time: Double, _ pictures: [[UInt8]]) -> [RollFrame] {
    precondition(pictures.count == runner.views.count, "\(pictures.count) pictures of the views \(runner.views)")
    guard time.isFinite, times.last.map({ time > $0 }) ?? true else { return [] }
    times.append(time)
    kept.append(pictures)
    if RollWindow.isDue(time, last: lastMiddle, rate) {
      waiting.append(times.count - 1)
      lastMiddle = time
    }
    var said: [RollFrame] = []
    let reach = Double(RollInput.frames / 2) / rate
    while let middle = waiting.first, RollWindow.isReached(times[middle] + reach, by: times.count - 1, times) {
      said += judge(middle)
    }
    forget()
    return said
  }

  /// What remains to be said when the film has ended. The stream begins anew after it.
  public func finish() -> [RollFrame] {
    var said: [RollFrame] = []
    while let middle = waiting.first { said += judge(middle) }
    said += flush()
    (kept, times, lastMiddle) = ([], [], nil)
    return said
  }

  private func judge(_ middle: Int) -> [RollFrame] {
    waiting.removeFirst()
    let frames = RollWindow.frames(around: middle, times: times, rate: rate)
    for view in runner.views.indices {
      runner.set(set.count, view: view, frames.map { kept[$0][view] })
    }
    set.append(times[middle])
    return set.count == runner.batch ? flush() : []
  }

  private func flush() -> [RollFrame] {
    defer { set = [] }
    return set.isEmpty ? [] : runner.run(times: set)
  }

  /// Lets go of frames that lie before any window to come, but for two, so that distances stay what they were.
  private func forget() {
    guard let first = waiting.first.map({ times[$0] }) ?? times.last else { return }
    let reach = Double(RollInput.frames / 2 + 1) / rate
    let old = max(0, (times.firstIndex { $0 >= first - reach } ?? 0) - 2)
    guard old > 0 else { return }
    times.removeFirst(old)
    kept.removeFirst(old)
    waiting = waiting.map { $0 - old }
  }
}
