// KeyboardFinderTests: drawn keyboards are found to a third of a white key, whatever the camera does; what is none, never.
import Keyboards
import Pictures
import Scenery
import Testing

@Suite struct KeyboardFinderTests {
  @Test(arguments: 1...8 as ClosedRange<UInt64>) func `From above, all keys`(seed: UInt64) throws {
    let looks = Looks(seed: seed)
    let found = try KeyboardFinder.find(in: looks.pictures)
    #expect(found.place.keys == 21...108 && found.isOctaveKnown && found.confidence > 0.6, "\(found)")
    #expect(try looks.error(found.place) < 0.35)
  }

  @Test(arguments: [(28...103, 11), (36...96, 12), (36...96, 13)] as [(ClosedRange<Int>, UInt64)])
  func `Smaller keyboards are told by their ends`(keys: ClosedRange<Int>, seed: UInt64) throws {
    let looks = Looks(seed: seed, keys: keys)
    let found = try KeyboardFinder.find(in: looks.pictures)
    #expect(found.place.keys == keys && found.isOctaveKnown, "\(found)")
    #expect(try looks.error(found.place) < 0.35)
  }

  @Test(arguments: [(true, false), (false, true), (true, true)])
  func `Mirror images and cameras that stand on their heads`(mirrored: Bool, upsideDown: Bool) throws {
    let looks = Looks(seed: 21) { ($0.mirrored, $0.upsideDown) = (mirrored, upsideDown) }
    let found = try KeyboardFinder.find(in: looks.pictures)
    #expect(found.place.keys == 21...108)
    #expect(try looks.error(found.place) < 0.35)
  }

  @Test func `A picture on its side`() throws {
    let looks = Looks(seed: 22)
    let turned = looks.pictures.map { picture in
      var turned = Picture(width: picture.height, height: picture.width, colours: .grey)
      for y in 0..<picture.height { for x in 0..<picture.width { turned[picture.height - 1 - y, x] = picture[x, y] } }
      return turned
    }
    let (straight, found) = (
      try KeyboardFinder.find(in: looks.pictures), try KeyboardFinder.find(in: turned)
    )
    #expect(found.place.keys == 21...108)
    for (a, b) in zip(straight.place.corners, found.place.corners) {
      #expect(abs(360 - a.y - b.x) < 4 && abs(a.x - b.y) < 4, "\(a) \(b)")
    }
  }

  @Test(arguments: [Float(0.35), 0.12]) func `Little light`(light: Float) throws {
    let looks = Looks(seed: 23, width: 960) { $0.light = light }
    let found = try KeyboardFinder.find(in: looks.pictures)
    #expect(found.place.keys == 21...108)
    #expect(try looks.error(found.place) < 0.35)
  }

  @Test(arguments: [320, 1920]) func `Small pictures and large ones`(width: Int) throws {
    let looks = Looks(seed: 24, width: width)
    let found = try KeyboardFinder.find(in: looks.pictures)
    #expect(found.place.keys == 21...108)
    #expect(try looks.error(found.place) < 0.35)
  }

  @Test(arguments: [31, 32, 33] as [UInt64])
  func `Where the ends are not seen, the keys are right but for the octave, and that is said`(seed: UInt64) throws {
    let looks = Looks(seed: seed) { $0.isCropped = true }
    let found = try KeyboardFinder.find(in: looks.pictures)
    let shifts = [0, -12, 12, -24, 24].filter { shift in
      found.place.keys.allSatisfy { looks.geometry.keys.contains($0 + shift) }
    }
    let errors = try shifts.map { try looks.error(found.place, shift: $0) }
    #expect(errors.min()! < 0.35)
    #expect(found.isOctaveKnown ? errors[0] < 0.35 : found.confidence < 0.7)
  }

  @Test func `From the other side`() throws {
    let looks = Looks(.front, seed: 281, width: 960)
    let found = try KeyboardFinder.find(in: looks.pictures)
    #expect(found.place.keys == 21...108)
    #expect(try looks.error(found.place) < 0.5)
  }

  @Test func `The same pictures, the same place; hands do not matter much`() throws {
    let looks = Looks(seed: 25)
    let found = try KeyboardFinder.find(in: looks.pictures)
    #expect(try KeyboardFinder.find(in: looks.pictures) == found)
    let one = try KeyboardFinder.find(in: [looks.pictures[1]])
    #expect(one.place.keys == found.place.keys)
    for (a, b) in zip(one.place.corners, found.place.corners) { #expect(abs(a.x - b.x) < 3 && abs(a.y - b.y) < 3) }
  }

  // MARK: What is refused

  @Test func `A camera that moves`() throws {
    let moved = Looks(seed: 26).pictures.enumerated().map { number, picture in
      var moved = picture
      for y in 0..<picture.height {
        for x in 0..<picture.width { moved[x, y] = picture[min(x + 6 * number, picture.width - 1), y] }
      }
      return moved
    }
    #expect(throws: KeyboardRefusal.moves) { try KeyboardFinder.find(in: moved) }
  }

  @Test func `Keys that run into each other`() throws {
    let blurred = Looks(seed: 27, width: 480, count: 1).pictures.map { picture in
      var blurred = picture
      for y in 0..<picture.height {
        for x in 6..<picture.width - 6 {
          blurred[x, y] = UInt8((-6...6).reduce(0) { $0 + Int(picture[x + $1, y]) } / 13)
        }
      }
      return blurred
    }
    #expect(throws: KeyboardRefusal.self) { try KeyboardFinder.find(in: blurred) }
  }

  @Test func `No pictures, tiny ones, and pedals`() throws {
    #expect(throws: KeyboardRefusal.noPictures) { try KeyboardFinder.find(in: []) }
    for (width, height) in [(0, 0), (1, 900), (16, 16), (40, 17)] {
      #expect(throws: KeyboardRefusal.noKeyboard) {
        try KeyboardFinder.find(in: [Picture(width: width, height: height, colours: .grey, shade: 90)])
      }
    }
    for seed: UInt64 in 1...3 {
      #expect(throws: KeyboardRefusal.noKeyboard) { try KeyboardFinder.find(in: Looks(.pedal, seed: seed).pictures) }
    }
  }

  /// Patterns that are no keyboard: by a place, black or white.
  enum Pattern: String, CaseIterable {
    case grey, noise, blocks, stripes, fence, zebra, barcode, blinds, checks, twos, threes, rising
  }

  @Test(arguments: Pattern.allCases) func `What only looks a little like keys`(pattern: Pattern) throws {
    for seed in 0..<3 {
      let picture = Self.picture(pattern, seed: seed)
      #expect(throws: KeyboardRefusal.self, "\(pattern) \(seed)") { try KeyboardFinder.find(in: [picture]) }
    }
  }

  private static func picture(_ pattern: Pattern, seed: Int) -> Picture {
    var state = UInt32(truncatingIfNeeded: seed &* 7919 &+ 12345)
    func random() -> Int {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int(state >> 16)
    }
    let (width, height) = (640, 360)
    // Bars from the left, at every point whether it is dark.
    var bars: [Bool] = []
    var (wide, narrow) = (9 + 2 * seed, 5 + seed)
    switch pattern {
    case .barcode: while bars.count < width { bars += [Bool](repeating: bars.count % 2 == 0, count: 2 + random() % 9) }
    case .twos, .threes:
      // Dark bars in groups of one size.
      while bars.count < width {
        for _ in 0..<(pattern == .twos ? 2 : 3) {
          bars += [Bool](repeating: true, count: narrow) + [Bool](repeating: false, count: narrow)
        }
        bars += [Bool](repeating: false, count: wide)
      }
    case .rising:
      while bars.count < width {
        bars += [Bool](repeating: true, count: narrow) + [Bool](repeating: false, count: wide)
        (wide, narrow) = (wide + 1, narrow + 1)
      }
    default: bars = (0..<width).map { $0 % (wide + narrow) < narrow }
    }
    var picture = Picture(width: width, height: height, colours: .grey, shade: 200)
    for y in 0..<height {
      for x in 0..<width {
        let isDark =
          switch pattern {
          case .grey: false
          case .noise: random() % 2 == 0
          case .blocks: (x / 8 &* 73 ^ y / 24 &* 31 &+ seed) % 7 < 3
          case .stripes: (x + y / 3) % (wide + narrow) < narrow
          case .zebra: y > 100 && y < 260 && x % (4 * wide) < 2 * wide
          case .blinds: y % (wide + narrow) < narrow
          case .checks: (x / wide + y / wide) % 2 == 0
          // Pales of a fence, with two rails.
          case .fence: bars[x] && y > 60 || 100..<112 ~= y || 300..<312 ~= y
          case .barcode, .twos, .threes, .rising: bars[x] && y > 80 && y < 240
          }
        picture[x, y] = UInt8(clamping: (isDark ? 40 : 205) + random() % 9 - 4)
      }
    }
    return picture
  }
}
