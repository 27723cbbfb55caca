// Wording: one thing in many words: sentences with gaps, and what may stand in each gap.
import Score

/// How something may be said. `{ball}` in a sentence stands for one of `words["ball"]`.
public struct Wording: Sendable {
  public let sentences: [String]
  public let words: [String: [String]]

  public init(_ sentences: [String], _ words: [String: [String]] = [:]) {
    (self.sentences, self.words) = (sentences, words)
  }

  /// Some captions, no two alike; fewer where there are not so many.
  public func captions(_ count: Int, _ chance: inout Chance) -> [String] {
    var captions: [String] = []
    var left = sentences
    while captions.count < count, !left.isEmpty {
      let sentence = fill(left.remove(at: chance.between(0...left.count - 1)), &chance)
      if !captions.contains(sentence) { captions.append(sentence) }
    }
    return captions
  }

  private func fill(_ sentence: String, _ chance: inout Chance) -> String {
    var result = ""
    for (index, part) in sentence.split(separator: "{", omittingEmptySubsequences: false).enumerated() {
      guard index > 0, let end = part.firstIndex(of: "}") else {
        result += part
        continue
      }
      let name = String(part[..<end])
      result += chance.one(of: words[name] ?? [name]) + part[part.index(after: end)...]
    }
    return result.prefix(1).uppercased() + result.dropFirst()
  }

  /// once, twice, three times, several times.
  package static func times(_ count: Int) -> [String] {
    switch count {
    case 1: ["once"]
    case 2: ["twice", "two times"]
    case 3: ["three times"]
    case 4: ["four times", "several times"]
    default: ["several times", "again and again", "many times"]
    }
  }
}
