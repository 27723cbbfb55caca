// FactorContrast: what sound and film share, and what each alone knows, are learned apart: FactorCL (Liang et al. 2023), the
// paper's equation 6, with the terms that the authors' program has: each is counted once.
import Layers
import Tensors

/// L = NCE(x₁; x₂) + CLUB(x₁; x₂) + NCE(x₁; x₁′) + NCE(x₂; x₂′) + NCE(x₁x₁′; x₂x₂′) + CLUB(x₁x₁′; x₂x₂′).
///
/// x₁ and x₂ are frames of sound and the pictures at the same time, each through a linear map; x′ is another view of x
/// (`FeatureView`). Every term has networks and a critic of its own. NCE is minus a lower bound on what two sides know of each
/// other, CLUB an upper bound. What is shared is raised, what is not known of the views in common is lowered.
public struct FactorContrast: Sendable {
  let audio: Linear, video: Linear
  let shared: Term, sharedBound: Term, given: Term, givenBound: Term
  let ownAudio: OwnTerm, ownVideo: OwnTerm

  /// - Parameters:
  ///   - width: of x₁ and x₂ behind their maps.
  ///   - hidden: width of a critic.
  public init(_ w: Scope, audioWidth: Int, videoWidth: Int, width: Int = 320, hidden: Int = 512) {
    audio = Linear(w / "input" / "audio", inputs: audioWidth, outputs: width)
    video = Linear(w / "input" / "video", inputs: videoWidth, outputs: width)
    shared = Term(w / "shared", width: width, views: 1, hidden: hidden)
    sharedBound = Term(w / "shared-bound", width: width, views: 1, hidden: hidden)
    given = Term(w / "given", width: width, views: 2, hidden: hidden)
    givenBound = Term(w / "given-bound", width: width, views: 2, hidden: hidden)
    ownAudio = OwnTerm(w / "audio", width: width, hidden: hidden)
    ownVideo = OwnTerm(w / "video", width: width, hidden: hidden)
  }

  /// - Parameters:
  ///   - sound: [n, audioWidth], and `otherSound`: another view of it.
  ///   - film: what is seen with each, [n, videoWidth], and `otherFilm`.
  /// - Returns: L, and what CLUB's critics learn from. Those learn to tell pairs apart and from nothing else: a critic that
  ///   followed L would say that nothing is shared. Their loss reaches neither the streams nor the other networks.
  public func callAsFunction(sound: Tensor, otherSound: Tensor, film: Tensor, otherFilm: Tensor) -> Losses {
    let (x1, y1) = (audio(sound), audio(otherSound))
    let (x2, y2) = (video(film), video(otherFilm))
    let club = sharedBound.bound([x1], [x2])
    let clubGiven = givenBound.bound([x1, y1], [x2, y2])
    let terms = [
      ("shared", PairBound.nce(shared.scores([x1], [x2]))), ("shared at most", club.value),
      ("sound alone", ownAudio(x1, y1)), ("film alone", ownVideo(x2, y2)),
      ("shared by views", PairBound.nce(given.scores([x1, y1], [x2, y2]))), ("by views at most", clubGiven.value),
    ]
    let total = terms.dropFirst().reduce(terms[0].1) { $0 + $1.1 }
    return Losses(total + club.learning + clubGiven.learning, terms.map { Measure($0.0, $0.1.scalar) })
  }
}

/// W₂·relu(W₁·x): how a term looks at one side.
private struct Head: Sendable {
  let first: Linear, second: Linear

  init(_ w: Scope, width: Int) {
    first = Linear(w / "first", inputs: width, outputs: width)
    second = Linear(w / "second", inputs: width, outputs: width)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { second(relu(first(x))) }
}

/// A term about sound and film: a network for each, and a critic. With two views, both of a side go through its network.
struct Term: Sendable {
  private let audio: Head, video: Head
  private let critic: PairCritic

  init(_ w: Scope, width: Int, views: Int, hidden: Int) {
    audio = Head(w / "audio", width: width)
    video = Head(w / "video", width: width)
    critic = PairCritic(w / "critic", inputs: views * width, hidden: hidden)
  }

  private func sides(_ sound: [Tensor], _ film: [Tensor]) -> (Tensor, Tensor) {
    (concatenate(sound.map { audio($0) }, axis: 1), concatenate(film.map { video($0) }, axis: 1))
  }

  /// T of every pair.
  func scores(_ sound: [Tensor], _ film: [Tensor]) -> Tensor {
    let (x, y) = sides(sound, film)
    return critic(x, y)
  }

  /// CLUB, of which the critic learns nothing, and the loss from which it does.
  func bound(_ sound: [Tensor], _ film: [Tensor]) -> (value: Tensor, learning: Tensor) {
    let (x, y) = sides(sound, film)
    return (PairBound.club(critic.frozen(x, y)), PairBound.nce(critic(x.untracked, y.untracked)))
  }
}

/// NCE of two views of one side, which share a network.
struct OwnTerm: Sendable {
  private let head: Head
  private let critic: PairCritic

  init(_ w: Scope, width: Int, hidden: Int) {
    head = Head(w / "head", width: width)
    critic = PairCritic(w / "critic", inputs: width, hidden: hidden)
  }

  func callAsFunction(_ x: Tensor, _ y: Tensor) -> Tensor { PairBound.nce(critic(head(x), head(y))) }
}
