// Choreography: a score as something to look at: keys, pedals and hands at any time, each a function of the time alone.
import Keyboards
import Score

/// What is to be seen at one moment.
public struct Moment: Sendable {
  /// Of each key from the lowest: 0 up … 1 down.
  public let keys: [Float]
  /// 0 up … 1 down.
  public let sustain: Float, sostenuto: Float, soft: Float
  /// Whether the left foot is over the middle pedal, 0…1; else it is over the left one, or beside.
  public let leftFootMiddle: Float, leftFootReady: Float
  /// The left one, the right one.
  public let hands: [Hand]
}

/// A performance to be filmed.
public struct Choreography: Sendable {
  public let geometry: KeyboardGeometry
  /// By MIDI key.
  public let motions: [Int: KeyMotion]
  private let sustain: PedalMotion, sostenuto: PedalMotion, soft: PedalMotion
  private let left: HandMotion, right: HandMotion
  private let handSize: Float

  /// - Parameters:
  ///   - score: keys that the keyboard does not have are not played.
  ///   - handSize: 1 for a hand of 185 mm.
  ///   - seed: of how the hands sway, and of how high this player raises them.
  public init(_ score: Score, geometry: KeyboardGeometry = .full, handSize: Float = 1, seed: UInt64 = 1) {
    self.geometry = geometry
    self.handSize = handSize
    let notes = score.notes.filter { geometry.keys.contains(Int($0.key)) }
    let motions = Dictionary(grouping: notes) { Int($0.key) }.mapValues { notes in
      KeyMotion(notes.map { ($0.start, $0.end, $0.velocity) })
    }
    let slices = Slice.slices(notes.map { Touch($0, on: geometry) })
    let hands = HandAssignment.hands(slices, width: geometry.width)
    var chance = Chance(seed: seed)
    let habit = chance.between(0.85, 1.2)
    func motion(_ slices: [Slice], isLeft: Bool) -> HandMotion {
      HandMotion(
        Fingering.contacts(slices, isLeft: isLeft), isLeft: isLeft, geometry: geometry, motions: motions,
        habit: habit, seed: chance.next())
    }
    left = motion(hands.left, isLeft: true)
    right = motion(hands.right, isLeft: false)
    func pedal(_ kind: Pedal.Kind) -> PedalMotion { PedalMotion(score.pedals.filter { $0.kind == kind }) }
    (sustain, sostenuto, soft) = (pedal(.sustain), pedal(.sostenuto), pedal(.soft))
    self.motions = motions
  }

  public func moment(at time: Double) -> Moment {
    let keys = geometry.keys.map { motions[$0]?.depth(at: time) ?? 0 }
    let depth = { (key: Int) in keys[key - geometry.keys.lowerBound] }
    var poses = [left.pose(at: time), right.pose(at: time)]
    // Hands in one place: one goes in and above, the other out.
    let close = smooth((130 - (poses[1].centre - poses[0].centre)) / 120)
    poses[0].inset += 16 * close
    poses[0].lift += 16 * close
    let hands = zip([left, right], poses).enumerated().map { index, hand in
      Hand(
        isLeft: index == 0, pose: hand.1,
        tips: hand.0.tips(at: time, hand.1, radii: Hand.tipRadii(handSize), depth: depth), size: handSize,
        middle: geometry.width / 2)
    }
    let needsMiddle = sostenuto.isNear(time, within: 0.6)
    return Moment(
      keys: keys, sustain: sustain.position(at: time), sostenuto: sostenuto.position(at: time),
      soft: soft.position(at: time), leftFootMiddle: needsMiddle ? 1 : 0,
      leftFootReady: needsMiddle || soft.isNear(time, within: 0.6) ? 1 : 0, hands: hands)
  }

  /// The score as an eye sees it: each note from its key's half-way down to its half-way up, all of one velocity.
  public var seen: Score {
    Score(
      notes: motions.flatMap { key, motion in
        motion.strokes.map {
          Note(key: UInt8(key), velocity: 64, start: max(0, $0.seen.lowerBound), end: $0.seen.upperBound)
        }
      })
  }
}
