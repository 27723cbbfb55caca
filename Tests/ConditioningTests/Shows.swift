// Shows: small predictors, and pictures to show them.
import Conditioning
import Foundation
import Tensors

/// A predictor that knows all views and takes no time.
let smallPredictor = {
  var c = StripConfiguration.step(3)
  c.strip = StripGeometry(rows: 16, pitch: 4)
  (c.stem, c.width, c.depth) = ([6, 8, 10], 12, 1)
  return c
}()

/// Numbers within 0…1, the same every time.
func greys(_ shape: Shape, seed: UInt64) -> Tensor {
  let tensor = Tensor(zeros: shape)
  RandomWeights(seed: seed).fill("pictures", tensor, initial: .uniform(bound: 0.5))
  return tensor + 0.5
}

/// Windows of some views.
func windows(_ c: StripConfiguration, _ views: [RollView], batch: Int, seed: UInt64 = 1) -> RollInput {
  var input = RollInput()
  for (index, view) in views.enumerated() {
    let (rows, columns) =
      view.seesKeys ? (c.strip.rows, c.strip.columns) : (RollInput.pedalRows, RollInput.pedalColumns)
    let pictures = greys(Shape(batch, rows, columns, RollInput.frames), seed: seed + UInt64(index))
    if view.seesKeys { input.strips[view] = pictures } else { input.pedal = pictures }
  }
  return input
}

/// A picture of noise, as bytes.
func picture(_ size: (rows: Int, columns: Int), seed: UInt64) -> [UInt8] {
  greys(Shape(size.rows, size.columns), seed: seed).array.map { UInt8($0 * 255) }
}

/// A file in a folder of its own, which goes with it.
final class ScratchFile {
  let path: String
  private let folder: String

  init(_ name: String = "predictor.safetensors") {
    folder = NSTemporaryDirectory() + "conditioning-tests-" + UUID().uuidString
    try! FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    path = folder + "/" + name
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }
}
