// Products of matrices: right for every shape, stride and transpose, and the same bits however many rows are computed.
import Kernels
import Testing

@Suite struct ProductTests {
  /// Around every edge that the kernels have: tiles of 1…12 rows, panels of 32 columns, blocks of 256 in depth.
  static let shapes = [
    (1, 1, 1), (1, 33, 7), (2, 31, 5), (3, 32, 64), (4, 64, 3), (5, 65, 17), (6, 16, 33), (7, 100, 31), (8, 48, 9),
    (11, 96, 2), (12, 32, 12), (13, 257, 1), (49, 30, 40), (100, 1, 50), (2, 290, 20), (3, 40, 255), (5, 34, 256),
    (6, 33, 257), (2, 5, 777),
  ]

  @Test(arguments: shapes)
  func matchesDoublePrecision(m: Int, n: Int, k: Int) {
    withEachInstructionLevel { level in
      for transposeA in [false, true] {
        for transposeB in [false, true] {
          for (padding, accumulate) in [(0, false), (0, true), (3, false), (3, true)] {
            var product = Product(m, n, k, a: transposeA, b: transposeB, padding: padding)
            product.accumulate = accumulate
            let (a, b, c) = (product.a, product.b, product.c)
            let fault = product.fault(in: product(a, b, into: c), a, b, c)
            #expect(fault == nil, "instructions \(level.rawValue)")
          }
        }
      }
    }
  }

  @Test func rowsMayOverlap() {
    withEachInstructionLevel { level in
      var product = Product(20, 35, 24)
      product.lda = 4
      let (a, b, c) = (product.a, product.b, product.c)
      let fault = product.fault(in: product(a, b, into: c), a, b, c)
      #expect(fault == nil, "instructions \(level.rawValue)")
    }
  }

  @Test func nothingToSumIsZero() {
    var product = Product(3, 40, 0)
    #expect(product([0], [0], into: product.c).allSatisfy { $0 == 0 })
    product.accumulate = true
    #expect(product([0], [0], into: product.c) == product.c)
  }

  @Test(arguments: [false, true], [false, true])
  func bitsDoNotDependOnTheNumberOfRows(transposeA: Bool, transposeB: Bool) {
    withEachInstructionLevel { level in
      let whole = Product(61, 70, 300, a: transposeA, b: transposeB)
      let (a, b, c) = (whole.a, whole.b, whole.c)
      let expected = whole(a, b, into: c)
      for rows in [1, 2, 3, 4, 5, 7, 12, 30] {
        var part = whole
        part.m = rows
        for first in stride(from: 0, through: whole.m - rows, by: rows) {
          let from = Array(a[(transposeA ? first : first * whole.lda)...])
          let found = part(from, b, into: [Float](repeating: 0, count: rows * whole.ldc))
          #expect(
            found == Array(expected[first * whole.ldc..<(first + rows) * whole.ldc]),
            "\(rows) rows from \(first), instructions \(level.rawValue)")
        }
      }
    }
  }

  /// A bias of rows that are not numbers stays in those rows.
  @Test func aRowThatIsNotANumberSpoilsNoOther() {
    withEachInstructionLevel { _ in
      let product = Product(9, 37, 20)
      var a = product.a
      a[4 * product.lda] = .nan
      let result = product(a, product.b, into: product.c)
      for i in 0..<9 {
        for j in 0..<37 { #expect(result[i * 37 + j].isNaN == (i == 4)) }
      }
    }
  }
}
