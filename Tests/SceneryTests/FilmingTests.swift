// FilmingTests: a frame is the same whenever and wherever it is made, and shows what is played.
import Keyboards
import Pictures
import Scenery
import Score
import Testing

@Suite struct FilmingTests {
  static let score = Score(
    notes: [
      Note(key: 60, velocity: 80, start: 1, end: 2), Note(key: 97, velocity: 80, start: 3, end: 4),
    ],
    pedals: [Pedal(kind: .sustain, value: 127, time: 1.5), Pedal(kind: .sustain, value: 0, time: 3)])

  static func filming(_ view: FilmView, seed: UInt64 = 1, _ change: (inout RigOptions) -> Void = { _ in }) -> Filming {
    var options = RigOptions()
    (options.width, options.height) = (320, 180)
    change(&options)
    let look = Look(seed: seed)
    return Filming(
      Choreography(score, handSize: look.handSize, seed: look.seed), look: look,
      camera: FilmCamera(view, geometry: .full, seed: seed, options), framesPerSecond: 25)
  }

  /// The mean difference of two pictures in a square, of 255.
  static func difference(_ a: Picture, _ b: Picture, around place: SIMD2<Float>, _ radius: Int) -> Double {
    var (sum, count) = (0, 0)
    for y in Int(place.y) - radius...Int(place.y) + radius where 0..<a.height ~= y {
      for x in Int(place.x) - radius...Int(place.x) + radius where 0..<a.width ~= x {
        for channel in 0..<3 { sum += abs(Int(a[x, y, channel]) - Int(b[x, y, channel])) }
        count += 3
      }
    }
    return Double(sum) / Double(max(count, 1))
  }

  @Test(arguments: FilmView.allCases)
  func `A frame does not depend on what was filmed before`(view: FilmView) {
    let (one, other) = (Self.filming(view), Self.filming(view))
    for frame in [40, 3, 27] { _ = one.frame(frame) }
    #expect(one.frame(31) == other.frame(31))
    #expect(one.frame(31) != other.frame(60))
    #expect(Self.filming(view, seed: 2).frame(31) != other.frame(31))
  }

  @Test(arguments: FilmView.allCases)
  func `Pictures are neither black nor white, and less light is darker`(view: FilmView) {
    func mean(_ picture: Picture) -> Double {
      picture.bytes.reduce(0) { $0 + Double($1) } / Double(picture.bytes.count)
    }
    for seed: UInt64 in [1, 4, 9] {
      let bright = mean(Self.filming(view, seed: seed).frame(31))
      #expect((15...235).contains(bright), "\(bright)")
      #expect(mean(Self.filming(view, seed: seed) { $0.light = 0.3 }.frame(31)) < 0.6 * bright)
    }
  }

  @Test func `The picture changes where a key goes down, and hardly elsewhere`() throws {
    let filming = Self.filming(.top)
    let key = try #require(filming.camera.camera.project([KeyboardGeometry.full.centre(97), 30, 0]))
    let far = try #require(filming.camera.camera.project([KeyboardGeometry.full.centre(26), 30, 0]))
    let (up, down) = (filming.frame(55), filming.frame(80))
    let (here, there) = (Self.difference(up, down, around: key, 6), Self.difference(up, down, around: far, 6))
    #expect(here > 3 * there, "\(here) \(there)")
  }

  @Test func `The pedal is seen to go down`() throws {
    let filming = Self.filming(.pedal)
    let toe = try #require(filming.camera.camera.project([612.5 + 68, -40, -680]))
    let (up, down) = (filming.frame(25), filming.frame(60))
    let elsewhere = Self.difference(up, down, around: [8, 170], 6)
    #expect(Self.difference(up, down, around: toe, 14) > 1.5 * elsewhere)
  }

  @Test func `A picture that stands on its head is the other one, turned, but for the noise`() {
    let (upright, turned) = (Self.filming(.top).frame(31), Self.filming(.top) { $0.upsideDown = true }.frame(31))
    var sum = 0
    for y in 0..<180 {
      for x in 0..<320 { sum += abs(Int(upright[x, y, 1]) - Int(turned[319 - x, 179 - y, 1])) }
    }
    #expect(Double(sum) / (180 * 320) < 10)
  }
}
