// Places: where frames stand in a sequence of blocks: all of them offline under one mask, or a block live behind its cache.
import Generator
import Layers
import Tensors

extension Placement {
  /// [clean copy ; noisy copy] of a sequence that begins with a block.
  static func offline(frames: Int, block: Int, window: Int) -> Placement {
    let positions = Tensor(Shape(2 * frames), (0..<2 * frames).map { Float($0 % frames) })
    return Placement(
      queries: positions, keys: positions,
      mask: BlockMask.training(frames: frames, block: block, offset: 0, window: window, seesPast: true), copies: 2)
  }

  /// The block that begins at a frame of that sequence.
  static func live(from start: Int, block: Int, window: Int) -> Placement {
    let mask = Tensor(zeros: Shape(block, window + block))
    BlockMask.streaming(block: block, window: window, filled: min(start, window), into: mask.data)
    return Placement(
      queries: Tensor(Shape(block), (0..<block).map { Float(window + $0) }),
      keys: Tensor(Shape(window + block), (0..<window + block).map(Float.init)), mask: mask)
  }
}

extension MultiStreamTransformer {
  /// Caches of a past that did not begin.
  func emptyPast(_ kinds: Set<SideKind> = [.roll]) -> [KeyValue] {
    let window = configuration.window
    return cacheWidths(kinds).map {
      KeyValue(keys: Tensor(zeros: Shape(1, window, $0)), values: Tensor(zeros: Shape(1, window, $0)))
    }
  }
}
