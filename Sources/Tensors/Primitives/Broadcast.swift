// Broadcast: how two shapes spread over each other, as numpy does it: sizes are equal, or one of them is 1 or missing.

/// The common shape of two tensors, and the steps with which each is walked.
struct Broadcast {
  let shape: Shape
  private let stepsA: SIMD4<Int32>, stepsB: SIMD4<Int32>, sizes: SIMD4<Int32>

  init(_ a: Shape, _ b: Shape) {
    let rank = max(a.rank, b.rank)
    var sizes = SIMD4<Int32>.one
    var stepsA = SIMD4<Int32>.zero
    var stepsB = SIMD4<Int32>.zero
    var strideA: Int32 = 1
    var strideB: Int32 = 1
    for back in 1...4 {
      let axis = 4 - back
      let p = back <= a.rank ? Int32(a[-back]) : 1
      let q = back <= b.rank ? Int32(b[-back]) : 1
      precondition(p == q || p == 1 || q == 1, "shapes \(a) and \(b) do not spread over each other")
      sizes[axis] = max(p, q) == 1 ? 1 : (p == 1 ? q : p)
      stepsA[axis] = p == 1 ? 0 : strideA
      stepsB[axis] = q == 1 ? 0 : strideB
      strideA *= p
      strideB *= q
    }
    self.sizes = sizes
    self.stepsA = stepsA
    self.stepsB = stepsB
    var common = SIMD4<Int32>.one
    for axis in 0..<rank { common[axis] = sizes[4 - rank + axis] }
    shape = Shape(common, rank: rank)
  }

  /// Calls `body` for each innermost row: its length, where it begins in the result and in both operands, and the
  /// operands' steps along it. Rows that lie behind each other in all three come as one.
  @inline(__always)
  func rows(_ body: (_ count: Int, _ y: Int, _ a: Int, _ stepA: Int, _ b: Int, _ stepB: Int) -> Void) {
    var sizes = sizes
    var inner = 3
    while inner > 0, follows(stepsA, inner, sizes), follows(stepsB, inner, sizes) {
      sizes[inner - 1] *= sizes[inner]
      sizes[inner] = 1
      inner -= 1
    }
    // After merging, axis `inner` holds the run; its step is that of the innermost axis.
    let count = Int(sizes[inner])
    let stepA = Int(stepsA[3])
    let stepB = Int(stepsB[3])
    var outer = sizes
    outer[inner] = 1
    var y = 0
    for i in 0..<Int(outer[0]) {
      for j in 0..<Int(outer[1]) {
        for k in 0..<Int(outer[2]) {
          let a = i * Int(stepsA[0]) + j * Int(stepsA[1]) + k * Int(stepsA[2])
          let b = i * Int(stepsB[0]) + j * Int(stepsB[1]) + k * Int(stepsB[2])
          body(count, y, a, count == 1 ? 0 : stepA, b, count == 1 ? 0 : stepB)
          y += count
        }
      }
    }
  }

  private func follows(_ steps: SIMD4<Int32>, _ axis: Int, _ sizes: SIMD4<Int32>) -> Bool {
    if sizes[axis - 1] == 1 { return true }
    return steps[3] == 0 ? steps[axis - 1] == 0 : steps[axis - 1] == steps[3] * sizes[axis]
  }
}
