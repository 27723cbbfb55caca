// Cause: something that happens and is seen, and makes a sound by happening: what a film shows and what is heard of it follow
// from one list of events, so that both are known to the sample.
import Scenery
import Score

/// What can happen.
public enum CauseKind: String, Codable, CaseIterable, Sendable { case bounce, hammer, door, rain, car, steps }

/// When something sounds.
public struct CauseEvent: Equatable, Sendable {
  /// Seconds from the film's beginning: a whole number of samples.
  public let time: Double
  /// 0…1: the speed of what strikes, as a share of the greatest that its kind knows.
  public let strength: Double

  package init(_ time: Double, _ strength: Double) {
    self.time = (time * Double(sampleRate)).rounded() / Double(sampleRate)
    self.strength = min(max(strength, 0.02), 1)
  }
}

/// Samples a second of everything that is heard.
public let sampleRate = 24_000

/// A scene, drawn and heard. Everything about it was decided when it was made.
package protocol Cause: Sendable {
  /// In the order of their times.
  var events: [CauseEvent] { get }
  /// What kind of sound it is, for a list: `ball on wood`.
  var category: String { get }
  var wording: Wording { get }
  /// The recordings that are heard in it; none where all of it is computed.
  var recordings: [Effect] { get }
  var setting: Setting { get }

  /// Draws what never moves.
  func backdrop(_ brush: Brush)
  /// Draws the rest, as it is at a time, s.
  func draw(_ brush: Brush, at time: Double)
  /// What is heard, without the room, at any loudness.
  func sound(samples: Int) -> [Float]
}

extension Cause {
  package var recordings: [Effect] { [] }
}

extension CauseKind {
  /// A scene of this kind.
  ///
  /// - Parameters:
  ///   - chance: decides all of it.
  ///   - shelf: the recordings that doors and steps sound with: at least one door, and one ground to walk on.
  package func cause(_ chance: inout Chance, seconds: Double, shelf: EffectShelf) -> any Cause {
    switch self {
    case .bounce: Bounce(&chance, seconds: seconds)
    case .hammer: HammerStrokes(&chance, seconds: seconds)
    case .door: ClosingDoor(&chance, seconds: seconds, doors: shelf.doors)
    case .rain: RainShower(&chance, seconds: seconds)
    case .car: PassingCar(&chance, seconds: seconds)
    case .steps: Walk(&chance, seconds: seconds, grounds: shelf.grounds)
    }
  }
}
