// BlockLead: what a performance in blocks is led by: a roll, a film, words. Words stay the same throughout.
import Tensors

/// The streams that are present, and the words, which become part of the program.
public struct BlockLead: Sendable {
  /// Whether blocks come with rows of a roll; with those of a film's pictures.
  public let followsRoll: Bool, followsFilm: Bool
  /// [tokens, textFeatures]; nil for none.
  public let words: Tensor?

  public init(roll: Bool = true, film: Bool = false, words: Tensor? = nil) {
    (followsRoll, followsFilm, self.words) = (roll, film, words.flatMap { $0.shape[0] > 0 ? $0 : nil })
  }

  static let nothing = BlockLead(roll: false)

  var kinds: Set<SideKind> { Set((followsRoll ? [.roll] : []) + (followsFilm ? [.video] : [])) }
  /// The piano: its rolls say themselves when there is none.
  var isRollAlone: Bool { followsRoll && !followsFilm && words == nil }

  /// Guides as inputs of a program, in the order roll, film.
  func guides(_ c: GeneratorConfiguration, frames: Int) -> (Guides, inputs: [Tensor]) {
    func rows(_ isThere: Bool, _ width: Int) -> Tensor? {
      isThere ? Tensor(zeros: Shape(1, frames, width)).tracked : nil
    }
    let roll = rows(followsRoll, c.conditionWidth)
    let film = rows(followsFilm, c.videoFeatures)
    let guides = Guides(roll: roll.map { Guide($0) }, video: film.map { Guide($0) }, text: words.map { Captions([$0]) })
    return (guides, [roll, film].compactMap(\.self))
  }
}
