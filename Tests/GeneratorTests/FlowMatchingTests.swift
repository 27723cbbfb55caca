// FlowMatchingTests: times of the flow, and masks: who may look at whom.
import Generator
import Tensors
import Testing

@Suite struct FlowMatchingTests {
  @Test(arguments: [1, 2, 3, 4, 7, 16, 64]) func `Times rise from noise to latents`(_ steps: Int) {
    let times = (0...steps).map { FlowMatching.time($0, of: steps) }
    #expect(times.first == 0 && times.last == 1)
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func `Sway spends its steps near the noise; without it they are even`() {
    #expect(FlowMatching.time(1, of: 4) < 0.25 / 2)
    #expect(abs(FlowMatching.sway(0.3, 0) - 0.3) < 1e-7)
  }

  @Test(arguments: [(8, 2, 0), (8, 3, 1), (9, 9, 0), (7, 1, 0), (12, 4, 3)], [true, false])
  func `A noisy frame sees its own block and the clean past`(_ sizes: (Int, Int, Int), _ seesPast: Bool) {
    let (frames, block, offset) = sizes
    let window = 5
    let mask = BlockMask.training(frames: frames, block: block, offset: offset, window: window, seesPast: seesPast)
    func sees(_ query: Int, _ key: Int) -> Bool { mask[query * 2 * frames + key] == 0 }
    func number(_ frame: Int) -> Int { (frame + offset) / block }
    for query in 0..<frames {
      for key in 0..<frames {
        let isOwn = number(key) == number(query)
        let isPast = number(key) < number(query) && query - key <= window
        #expect(sees(query, key) == (isOwn || isPast), "clean \(query) at clean \(key)")
        #expect(!sees(query, frames + key), "clean \(query) at noisy \(key)")
        #expect(sees(frames + query, key) == (isPast && seesPast), "noisy \(query) at clean \(key)")
        #expect(sees(frames + query, frames + key) == isOwn, "noisy \(query) at noisy \(key)")
      }
    }
  }

  @Test func `A live block sees all of itself and what is filled of the window`() {
    var mask = [Float](repeating: 9, count: 2 * 6)
    BlockMask.streaming(block: 2, window: 4, filled: 3, into: &mask)
    // The second frame of the block is one further from the past.
    #expect(mask.map { $0 == 0 } == [false, true, true, true, true, true, false, true, true, true, true, true])
  }
}
