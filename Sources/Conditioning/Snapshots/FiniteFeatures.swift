// FiniteFeatures: weights that were damaged, or rounded too far, make what is no number; it goes no further than here.
import Tensors

extension Tensor {
  /// Throws where an element is no finite number.
  ///
  /// - Parameter folder: whose weights made it.
  public func checkFinite(_ folder: String) throws(WeightsError) {
    let wrong = array.count { !$0.isFinite }
    if wrong > 0 {
      throw WeightsError("\(folder): expected features that are finite, found \(wrong) of \(shape.count) that are not")
    }
  }
}
