// FixedReader: captions read without a network that was trained: each word a direction that its letters decide.
import Conditioning
import Tensors

public struct FixedReader: CaptionReader {
  private let words = WordDirections()

  public init() {}

  public var identity: String { words.identity }
  public var width: Int { words.width }

  public func features(of caption: String) throws -> Tensor { words(caption) }
}
