// RollRunner: a predictor laid flat for some views and a number of windows at a time. One thread at a time; a thread each
// for several.
import Glibc
import Tensors

/// Computes windows. The same window gives the same bits whatever lies beside it.
public final class RollRunner {
  public let predictor: RollPredictor
  /// In the predictor's order.
  public let views: [RollView]
  /// The windows that are computed at once.
  public let batch: Int
  private let program: Program

  /// - Parameters:
  ///   - views: what `predictor.usable` gives of those that there are; at least one of the keys.
  ///   - batch: more is a little faster, and waits longer.
  public init(_ predictor: RollPredictor, views: [RollView], batch: Int = 8, precision: Precision = .float32) {
    precondition(
      predictor.usable(Set(views)) == views && !views.isEmpty && batch > 0, "views \(views), \(batch) at a time")
    (self.predictor, self.views, self.batch) = (predictor, views, batch)
    let inputs = views.map { view in
      let size = predictor.size(view)
      return Tensor(zeros: Shape(batch, size.rows, size.columns, RollInput.frames)).tracked
    }
    var input = RollInput()
    for (view, tensor) in zip(views, inputs) {
      if view.seesKeys { input.strips[view] = tensor } else { input.pedal = tensor }
    }
    let said = predictor.network(input)
    // Velocities and pedals last, where they are told.
    let answers =
      [sigmoid(said.down), sigmoid(said.onset), said.shift]
      + [said.velocity, said.pedals].compactMap {
        $0.map(sigmoid)
      }
    program = Program(inputs: inputs, outputs: answers, precision: precision)
  }

  /// Sets a window.
  ///
  /// - Parameters:
  ///   - window: 0..<batch.
  ///   - view: one of `views`, by its place there.
  ///   - pictures: five, in order of time, grey, row by row, of the predictor's size for that view.
  public func set(_ window: Int, view: Int, _ pictures: [[UInt8]]) {
    let input = program.inputs[view]
    let count = input.shape[1] * input.shape[2]
    let frames = RollInput.frames
    precondition(
      0..<batch ~= window && pictures.count == frames && pictures.allSatisfy { $0.count == count },
      "window \(window) of \(batch): \(pictures.map(\.count)) points, expected \(frames) × \(count)")
    let room = input.data + window * count * frames
    for (frame, picture) in pictures.enumerated() {
      picture.withUnsafeBufferPointer { points in
        for index in 0..<count { room[index * frames + frame] = Float(points[index]) * (1 / 255) }
      }
    }
  }

  /// Computes the first `times.count` windows.
  ///
  /// - Parameter times: of their middle frames.
  public func run(times: [Double]) -> [RollFrame] {
    precondition(times.count <= batch, "\(times.count) windows of \(batch)")
    program.run()
    let answers = program.outputs
    let last = answers.last!.shape[1] == StripGeometry.keys ? nil : answers.last!
    let tellsVelocity = answers.count - (last == nil ? 0 : 1) > 3
    return times.enumerated().map { window, time in
      func row(_ view: View) -> [Float] {
        let width = view.shape[1]
        return Array(UnsafeBufferPointer(start: view.data + window * width, count: width))
      }
      return RollFrame(
        time: time, down: row(answers[0]), onset: row(answers[1]), shift: row(answers[2]),
        velocity: tellsVelocity ? row(answers[3]) : [], pedals: last.map(row) ?? [])
    }
  }
}
