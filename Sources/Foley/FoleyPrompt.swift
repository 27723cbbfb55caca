// FoleyPrompt: a prompt as a voice reads it, and which of its words the voice never heard.
import Conditioning
import Performer
import Tensors

public struct FoleyPrompt: Sendable {
  public let voice: Voice
  /// [tokens, textFeatures]; nil without a prompt.
  public let features: Tensor?
  /// Words that are like none that the voice learned from.
  public let unknown: [String]
  /// What the user should know.
  public let notices: [String]

  /// Two words of one stem are as near as this; two others are not.
  private static let near: Float = 0.4

  /// - Parameter voice: one of Foley.
  /// - Throws: `FoleyError` where the voice reads in another way, or knows no word of the prompt.
  public init(_ prompt: String?, voice: Voice) throws(FoleyError) {
    self.voice = voice
    guard let prompt, let foley = voice.foley else {
      (features, unknown, notices) = (nil, [], [])
      return
    }
    let directions = WordDirections(width: voice.generator.textFeatures)
    guard foley.words == directions.identity else {
      throw FoleyError("\(voice.path): expected a voice that reads by \(directions.identity), found \(foley.words)")
    }
    let words = WordDirections.words(prompt)
    let vocabulary = Set(foley.vocabulary)
    let strange = words.filter { word in
      !vocabulary.contains(word) && !foley.vocabulary.contains { directions.likeness(word, $0) >= Self.near }
    }
    guard strange.count < words.count else {
      throw FoleyError(
        "the prompt \"\(prompt)\": expected words that \(voice.name) learned, found none of them; it knows: "
          + foley.classes.joined(separator: ", "))
    }
    features = directions(prompt)
    unknown = strange
    let quoted = strange.map { "\"\($0)\"" }.joined(separator: ", ")
    let known = foley.classes.joined(separator: ", ")
    notices = strange.isEmpty ? [] : ["\(voice.name) never heard \(quoted); it knows: \(known)"]
  }
}
