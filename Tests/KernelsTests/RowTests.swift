// Softmax, logarithms of sums of powers and the norms against double precision, with their gradients, over widths that are no multiple of the lanes.
import Glibc
import Kernels
import Testing

/// A function of rows with its gradient, and the truth for one row.
struct RowFunction: CustomTestStringConvertible, Sendable {
  typealias Rows = @Sendable (Int, Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  let testDescription: String
  let kernel: Rows
  /// rows, width, x, upstream, dx
  let backward: @Sendable (Int, Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  let truth: @Sendable ([Double]) -> [Double]

  func callAsFunction(_ x: [Float], width: Int) -> [Float] {
    var y = [Float](repeating: .nan, count: x.count)
    kernel(x.count / width, width, x, &y)
    return y
  }

  static let epsilon: Float = 1e-5
  static let softmax = RowFunction(
    testDescription: "softmax", kernel: { fp_softmax($0, $1, $2, $3) },
    backward: { rows, width, x, upstream, dx in
      var y = [Float](repeating: 0, count: rows * width)
      fp_softmax(rows, width, x, &y)
      fp_softmax_backward(rows, width, y, upstream, dx)
    },
    truth: { x in
      let powers = x.map { exp($0 - x.max()!) }
      return powers.map { $0 / powers.reduce(0, +) }
    })
  static let layerNorm = RowFunction(
    testDescription: "layer norm", kernel: { fp_layer_norm($0, $1, epsilon, $2, $3) },
    backward: { fp_layer_norm_backward($0, $1, epsilon, $2, $3, $4) },
    truth: { x in
      let mean = x.reduce(0, +) / Double(x.count)
      let variance = x.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(x.count)
      return x.map { ($0 - mean) / (variance + Double(epsilon)).squareRoot() }
    })
  static let rmsNorm = RowFunction(
    testDescription: "root mean square norm", kernel: { fp_rms_norm($0, $1, epsilon, $2, $3) },
    backward: { fp_rms_norm_backward($0, $1, epsilon, $2, $3, $4) },
    truth: { x in
      let square = x.map { $0 * $0 }.reduce(0, +) / Double(x.count)
      return x.map { $0 / (square + Double(epsilon)).squareRoot() }
    })
  static let all = [softmax, layerNorm, rmsNorm]
}

@Suite struct RowTests {
  static let widths = [1, 2, 7, 15, 16, 17, 40, 448]

  @Test(arguments: RowFunction.all, widths)
  func matchesDoublePrecision(function: RowFunction, width: Int) {
    // Far from zero, where a variance that was taken as a difference of squares would be noise.
    let x = noise(5 * width, seed: 41).map { $0 * 4 + 30 }
    let y = function(x, width: width)
    for row in 0..<5 {
      let truth = function.truth(x[row * width..<(row + 1) * width].map(Double.init))
      for (found, wanted) in zip(y[row * width..<(row + 1) * width], truth) {
        #expect((Double(found) - wanted).magnitude < 2e-5 * max(1, wanted.magnitude))
      }
    }
  }

  // Not width 2: two values' norm has no slope but that of its epsilon, and a gradient of rounding alone.
  @Test(arguments: RowFunction.all, [3, 7, 33])
  func gradientsAreThoseOfTheTruth(function: RowFunction, width: Int) {
    let x = noise(3 * width, seed: 43)
    let upstream = noise(3 * width, seed: 47)
    var found = [Float](repeating: .nan, count: 3 * width)
    function.backward(3, width, x, upstream, &found)
    for row in 0..<3 {
      let at = row * width
      let values = x[at..<at + width].map(Double.init)
      func loss(_ i: Int, _ step: Double) -> Double {
        var moved = values
        moved[i] += step
        return zip(function.truth(moved), upstream[at...]).map { $0 * Double($1) }.reduce(0, +)
      }
      for i in 0..<width {
        let truth = (loss(i, 1e-5) - loss(i, -1e-5)) / 2e-5
        #expect((Double(found[at + i]) - truth).magnitude < 1e-5 * max(1, truth.magnitude))
      }
    }
  }

  @Test(arguments: RowFunction.all)
  func bitsDoNotDependOnOtherRows(function: RowFunction) {
    let width = 37
    let x = noise(6 * width, seed: 53)
    let whole = function(x, width: width)
    for row in 0..<6 {
      let range = row * width..<(row + 1) * width
      #expect(function(Array(x[range]), width: width) == Array(whole[range]))
    }
  }

  @Test(arguments: RowFunction.all)
  func theResultMayReplaceTheArgument(function: RowFunction) {
    let x = noise(3 * 53, seed: 59)
    var y = x
    y.withUnsafeMutableBufferPointer { function.kernel(3, 53, UnsafePointer($0.baseAddress!), $0.baseAddress!) }
    #expect(y == function(x, width: 53))
  }

  @Test(arguments: widths) func logarithmsOfSumsOfPowersMatchDoublePrecision(width: Int) {
    for centre: Float in [-300, 0, 300] {
      let x = noise(5 * width, seed: 61).map { $0 * 4 + centre }
      var y = [Float](repeating: .nan, count: 5)
      fp_log_sum_exp(5, width, x, &y)
      for row in 0..<5 {
        let values = x[row * width..<(row + 1) * width].map(Double.init)
        let truth = values.max()! + log(values.map { exp($0 - values.max()!) }.reduce(0, +))
        #expect((Double(y[row]) - truth).magnitude < 1e-6 * max(1, truth.magnitude))
      }
    }
  }

  @Test func logarithmsOfSumsOfHiddenEntries() {
    var y = [Float](repeating: .nan, count: 3)
    fp_log_sum_exp(3, 2, [-.infinity, -.infinity, -.infinity, 2, 1e30, -1e30], &y)
    #expect(y == [-.infinity, 2, 1e30])
  }

  @Test func softmaxOfHiddenEntries() {
    #expect(RowFunction.softmax([-.infinity, -.infinity, -.infinity], width: 3) == [0, 0, 0])
    let half = RowFunction.softmax([-.infinity, 1, 1], width: 3)
    #expect(half == [0, 0.5, 0.5])
    #expect(RowFunction.softmax([1e30, 0, -1e30], width: 3) == [1, 0, 0])
  }
}
