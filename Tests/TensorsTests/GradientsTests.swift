// GradientsTests: the walk back itself: sums of many uses, what is not wanted, and records of any length.
import Tensors
import Testing

struct GradientsTests {
  @Test func `A value that is used often gets the sum of what arrives`() {
    let x = sample(3, 4).tracked
    let y = silu(x)
    let z = y + y.reshaped(12).reshaped(3, 4) * 2 + y + y * y
    let found = gradients(of: mean(z), for: [x])[0]
    let slope = gradients(of: mean(silu(x)), for: [x])[0]
    for index in 0..<12 { #expect(abs(found[index] - slope[index] * (4 + 2 * y[index])) < 1e-6) }
  }

  @Test func `Sums in place leave what others hold as it is`() {
    let a = sample(2, 3).tracked
    let b = sample(2, 3, seed: 2).tracked
    // The sum hands one and the same gradient to both; a then gets more of it.
    let both = a + b
    let found = gradients(of: mean(both + a * 3) * 6, for: [a, b])
    #expect(found[0].array == Array(repeating: 4, count: 6))
    #expect(found[1].array == Array(repeating: 1, count: 6))
  }

  @Test func `A leaf that the loss does not depend on gets zeros`() {
    let x = sample(2, 2).tracked
    let other = sample(3).tracked
    let found = gradients(of: mean(x), for: [x, other])
    #expect(found[0].array == Array(repeating: 0.25, count: 4))
    #expect(found[1].array == [0, 0, 0])
  }

  @Test func `A record of a hundred thousand steps is walked and let go`() {
    let x = Tensor(Shape(1), [1]).tracked
    var y = x
    for _ in 0..<100_000 { y = y + 0.5 }
    #expect(gradients(of: y, for: [x])[0][0] == 1)
  }
}
