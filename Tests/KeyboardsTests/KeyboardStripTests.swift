// KeyboardStripTests: strips are exact where that can be told, keys fall into their columns, and what is not there is 0.
import Keyboards
import Pictures
import Scenery
import Score
import Testing

@Suite struct KeyboardStripTests {
  /// A picture of bytes that do not repeat soon.
  static func noise(_ width: Int, _ height: Int) -> Picture {
    var state: UInt32 = 7
    let bytes = (0..<width * height).map { _ -> UInt8 in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    return Picture(width: width, height: height, colours: .grey, bytes: bytes)
  }

  /// All 88 keys over a rectangle.
  static func place(_ x: ClosedRange<Float>, _ y: ClosedRange<Float>, keys: String = "21-108") throws -> KeyboardPlace {
    let (a, b, c, d) = (x.lowerBound, x.upperBound, y.upperBound, y.lowerBound)
    return try KeyboardPlace("\(a),\(c) \(b),\(c) \(b),\(d) \(a),\(d) keys \(keys)")
  }

  @Test func `Point for cell, the strip is the picture`() throws {
    let picture = Self.noise(120, 40)
    let strip = try KeyboardStrip(
      Self.place(8...112, 5...35), pictureWidth: 120, pictureHeight: 40, width: 104, height: 30, inFront: 0, behind: 0)
    let cells = strip(picture)
    for row in 0..<30 {
      for column in 0..<104 { #expect(cells[row * 104 + column] == picture[column + 8, row + 5]) }
    }
  }

  @Test func `A mirror image, and one on its head, are put right`() throws {
    let picture = Self.noise(104, 30)
    func cells(_ text: String) throws -> [UInt8] {
      try KeyboardStrip(
        KeyboardPlace(text), pictureWidth: 104, pictureHeight: 30, width: 104, height: 30, inFront: 0, behind: 0)(
          picture)
    }
    let (mirrored, turned) = (try cells("104,30 0,30 0,0 104,0"), try cells("104,0 0,0 0,30 104,30"))
    for row in 0..<30 {
      for column in 0..<104 {
        #expect(mirrored[row * 104 + column] == picture[103 - column, row])
        #expect(turned[row * 104 + column] == picture[103 - column, 29 - row])
      }
    }
  }

  @Test(arguments: [2, 3]) func `Where it shrinks, a cell is the mean of its points`(factor: Int) throws {
    let picture = Self.noise(104 * factor, 30 * factor)
    let strip = try KeyboardStrip(
      Self.place(0...Float(104 * factor), 0...Float(30 * factor)), pictureWidth: 104 * factor,
      pictureHeight: 30 * factor, width: 104, height: 30, inFront: 0, behind: 0)
    let cells = strip(picture)
    for row in 0..<30 {
      for column in 0..<104 {
        var sum = 0
        for y in 0..<factor {
          for x in 0..<factor { sum += Int(picture[column * factor + x, row * factor + y]) }
        }
        #expect(abs(Double(cells[row * 104 + column]) - Double(sum) / Double(factor * factor)) <= 0.51)
      }
    }
  }

  @Test func `The margins show what lies before the keys and behind them`() throws {
    // One millimetre of depth a row: 20 before, 10 behind; the keys' backs in row 30 of the picture.
    let picture = Self.noise(104, 200)
    let strip = try KeyboardStrip(
      Self.place(0...104, 30...180), pictureWidth: 104, pictureHeight: 200, width: 104, height: 180, inFront: 20,
      behind: 10)
    let cells = strip(picture)
    for row in 0..<180 { #expect(cells[row * 104 + 50] == picture[50, row + 20]) }
    #expect(strip.row(at: 150) == 10 && strip.row(at: 0) == 160)
  }

  @Test func `Keys that the keyboard has not, and what lies outside the picture, are 0`() throws {
    let white = Picture(width: 90, height: 40, colours: .grey, shade: 255)
    // C2 to C7: 36 white keys, of 2 points each, whose treble end lies outside the picture.
    let strip = try KeyboardStrip(
      Self.place(30...102, 5...35, keys: "36-96"), pictureWidth: 90, pictureHeight: 40, width: 104, height: 10)
    let cells = strip(white)
    for column in 0..<104 {
      let inside = 18..<90 ~= column && column < 18 + 60
      #expect(cells[5 * 104 + column] == (inside ? 255 : 0), "\(column)")
    }
  }

  @Test(arguments: [FilmView.top, .front, .left], [Float(0), 1])
  func `Each key of a drawn piano falls into its column`(view: FilmView, lens: Float) throws {
    let drawn = FilmCamera(view, geometry: .full, seed: 5).camera
    let camera = Camera(
      width: 480, height: 270, position: drawn.position, target: drawn.position + drawn.forward * 1000,
      up: view == .top ? [0, 1, 0] : [0, 0, 1], fieldOfView: 60, k1: -0.1 * lens)
    let radius = Float(480 * 480 + 270 * 270) / 4
    let place = try KeyboardPlace(
      corners: KeyboardGeometry.full.corners.map { try #require(camera.project($0)) },
      bend: camera.k1 * radius / (camera.focal * camera.focal))
    let strip = try KeyboardStrip(place, pictureWidth: 480, pictureHeight: 270, width: 624, height: 40)
    var seen = 0
    for key in 21...108 {
      // A bright spot on the key alone.
      let middle: Vector = [KeyboardGeometry.full.centre(key), 30, 0]
      guard let point = camera.project(middle), 3...476 ~= point.x, 3...266 ~= point.y else { continue }
      var picture = Picture(width: 480, height: 270, colours: .grey)
      for y in -1...1 { for x in -1...1 { picture[Int(point.x) + x, Int(point.y) + y] = 255 } }
      let cells = strip(picture)
      var (sum, columns, rows) = (Float(0), Float(0), Float(0))
      for (index, cell) in cells.enumerated() {
        sum += Float(cell)
        columns += Float(cell) * (Float(index % 624) + 0.5)
        rows += Float(cell) * (Float(index / 624) + 0.5)
      }
      seen += 1
      // Within a point of the picture, whose size in the strip depends on how far the key is.
      let step = abs((camera.project(middle + [KeyboardGeometry.pitch, 0, 0])?.x ?? 0) - point.x)
      #expect(abs(columns / sum - strip.column(of: key)) < 12 * max(0.1, 1 / step), "\(key)")
      #expect(abs(rows / sum - strip.row(at: 30)) < 4, "\(key)")
    }
    #expect(seen > 20)
  }

  @Test func `A filmed keyboard: dark columns at the black keys, bright ones between`() throws {
    var options = RigOptions()
    (options.width, options.height) = (960, 540)
    let camera = FilmCamera(.top, geometry: .full, seed: 3, options)
    let filming = Filming(
      Choreography(Score(notes: [])), look: Look(seed: 3), camera: camera, framesPerSecond: 25)
    let colours = filming.frame(0)
    let grey = Picture(
      width: 960, height: 540, colours: .grey, bytes: (0..<960 * 540).map { colours.bytes[3 * $0 + 1] })
    let lens = camera.camera
    let place = try KeyboardPlace(
      corners: KeyboardGeometry.full.corners.map { try #require(lens.project($0)) },
      bend: lens.k1 * Float(960 * 960 + 540 * 540) / 4 / (lens.focal * lens.focal))
    let strip = try KeyboardStrip(place, pictureWidth: 960, pictureHeight: 540, width: 624, height: 80)
    let cells = strip(grey)
    // 110 mm from the front there are the black keys, 25 mm from it the white ones.
    let (back, front) = (Int(strip.row(at: 110)) * 624, Int(strip.row(at: 25)) * 624)
    let right = (21...108).filter { key in
      let column = Int(strip.column(of: key))
      return KeyboardGeometry.isBlack(key) ? cells[back + column] < 90 : cells[front + column] > 100
    }
    // Hands rest on a few.
    #expect(right.count >= 84, "\(Set(21...108).subtracting(right).sorted())")
  }
}
