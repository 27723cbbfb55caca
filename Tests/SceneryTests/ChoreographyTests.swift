// ChoreographyTests: hands play what the score says with fingers that people would use, and every moment is a function.
import Keyboards
import Scenery
import Score
import Testing

@Suite struct ChoreographyTests {
  static func slices(_ notes: [Note]) -> [Slice] {
    Slice.slices(notes.map { Touch($0, on: .full) })
  }

  static func scale(_ keys: [Int], step: Double = 0.3) -> [Note] {
    keys.enumerated().map {
      Note(key: UInt8($1), velocity: 70, start: 1 + step * Double($0), end: 1 + step * Double($0 + 1) - 0.02)
    }
  }

  @Test func `Five neighbours are played by five fingers, by the left hand the other way round`() {
    let slices = Self.slices(Self.scale([60, 62, 64, 65, 67]))
    #expect(Fingering.contacts(slices, isLeft: false).map { $0[0].finger } == [0, 1, 2, 3, 4])
    #expect(Fingering.contacts(slices, isLeft: true).map { $0[0].finger } == [4, 3, 2, 1, 0])
  }

  @Test func `A scale of an octave passes the thumb under, and no key is played by the finger before`() {
    let fingers = Fingering.contacts(Self.slices(Self.scale([60, 62, 64, 65, 67, 69, 71, 72])), isLeft: false)
      .map { $0[0].finger }
    #expect(zip(fingers, fingers.dropFirst()).allSatisfy { $0 != $1 }, "\(fingers)")
    #expect(zip(fingers, fingers.dropFirst()).contains { $1 < $0 }, "\(fingers)")
  }

  @Test func `Chords are taken by fingers in order, and keys far apart by two hands`() {
    let chord = [60, 64, 67, 72].map { Note(key: UInt8($0), velocity: 70, start: 1, end: 2) }
    let grip = Fingering.contacts(Self.slices(chord), isLeft: false)[0].map(\.finger)
    #expect(grip == grip.sorted() && Set(grip).count == 4 && grip[0] == 0 && grip[3] == 4, "\(grip)")
    let wide = [36, 43, 72, 79].map { Note(key: UInt8($0), velocity: 70, start: 1, end: 2) }
    let hands = HandAssignment.hands(Self.slices(wide), width: 1225)
    #expect(hands.left.flatMap(\.touches).map(\.key) == [36, 43])
    #expect(hands.right.flatMap(\.touches).map(\.key) == [72, 79])
  }

  @Test func `Where a note begins a tip is on its key, and rides down with it`() throws {
    let score = Score(
      notes: Self.scale([60, 64, 67, 72, 71, 66, 62], step: 0.5) + Self.scale([36, 43, 48, 46], step: 0.7))
    let choreography = Choreography(score)
    for note in score.notes {
      let moment = choreography.moment(at: note.start)
      let x = choreography.geometry.centre(Int(note.key))
      let tips = moment.hands.flatMap { $0.fingers.map { $0[3] } }
      let nearest = try #require(tips.min { abs($0.x - x) < abs($1.x - x) })
      let top: Float = KeyboardGeometry.isBlack(Int(note.key)) ? KeyboardGeometry.blackHeight : 0
      let surface = top - KeyboardGeometry.sink(1, at: nearest.y)
      #expect(abs(nearest.x - x) < 1, "\(note.key)")
      #expect((4...9).contains(nearest.z - surface), "\(note.key) \(nearest.z - surface)")
      #expect(moment.keys[Int(note.key) - 21] == 1)
    }
  }

  /// The highest that a tip, and a palm, is before the first note of a key sinks.
  static func raised(_ velocity: Int, space: Double = 2) -> (tip: Float, knuckle: Float) {
    let notes = [60, 60, 60].enumerated().map {
      Note(key: UInt8($1), velocity: UInt8(velocity), start: 3 + space * Double($0), end: 3.1 + space * Double($0))
    }
    let choreography = Choreography(Score(notes: notes))
    let times = stride(from: 3 + space + 0.1, to: 3 + 2 * space, by: 0.005)
    let x = choreography.geometry.centre(60)
    return times.reduce((0, 0)) { highest, time in
      let fingers = choreography.moment(at: time).hands.flatMap { hand in hand.fingers }
      let finger = fingers.min { abs($0[3].x - x) < abs($1[3].x - x) }!
      return (max(highest.0, finger[3].z), max(highest.1, finger[0].z))
    }
  }

  @Test func `Louder notes are struck from higher, by fingers and by the hand`() {
    let (soft, loud) = (Self.raised(30), Self.raised(110))
    #expect(loud.tip > soft.tip + 10, "\(loud), \(soft)")
    #expect(loud.knuckle > soft.knuckle + 5, "\(loud), \(soft)")
    // Where there is no time there is no way up.
    #expect(Self.raised(110, space: 0.2).tip < loud.tip - 8)
  }

  @Test func `A finger hangs over the key that it will strike, and then lies on it`() {
    let score = Score(
      notes: Self.scale([60, 64, 67, 72, 71, 66, 62], step: 0.5) + Self.scale([36, 43, 48, 46], step: 0.7))
    let choreography = Choreography(score)
    func height(_ key: UInt8, _ time: Double) -> Float {
      let heights = choreography.moment(at: time).fingerHeights(over: choreography.geometry)
      #expect(heights.count == 88)
      return heights[Int(key) - 21]
    }
    for note in score.notes {
      let sunk = KeyboardGeometry.sink(1, at: KeyboardGeometry.isBlack(Int(note.key)) ? 84 : 36)
      #expect(abs(height(note.key, note.start) + 1 + sunk) < 1, "\(note.key)")
      #expect(height(note.key, note.start - 0.1) > height(note.key, note.start) + 8, "\(note.key)")
    }
    // Nobody is over the lowest key, and ten fingers over at most ten.
    #expect(height(21, 1).isNaN)
    let over = choreography.moment(at: 1.2).fingerHeights(over: choreography.geometry).filter { !$0.isNaN }
    #expect(5...10 ~= over.count)
  }

  @Test func `Tips and palms move without leaps`() {
    let score = Score(
      notes: Self.scale([60, 64, 67, 72, 71, 66, 62], step: 0.24) + Self.scale([36, 43, 48, 46], step: 0.7))
    let choreography = Choreography(score)
    var before = choreography.moment(at: 0)
    for time in stride(from: 0.002, to: 4, by: 0.002) {
      let now = choreography.moment(at: time)
      for (hand, last) in zip(now.hands, before.hands) {
        for (finger, old) in zip(hand.fingers, last.fingers) {
          // A tip goes 3 m/s at most: 6 mm in 2 ms.
          #expect((finger[3] - old[3]).norm < 6, "\(time)")
        }
        #expect((hand.wrist - last.wrist).norm < 6, "\(time)")
      }
      before = now
    }
  }

  @Test func `Chords of more keys than fingers, silence and one note make hands with finite joints`() {
    let cluster = (40...90).map { Note(key: UInt8($0), velocity: 100, start: 0.5, end: 3) }
    for notes in [cluster, [], [Note(key: 21, velocity: 1, start: 0, end: 0.001)]] {
      let choreography = Choreography(Score(notes: notes))
      for time in [0, 0.4, 0.5, 1, 7] {
        let joints = choreography.moment(at: time).hands.flatMap { $0.fingers.flatMap { $0 } + [$0.wrist, $0.elbow] }
        #expect(joints.allSatisfy { $0.x.isFinite && $0.y.isFinite && $0.z.isFinite })
      }
    }
  }

  @Test func `What is seen has every note, a little before it is heard, in one velocity`() {
    let score = Score(notes: Self.scale([60, 64, 67]), pedals: [Pedal(kind: .sustain, value: 127, time: 1)])
    let seen = Choreography(score).seen
    #expect(seen.notes.map(\.key) == [60, 64, 67] && seen.pedals.isEmpty)
    for (note, other) in zip(seen.notes, score.notes) {
      #expect(note.velocity == 64 && (0.005...0.06).contains(other.start - note.start))
      #expect(abs(note.end - other.end) < 1e-6)
    }
  }
}
