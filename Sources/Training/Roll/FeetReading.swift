// FeetReading: what a predictor says of feet alone, whether or not keys are seen, too.
import Conditioning
import Tensors

/// Reads the view of the pedals.
package enum FeetReading {
  /// Windows that are computed at once.
  private static let batch = 32

  /// Depths of pedals at every frame that is judged, and nothing of keys; none where the network tells no pedals.
  ///
  /// - Throws: an error with the path when the clip's file is gone or became shorter.
  package static func frames(_ clip: RollClip, _ predictor: RollPredictor) throws -> [RollFrame] {
    let (rows, columns, depth) = (RollInput.pedalRows, RollInput.pedalColumns, RollInput.frames)
    let middles = RollWindow.middles(times: clip.times, rate: predictor.rate)
    var said: [RollFrame] = []
    for first in stride(from: 0, to: middles.count, by: batch) {
      let part = middles[first..<min(first + batch, middles.count)]
      let pictures = Tensor(zeros: Shape(part.count, rows, columns, depth))
      for (window, middle) in part.enumerated() {
        let frames = RollWindow.frames(around: middle, times: clip.times, rate: predictor.rate)
        try clip.pictures(.pedal, frames).withUnsafeBufferPointer {
          StripLook.plain.develop(
            $0, rows: rows, columns: columns, count: depth, into: pictures.data + window * rows * columns * depth)
        }
      }
      guard let depths = predictor.network.depths(pictures).map(sigmoid) else { return [] }
      said += zip(part, 0...).map { middle, window in
        RollFrame(time: clip.times[middle], down: [], pedals: (0..<3).map { depths[3 * window + $0] })
      }
    }
    return said
  }
}
