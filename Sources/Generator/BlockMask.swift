// BlockMask: who may look at whom. Attention is bidirectional inside a block and causal across blocks.
// In training the sequence is [clean copy ; noisy copy]: a noisy frame sees the clean frames of earlier blocks, within
// the window, and the noisy frames of its own block.
import Tensors

/// Additive masks: 0 where a query may look, −∞ where not.
public enum BlockMask {
  /// The mask of one training sequence, [2·frames, 2·frames].
  ///
  /// - Parameters:
  ///   - frames: the length of each copy.
  ///   - block: frames a block.
  ///   - offset: frames of the first block that lie before the sequence, 0..<block.
  ///   - window: how many frames back a query may look.
  ///   - seesPast: false hides the clean copy from the noisy one, so that the score must be read.
  public static func training(frames: Int, block: Int, offset: Int, window: Int, seesPast: Bool) -> Tensor {
    precondition(block >= 1 && 0..<block ~= offset, "block \(block), offset \(offset)")
    let mask = Tensor(repeating: -.infinity, Shape(2 * frames, 2 * frames))
    for query in 0..<frames {
      let own = (query + offset) / block
      let clean = mask.data + query * 2 * frames
      let noisy = mask.data + (frames + query) * 2 * frames
      for key in 0..<frames {
        let other = (key + offset) / block
        let isNear = other == own || query - key <= window
        guard isNear else { continue }
        if other <= own { clean[key] = 0 }
        if other < own && seesPast { noisy[key] = 0 }
        if other == own { noisy[frames + key] = 0 }
      }
    }
    return mask
  }

  /// The mask of one block behind `window` cached frames of which the newest `filled` are real, [block, window + block].
  public static func streaming(block: Int, window: Int, filled: Int, into mask: UnsafeMutablePointer<Float>) {
    for query in 0..<block {
      let row = mask + query * (window + block)
      for key in 0..<window {
        let isNear = window + query - key <= window
        row[key] = key >= window - filled && isNear ? 0 : -.infinity
      }
      for key in window..<window + block { row[key] = 0 }
    }
  }
}
