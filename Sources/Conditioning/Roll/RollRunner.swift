// RollRunner: a model laid flat for some views and a number of windows at a time. One thread at a time; a thread each
// for several.
import Glibc
import Tensors

/// Computes windows. The same window gives the same bits whatever lies beside it.
public final class RollRunner {
  public let predictor: any RollModel
  /// In the predictor's order.
  public let views: [RollView]
  /// The windows that are computed at once.
  public let batch: Int
  private let program: Program
  /// Where in a frame each of the program's outputs goes.
  private let places: [WritableKeyPath<RollFrame, [Float]>]

  /// - Parameters:
  ///   - views: what `predictor.usable` gives of those that there are; at least one of the keys.
  ///   - batch: more is a little faster, and waits longer.
  public init(_ predictor: any RollModel, views: [RollView], batch: Int = 8, precision: Precision = .float32) {
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
    let said = predictor.answers(input)
    let answers: [(WritableKeyPath<RollFrame, [Float]>, Tensor?)] = [
      (\.down, said.down), (\.onset, said.onset), (\.shift, said.shift), (\.velocity, said.velocity),
      (\.height, said.height), (\.pedals, said.pedals),
    ]
    let told = answers.filter { $0.1 != nil }
    places = told.map(\.0)
    program = Program(inputs: inputs, outputs: told.map { $0.1! }, precision: precision)
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
    return times.enumerated().map { window, time in
      var frame = RollFrame(time: time, down: [])
      for (place, view) in zip(places, program.outputs) {
        let width = view.shape[1]
        frame[keyPath: place] = Array(UnsafeBufferPointer(start: view.data + window * width, count: width))
      }
      return frame
    }
  }
}
