// Tokenizer: a text as the numbers of its pieces, as T5 learned them: sentencepiece with the model's own file, the names of
// special tokens apart, and the end. Only this room sees sentencepiece.
import CSentencePiece
import Glibc
import Tensors

/// T5's `spiece.model`.
public final class Tokenizer: @unchecked Sendable {
  /// Pieces of the model; the extra tokens' numbers follow.
  public let count: Int
  /// Tokens that no text contains, `<extra_id_0>` and so on, the last of which has the lowest number.
  public let extra: Int
  /// The token that ends every caption.
  public let end: Int
  /// Opaque, and never changed once it is open.
  private let model: OpaquePointer
  private let special: [String: Int]

  /// The most tokens that a name may have in bytes.
  private static let longestName = 20

  /// Opens a file.
  ///
  /// - Throws: `WeightsError` with the path, and why it is no model of pieces with an end.
  public init(path: String, extra: Int = 100) throws(WeightsError) {
    let file = try OpenFile(path)
    guard file.count <= 1 << 26 else { throw WeightsError("\(path): \(file.count) bytes are no model of pieces") }
    var bytes = [UInt8](repeating: 0, count: file.count)
    var fault: WeightsError?
    bytes.withUnsafeMutableBytes { target in
      do throws(WeightsError) { try file.read(at: 0, into: target) } catch { fault = error }
    }
    if let fault { throw fault }
    var reason = [CChar](repeating: 0, count: 256)
    guard let model = csentencepiece_open(bytes, bytes.count, &reason, reason.count) else {
      let words = String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw WeightsError("\(path): expected a model of sentencepiece, found \(words)")
    }
    self.model = model
    self.extra = extra
    count = Int(csentencepiece_count(model))
    let unknown = csentencepiece_find(model, "<unk>")
    var special: [String: Int] = [:]
    for name in ["<pad>", "</s>", "<unk>"] {
      let number = csentencepiece_find(model, name)
      if number != unknown || name == "<unk>" { special[name] = Int(number) }
    }
    for index in 0..<extra { special["<extra_id_\(index)>"] = count + extra - 1 - index }
    self.special = special
    end = special["</s>"] ?? -1
    if end < 0 { throw WeightsError("\(path): expected a piece </s>, as T5 has it, found none") }
  }

  deinit { csentencepiece_close(model) }

  /// The tokens of a caption, the end included.
  ///
  /// - Parameter limit: the most tokens; of a longer text the first are kept, and the end.
  /// - Returns: the tokens, and how many there would have been.
  public func tokens(_ text: String, limit: Int) -> (tokens: [Int], whole: Int) {
    precondition(limit > 0, "a limit of \(limit) tokens")
    var tokens: [Int] = []
    var plain = text[...]
    // Names of special tokens are cut out first; the text before and behind is a text of its own.
    var from = text.startIndex
    while let open = text.utf8[from...].firstIndex(of: UInt8(ascii: "<")) {
      from = text.utf8.index(after: open)
      guard let close = text.utf8[open...].prefix(Self.longestName).firstIndex(of: UInt8(ascii: ">")),
        let number = special[String(decoding: text.utf8[open...close], as: UTF8.self)]
      else { continue }
      tokens += pieces(text.utf8[plain.startIndex..<open])
      tokens.append(number)
      from = text.utf8.index(after: close)
      plain = text[from...]
    }
    tokens += pieces(text.utf8[plain.startIndex...])
    let whole = tokens.count + 1
    return (Array(tokens.prefix(limit - 1)) + [end], whole)
  }

  private func pieces(_ text: Substring.UTF8View) -> [Int] {
    let bytes = Array(text)
    if bytes.isEmpty { return [] }
    var count = 0
    let found = bytes.withUnsafeBytes {
      csentencepiece_encode(model, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count, &count)
    }
    guard let found else { preconditionFailure("sentencepiece refused a text of \(bytes.count) bytes") }
    defer { free(found) }
    return UnsafeBufferPointer(start: found, count: count).map { Int($0) }
  }
}
