// SelfTest: every primitive that PyTorch computes, forward and back, against the native kernels on small random numbers.
// PyTorch does not promise that its operators stay as they are: what differs is left to the native kernels, and said.
import Tensors

/// What the comparison found.
public struct SelfTest: Sendable {
  public struct Row: Sendable {
    public let name: String
    /// The largest difference as a share of the largest number, of the result and of the gradients.
    public let forward: Float, backward: Float
    /// What counts as the same.
    public let tolerance: Float
    /// What PyTorch said where it could not compute at all.
    public let fault: String?

    public var isGood: Bool { fault == nil && forward <= tolerance && backward <= tolerance }
  }

  public let rows: [Row]
  public var failed: [Row] { rows.filter { !$0.isGood } }
}

extension TorchEngine {
  /// Compares every lowered primitive with the native one. Those that differ are computed natively from then on.
  ///
  /// - Parameter cases: by default all that there are.
  public func selfTest(_ cases: [SelfTestCase] = SelfTestCase.all) -> SelfTest {
    SelfTest(
      rows: cases.map { one in
        let row = row(one)
        if !row.isGood { refused.formUnion(one.primitives) }
        return row
      })
  }

  private func row(_ one: SelfTestCase) -> SelfTest.Row {
    let tolerance = tolerance(one)
    let native = one.computed()
    let before = computed
    let (here, fault) = perform { () -> ([Tensor], String?) in
      let results = one.computed()
      do { try check() } catch { return (results, "\(error)") }
      return (results, computed == before ? "PyTorch was not asked" : nil)
    }
    let differences = zip(native, here).map { difference($0, $1) }
    return SelfTest.Row(
      name: one.name, forward: differences[0], backward: differences.dropFirst().max() ?? 0, tolerance: tolerance,
      fault: fault)
  }

  /// float32 sums in another order; products that were rounded; and the 10 bits that PyTorch's convolutions on graphics
  /// cards keep unless it is told otherwise.
  private func tolerance(_ one: SelfTestCase) -> Float {
    if one.isProduct && precision == .bfloat16 { return 3e-2 }
    return one.isProduct && device != .cpu ? 5e-3 : 1e-4
  }

  private func difference(_ a: Tensor, _ b: Tensor) -> Float {
    let (a, b) = (a.array, b.array)
    let largest = a.reduce(Float(1e-3)) { max($0, abs($1)) }
    return zip(a, b).reduce(Float(0)) { worst, pair in
      let difference = abs(pair.0 - pair.1) / largest
      return difference.isFinite ? max(worst, difference) : .infinity
    }
  }
}
