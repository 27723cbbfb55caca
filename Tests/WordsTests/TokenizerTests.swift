// TokenizerTests: the tokens of captions are those of the reference, in many languages and scripts, with odd spaces and
// signs, empty and very long.
import Foundation
import Scratch
import Tensors
import Testing
import Words

/// What `Fixtures/make_words.py` made.
enum WordsFixture {
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
  }
  static let folder = path("flan")

  /// Captions and all of their tokens.
  static let captions: [(text: String, tokens: [Int])] = try! JSON(path: path("captions.json")).elements!.map {
    ($0["text"]!.string!, $0["ids"]!.elements!.map { $0.integer! })
  }
}

@Suite struct TokenizerTests {
  let tokenizer = try! Tokenizer(path: WordsFixture.folder + "/spiece.model")

  @Test func `Tokens are the reference's`() {
    #expect(WordsFixture.captions.count > 80)
    for (text, expected) in WordsFixture.captions {
      let (tokens, whole) = tokenizer.tokens(text, limit: 1 << 20)
      #expect(tokens == expected, "\(text.prefix(60).debugDescription)")
      #expect(whole == expected.count)
    }
  }

  @Test func `A long caption keeps its beginning, and the end`() {
    let (text, all) = WordsFixture.captions.last!
    #expect(all.count > 10_000)
    for limit in [1, 2, 77, 512] {
      let (tokens, whole) = tokenizer.tokens(text, limit: limit)
      #expect(tokens == Array(all.prefix(limit - 1)) + [1] && whole == all.count)
    }
    #expect(tokenizer.tokens("", limit: 512) == ([1], 1))
  }

  @Test func `Special tokens have their numbers, and only by their whole names`() {
    func tokens(_ text: String) -> [Int] { tokenizer.tokens(text, limit: 512).tokens }
    let count = tokenizer.count
    #expect(tokens("<extra_id_0><extra_id_99>") == [count + 99, count, 1])
    #expect(tokens("<pad></s><unk>") == [0, 1, 2, 1])
    #expect(!tokens("<extra_id_100>").contains { $0 >= count })
    #expect(tokens("<<<pad>") == tokens("<<").dropLast() + [0, 1])
    #expect(tokens("<" + String(repeating: "x", count: 100) + ">").last == 1)
  }

  @Test func `What is no model of pieces is refused`() throws {
    let scratch = try Scratch()
    let path = scratch.path + "/spiece.model"
    func refusal() -> String {
      "\((#expect(throws: WeightsError.self) { try Tokenizer(path: path) }).map { "\($0)" } ?? "")"
    }
    #expect(refusal().hasPrefix("\(path): cannot open"))
    let whole = try Data(contentsOf: URL(fileURLWithPath: WordsFixture.folder + "/spiece.model"))
    for data in [Data("version https://git-lfs.github.com/spec/v1\n".utf8), whole.prefix(1000), Data()] {
      try data.write(to: URL(fileURLWithPath: path))
      let said = refusal()
      #expect(said.hasPrefix("\(path): expected"), "\(said)")
    }
  }
}
