// ResidualQuantizer: latents as codes: each codebook says what the ones before it left unsaid.
import Tensors

/// Residual vector quantisation with Euclidean codebooks.
public struct ResidualQuantizer: Sendable {
  /// [size, width] each.
  let codebooks: [Tensor]
  /// |e|² of every entry.
  private let squares: [[Float]]

  public init(_ w: Scope, _ c: EnCodecConfiguration) {
    codebooks = (0..<c.codebooks).map {
      (w / "layers" / $0 / "codebook").constant("embed", c.codebookSize, c.latentWidth)
    }
    squares = codebooks.map { book in
      (0..<c.codebookSize).map { Self.square(book.data + $0 * c.latentWidth, c.latentWidth) }
    }
  }

  private static func square(_ x: UnsafePointer<Float>, _ width: Int) -> Float {
    var sum: Float = 0
    for index in 0..<width { sum += x[index] * x[index] }
    return sum
  }

  /// The nearest entry of each of the first `count` codebooks to what is left: argmin |r|² − 2 r·e + |e|², the first of
  /// equals.
  ///
  /// - Parameter latents: [1, frames, width].
  /// - Returns: `count` rows of a code a frame.
  public func encode(_ latents: Tensor, codebooks count: Int) -> [[UInt16]] {
    precondition(count >= 1 && count <= codebooks.count, "\(count) of \(codebooks.count) codebooks")
    let (frames, width) = (latents.shape[1], latents.shape[2])
    let residual = Tensor(Shape(frames, width), latents.array)
    return (0..<count).map { index in
      let (book, squares) = (codebooks[index], squares[index])
      let products = MatMul(transposedRight: true)(residual, book)
      return (0..<frames).map { frame in
        let row = products.data + frame * squares.count
        let rest = residual.data + frame * width
        let own = Self.square(rest, width)
        var best = 0
        var least = Float.infinity
        for entry in 0..<squares.count {
          let distance = own - 2 * row[entry] + squares[entry]
          if distance < least { (best, least) = (entry, distance) }
        }
        for channel in 0..<width { rest[channel] -= book[best * width + channel] }
        return UInt16(best)
      }
    }
  }

  /// The sum of what the codes stand for, [1, frames, width]. Codes lie below the codebooks' size.
  public func decode(_ codes: [[UInt16]]) -> Tensor {
    precondition(!codes.isEmpty && codes.count <= codebooks.count, "\(codes.count) of \(codebooks.count) codebooks")
    let width = codebooks[0].shape[1]
    let latents = Tensor(zeros: Shape(1, codes[0].count, width))
    for (book, row) in zip(codebooks, codes) {
      for (frame, code) in row.enumerated() {
        let entry = book.data + Int(code) * width
        for channel in 0..<width { latents[frame * width + channel] += entry[channel] }
      }
    }
    return latents
  }
}
