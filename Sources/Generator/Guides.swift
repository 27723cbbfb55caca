// Guides: what the audio stream is led by: a roll, the pictures of a film, words. What is absent is not computed.
import Tensors

/// The streams that run beside the audio stream.
public enum SideKind: String, Sendable, CaseIterable {
  /// Extra-DiT: the roll.
  case roll
  /// Video-DiT: what a film shows.
  case video
}

/// What a side stream reads, at the rate of the latents.
public struct Guide: Sendable {
  /// [batch·copies, frames, width of the features].
  public let features: Tensor
  /// 1 for each sequence that has such features, 0 for each that does not, [batch·copies, 1, 1]; nil if all have them.
  ///
  /// To the audio stream a sequence with 0 is what it would be if the stream were absent; only the work is done.
  public let presence: Tensor?

  public init(_ features: Tensor, presence: [Bool]? = nil) {
    precondition(
      features.shape.rank == 3 && (presence?.count ?? features.shape[0]) == features.shape[0],
      "features \(features.shape), of which \(presence?.count ?? 0) are marked")
    self.features = features
    self.presence = presence.map { Tensor(Shape($0.count, 1, 1), $0.map { $0 ? 1 : 0 }) }
  }
}

/// Captions as an encoder of text understood them, padded behind to the length of the longest.
public struct Captions: Sendable {
  /// [batch, tokens, width of the features].
  public let features: Tensor
  /// How many tokens of each are real. A caption of none is as good as absent.
  public let lengths: [Int]

  public init(_ features: Tensor, lengths: [Int]) {
    precondition(
      features.shape.rank == 3 && lengths.count == features.shape[0]
        && lengths.allSatisfy { 0...features.shape[1] ~= $0 }, "captions \(features.shape) of lengths \(lengths)")
    self.features = features
    self.lengths = lengths
  }

  /// Each caption's tokens, [1, tokens, width] or [tokens, width].
  public init(_ captions: [Tensor]) {
    let width = captions[0].shape.width
    let longest = captions.map(\.shape.rows).max()!
    let features = Tensor(zeros: Shape(captions.count, longest, width))
    for (index, caption) in captions.enumerated() {
      precondition(caption.shape.width == width, "captions \(width) and \(caption.shape.width) wide")
      (features.data + index * longest * width).update(from: caption.data, count: caption.shape.count)
    }
    self.init(features, lengths: captions.map(\.shape.rows))
  }

  /// Which tokens each of `frames` frames may look at, [batch, frames, tokens]; nil if all of them.
  func mask(frames: Int) -> Tensor? {
    let tokens = features.shape[1]
    if lengths.allSatisfy({ $0 == tokens }) { return nil }
    let mask = Tensor(zeros: Shape(lengths.count, frames, tokens))
    for (index, length) in lengths.enumerated() {
      for frame in 0..<frames {
        let row = mask.data + (index * frames + frame) * tokens
        (row + length).update(repeating: -.infinity, count: tokens - length)
      }
    }
    return mask
  }
}

/// All that a pass is led by.
public struct Guides: Sendable {
  public var roll: Guide?, video: Guide?, text: Captions?

  public init(roll: Guide? = nil, video: Guide? = nil, text: Captions? = nil) {
    (self.roll, self.video, self.text) = (roll, video, text)
  }

  subscript(kind: SideKind) -> Guide? {
    switch kind {
    case .roll: roll
    case .video: video
    }
  }
}
