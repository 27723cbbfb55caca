// ShardRandomTests: a shard's numbers depend on its own seed, step and number, and on what was drawn before.
import Testing
import Training

@Suite struct ShardRandomTests {
  func numbers(seed: UInt64 = 1, step: Int = 1, shard: Int = 0, count: Int = 64) -> [Float] {
    var random = ShardRandom(seed: seed, step: step, shard: shard)
    return (0..<count).map { _ in random.uniform() }
  }

  @Test func `Every stream is its own, and the same again`() {
    let streams = [
      numbers(), numbers(seed: 2), numbers(step: 2), numbers(shard: 1), numbers(step: 1 << 31), numbers(seed: 1 << 40),
    ]
    for (index, stream) in streams.enumerated() {
      for other in streams[..<index] { #expect(zip(stream, other).filter { $0 == $1 }.count < 3) }
    }
    #expect(numbers() == streams[0])
  }

  @Test func `Drawn one by one or at once, the numbers are the same`() {
    var random = ShardRandom(seed: 1, step: 1, shard: 0)
    var many = [Float](repeating: 0, count: 64)
    random.uniform(into: &many, count: 64)
    #expect(many == numbers())
    random.normal(into: &many, count: 64)
    #expect(random.uniform() == numbers(count: 129).last)
  }

  @Test func `Whole numbers reach every place of their range, and evenly`() {
    var random = ShardRandom(seed: 7, step: 3, shard: 2)
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<10_000 { counts[random.integer(in: 5..<15) - 5] += 1 }
    #expect(counts.allSatisfy { 850...1150 ~= $0 })
    #expect(random.integer(in: -3 ..< -2) == -3)
    #expect((0..<100).map { _ in random.integer(in: 0..<1 << 32) }.max()! > 1 << 31)
  }

  @Test func `Of several sets each is drawn, and of one set nothing`() {
    var random = ShardRandom(seed: 1, step: 1, shard: 0)
    #expect(random.choice(of: 1) == 0)
    #expect(random.uniform() == numbers(count: 1)[0], "one set takes no draw")
    #expect(Set((0..<100).map { _ in random.choice(of: 3) }) == [0, 1, 2])
  }
}
