// WordDirections: captions as small voices read them: each word a fixed direction that its letters decide.
// Nothing is learned and nothing stored; words that share letters, such as "step" and "steps", lie near each other.
import Kernels
import Tensors

/// d(word) ∝ Σ n(g) over the word's pieces g: all runs of three to five letters of "<word>", and "<word>" itself; n(g) is a
/// normal vector that the piece's hash alone decides. So a word that no training heard is near those that it is made from.
///
/// Words are runs of letters and digits, without regard to case; signs inside of a word, such as an apostrophe, part it.
/// Only the first `limit` words are read, and the first 32 letters of a word: no caption costs more than a long one.
public struct WordDirections: Sendable {
  /// The most words of a caption.
  public static let limit = 64
  private static let longest = 32

  public let width: Int

  /// What features depend on but for the caption.
  public var identity: String { "word directions 1, \(width) wide" }

  public init(width: Int = 96) {
    precondition(width > 0, "words \(width) wide")
    self.width = width
  }

  /// The words that are read, in lower case.
  public static func words(_ caption: String) -> [String] {
    var words: [String] = []
    var (word, length) = ("", 0)
    func isPart(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
    for scalar in caption.unicodeScalars {
      if isPart(scalar) {
        if length < longest { word += scalar.properties.lowercaseMapping }
        length += 1
      } else if length > 0 {
        words.append(word)
        (word, length) = ("", 0)
        if words.count == limit { return words }
      }
    }
    return length > 0 ? words + [word] : words
  }

  /// - Returns: [1 + words, width], rows of unit root mean square. The first is the caption as a whole, the direction of the
  ///   sum of its words; it is zero where there are none.
  public func callAsFunction(_ caption: String) -> Tensor {
    let words = Self.words(caption)
    let rows = Tensor(zeros: Shape(1 + words.count, width))
    for (index, word) in words.enumerated() {
      let row = rows.data + (1 + index) * width
      write(word, into: row)
      fp_accumulate(width, row, rows.data)
    }
    Self.normalise(rows.data, width)
    return rows
  }

  /// cos between the directions of two words, −1…1.
  public func likeness(_ one: String, _ other: String) -> Float {
    let rows = Tensor(zeros: Shape(2, width))
    write(one, into: rows.data)
    write(other, into: rows.data + width)
    return (0..<width).reduce(0) { $0 + rows[$1] * rows[width + $1] } / Float(width)
  }

  private func write(_ word: String, into row: UnsafeMutablePointer<Float>) {
    let letters = Array("<\(word)>".unicodeScalars)
    let piece = Tensor(zeros: Shape(width))
    func add(_ letters: some Sequence<Unicode.Scalar>) {
      fp_normal(Self.hash(letters), 0, 0, piece.data, width)
      fp_accumulate(width, piece.data, row)
    }
    for length in 3...5 where length < letters.count {
      for start in 0...letters.count - length { add(letters[start..<start + length]) }
    }
    add(letters)
    Self.normalise(row, width)
  }

  /// FNV-1a over the scalars (Fowler, Noll and Vo).
  private static func hash(_ letters: some Sequence<Unicode.Scalar>) -> UInt64 {
    letters.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1.value)) &* 0x100_0000_01B3 }
  }

  private static func normalise(_ row: UnsafeMutablePointer<Float>, _ width: Int) {
    let square = (0..<width).reduce(Float(0)) { $0 + row[$1] * row[$1] }
    guard square > 0 else { return }
    fp_affine(width, (Float(width) / square).squareRoot(), 0, row, row)
  }
}
