// NumpyPermutation: the order in which `numpy.random.RandomState(seed).permutation(count)` puts things: published inception
// scores deal their clips out by it. Mersenne twister (Matsumoto and Nishimura 1998) and Fisher and Yates' shuffle.

/// 0 ..< count in numpy's order.
package func numpyPermutation(of count: Int, seed: UInt32) -> [Int] {
  var random = MersenneTwister(seed: seed)
  var order = Array(0..<count)
  for last in stride(from: count - 1, to: 0, by: -1) {
    // Of the numbers with as few bits as `last` has, the first that is no greater.
    let mask = UInt32(truncatingIfNeeded: (UInt64(1) << (64 - UInt64(last).leadingZeroBitCount)) - 1)
    var other = random.next() & mask
    while other > last { other = random.next() & mask }
    order.swapAt(last, Int(other))
  }
  return order
}

/// MT19937: 624 words, and from time to time all of them anew.
private struct MersenneTwister {
  private var words: [UInt32]
  private var place = 624

  init(seed: UInt32) {
    words = [seed]
    for index in 1..<624 {
      let last = words[index - 1]
      words.append(1_812_433_253 &* (last ^ last >> 30) &+ UInt32(index))
    }
  }

  mutating func next() -> UInt32 {
    if place == 624 {
      for index in 0..<624 {
        let joined = words[index] & 0x8000_0000 | words[(index + 1) % 624] & 0x7FFF_FFFF
        words[index] = words[(index + 397) % 624] ^ joined >> 1 ^ (joined & 1 == 1 ? 0x9908_B0DF : 0)
      }
      place = 0
    }
    var word = words[place]
    place += 1
    word ^= word >> 11
    word ^= word << 7 & 0x9D2C_5680
    word ^= word << 15 & 0xEFC6_0000
    return word ^ word >> 18
  }
}
