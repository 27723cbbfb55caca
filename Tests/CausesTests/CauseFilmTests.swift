// CauseFilmTests: pictures are functions of their numbers, and what they show moves when it is heard.
import Causes
import Pictures
import Testing

@Suite struct CauseFilmTests {
  /// The mean difference of two pictures' bytes.
  func difference(_ a: Picture, _ b: Picture) -> Double {
    var sum = 0
    for index in a.bytes.indices { sum += abs(Int(a.bytes[index]) - Int(b.bytes[index])) }
    return Double(sum) / Double(a.bytes.count)
  }

  @Test(arguments: CauseKind.allCases) func `A picture does not depend on those before it`(kind: CauseKind) {
    let film = CauseFilm(scene(kind, 11), framesPerSecond: 25)
    let other = CauseFilm(scene(kind, 11), framesPerSecond: 25)
    #expect(film.width == 320 && film.height == 240)
    let (a, b) = (film.frame(30), film.frame(70))
    let isSame = other.frame(70) == b && other.frame(30) == a
    #expect(isSame && a != b)
  }

  @Test(arguments: [CauseKind.hammer, .door, .bounce, .steps])
  func `Things move before they strike, more than where nothing happens`(kind: CauseKind) {
    var (moving, still) = (0.0, 0.0)
    for seed in 1...4 as ClosedRange<UInt64> {
      let cause = scene(kind, seed)
      let film = CauseFilm(cause, framesPerSecond: 25)
      let frame = Int(cause.events[0].time * 25)
      moving += difference(film.frame(frame - 2), film.frame(frame))
      // Long before the first event everything waits.
      still += difference(film.frame(0), film.frame(1))
    }
    #expect(moving > 1.05 * still, "\(moving) moving, \(still) still")
  }

  @Test func `A door that is shut is where it will be`() {
    let cause = scene(.door, 2, seconds: 4)
    let film = CauseFilm(cause, framesPerSecond: 25)
    let shut = Int((cause.events[0].time * 25).rounded(.up)) + 1
    let noise = difference(film.frame(shut), film.frame(shut + 1))
    #expect(difference(film.frame(shut - 6), film.frame(shut)) > noise)
  }
}
