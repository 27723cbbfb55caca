// FilmReaderTests: every picture comes once, in order, at its time, turned and sized as asked, whatever the container and codec.
import Film
import Foundation
import Pictures
import Testing

@Suite struct FilmReaderTests {
  let folder = try! Folder()

  /// Containers and codecs, with B-frames where there are any.
  static let kinds: [(name: String, codec: FilmCodec, options: [String: String])] = [
    ("a.mp4", .h264, ["g": "24", "bf": "3"]), ("a.mkv", .h264, ["g": "24", "bf": "2"]), ("a.mov", .h264, ["bf": "0"]),
    ("a.ts", .h264, ["g": "24", "bf": "3"]), ("a.avi", .mpeg4, ["g": "20", "bf": "2"]), ("a.avi", .mpeg4, ["g": "20"]),
    ("a.mp4", .mpeg4, ["g": "20", "bf": "2"]), ("a.webm", .vp9, ["g": "20"]), ("a.avi", .mjpeg, [:]),
    ("a.mkv", .lossless, [:]), ("b.mp4", .hevc, ["g": "20"]),
    ("b.mkv", .h264, ["g": "250", "x264-params": "open-gop=1:keyint=15"]),
  ]

  @Test(arguments: kinds.indices) func `Every picture once, in order, at its time`(kind: Int) throws {
    let (name, codec, options) = Self.kinds[kind]
    guard codec.isAvailable else { return }
    try Numbered.film(folder[name], count: 60, codec: codec, options: options)
    let film = try FilmReader(folder[name])
    let all = try film.rest()
    #expect(all.map(\.number) == Array(0..<60), "\(name) \(codec)")
    // Matroska counts milliseconds.
    let late = all.enumerated().map { abs($1.time - Double($0) / 25) }
    #expect(late.allSatisfy { $0 < 0.00051 }, "\(name) \(codec): \(late.max()!)")
    #expect(film.information.width == 96 && film.information.height == 64 && film.information.hasPictures)
    #expect(!film.information.hasSound)
    #expect(try film.next() == nil)
  }

  @Test(arguments: kinds.indices) func `The picture that is shown at a time`(kind: Int) throws {
    let (name, codec, options) = Self.kinds[kind]
    guard codec.isAvailable else { return }
    try Numbered.film(folder[name], count: 120, codec: codec, options: options)
    let film = try FilmReader(folder[name])
    var pictures: [Picture] = []
    while let (_, picture) = try film.next() { pictures.append(picture) }
    #expect(pictures.count == 120)
    for number in [0, 119, 1, 47, 48, 49, 100, 19, 20, 21, 99, 59, 3] {
      // In the middle of its time, at its beginning, and just before the next.
      for part in [0.5, 0.03, 0.97] {
        try film.seek(to: (Double(number) + part) / 25)
        let shown = try #require(try film.next())
        #expect(Numbered.number(shown.picture) == number, "\(name) \(codec) \(number) + \(part)")
        #expect(abs(shown.time - Double(number) / 25) < 0.00051)
        #expect(shown.picture == pictures[number], "\(name) \(codec) \(number) + \(part): other points")
        let following = try film.next()
        #expect(following.map { Numbered.number($0.picture) } == (number < 119 ? number + 1 : nil), "\(name) \(codec)")
      }
    }
    try film.seek(to: -3)
    #expect(try film.next().map { Numbered.number($0.picture) } == 0)
    try film.seek(to: 1e9)
    #expect(try film.rest().map(\.number) == [119])
    #expect(throws: FilmError.self) { try film.seek(to: .nan) }
  }

  @Test func `Exact times at any rate`() throws {
    for rate in [FrameRate(30000, per: 1001), 24, FrameRate(15), FrameRate(60000, per: 1001)] {
      try Numbered.film(folder["a.mp4"], count: 90, frameRate: rate)
      let film = try FilmReader(folder["a.mp4"])
      #expect(film.information.frameRate == rate)
      let late = try film.rest().enumerated().map { abs($1.time - Double($0) / rate.picturesPerSecond) }
      #expect(late.count == 90 && late.allSatisfy { $0 < 1e-9 })
    }
  }

  @Test(arguments: ["a.mp4", "a.mkv"]) func `Pictures at times of their own`(name: String) throws {
    // Milliseconds, so that Matroska holds them too; a pause of two seconds among them.
    var times = [0.0]
    for number in 1..<80 {
      times.append(times[number - 1] + [0.033, 0.034, 0.05, 0.016][number % 4] + (number == 40 ? 2 : 0))
    }
    try Numbered.film(folder[name], count: 80, ticks: 1000, times: times, options: ["bf": "2", "g": "30"])
    let film = try FilmReader(folder[name])
    #expect(film.information.frameRate == nil)
    let all = try film.rest()
    #expect(all.map(\.number) == Array(0..<80))
    for (stated, read) in zip(times, all) { #expect(abs(stated - read.time) < 0.0006) }
    for number in [39, 40, 41, 79] {
      try film.seek(to: times[number] + 0.005)
      #expect(try film.next().map { Numbered.number($0.picture) } == number)
    }
    try film.seek(to: times[40] - 0.7)
    #expect(try film.next().map { Numbered.number($0.picture) } == 39)
  }

  @Test func `A film that begins later`() throws {
    try Numbered.film(folder["a.mp4"], count: 30, times: (0..<30).map { 1.2 + Double($0) / 25 })
    let film = try FilmReader(folder["a.mp4"])
    #expect(abs(film.start - 1.2) < 1e-9)
    #expect(abs(try film.rest()[0].time - 1.2) < 1e-9)
    try film.seek(to: 0)
    #expect(try film.next().map { Numbered.number($0.picture) } == 0)
  }

  @Test func `A part of a film`() throws {
    try Numbered.film(folder["a.mp4"], count: 100)
    let part = try FilmReader(folder["a.mp4"], range: 1.01..<2.0)
    #expect(try part.rest().map(\.number) == Array(25..<50))
    try part.seek(to: 1.9)
    #expect(try part.rest().map(\.number) == [47, 48, 49])
    try part.seek(to: 3)
    #expect(try part.rest().isEmpty)
    #expect(try FilmReader(folder["a.mp4"], range: 0..<0.04).rest().map(\.number) == [0])
  }

  @Test func `Turned as it asks`() throws {
    for rotation in [0, 90, 180, 270] {
      // White where the stored picture begins: left above.
      var stored = Picture(width: 96, height: 64, colours: .rgb, shade: 16)
      for y in 0..<16 { for x in 0..<32 { for channel in 0..<3 { stored[x, y, channel] = 220 } } }
      let writer = try FilmWriter(folder["a.mov"], width: 96, height: 64, frameRate: 25, rotation: rotation)
      try writer.write(stored)
      try writer.close()
      let film = try FilmReader(folder["a.mov"], colours: .grey)
      #expect(film.information.rotation == rotation && !film.information.isMirrored)
      let shown = try #require(try film.next()).picture
      let (width, height) = rotation % 180 == 0 ? (96, 64) : (64, 96)
      #expect(shown.width == width && shown.height == height && film.width == width)
      let corners = [shown[3, 3], shown[width - 4, 3], shown[width - 4, height - 4], shown[3, height - 4]]
      for (corner, shade) in corners.enumerated() { #expect((shade > 120) == (corner == rotation / 90), "\(corners)") }
    }
  }

  @Test func `Sizes`() throws {
    try Numbered.film(folder["a.mp4"], count: 3)
    #expect(try FilmReader(folder["a.mp4"], size: .within(48)).width == 48)
    #expect(try FilmReader(folder["a.mp4"], size: .within(48)).height == 32)
    #expect(try FilmReader(folder["a.mp4"], size: .within(1000)).width == 96)
    let exact = try FilmReader(folder["a.mp4"], size: .exactly(width: 200, height: 50), colours: .grey)
    let picture = try #require(try exact.next()).picture
    #expect(picture.width == 200 && picture.height == 50 && picture.bytes.count == 10_000)
    #expect(throws: FilmError.self) { try FilmReader(folder["a.mp4"], size: .exactly(width: 0, height: 50)) }
    #expect(throws: FilmError.self) { try FilmReader(folder["a.mp4"], size: .exactly(width: 1 << 40, height: 1 << 40)) }
    // Odd sides are filled up.
    try Numbered.film(folder["a.mp4"], count: 3, width: 95, height: 63)
    #expect(try FilmReader(folder["a.mp4"]).width == 96)
    // Points that are no squares.
    try Numbered.film(folder["a.mp4"], count: 3, options: ["aspect": "4/3"])
    #expect(try FilmReader(folder["a.mp4"]).width == 128)
  }

  @Test func `Shades and colours`() throws {
    let shades: [UInt8] = [0, 1, 16, 64, 128, 200, 235, 254, 255]
    for (name, codec) in [("a.mp4", FilmCodec.h264), ("a.avi", .mjpeg), ("a.mkv", .lossless)] {
      let writer = try FilmWriter(
        folder[name], width: 64, height: 48, frameRate: 25, codec: codec, quality: .constant(0.9))
      for shade in shades { try writer.write(Picture(width: 64, height: 48, colours: .grey, shade: shade)) }
      var red = Picture(width: 64, height: 48, colours: .rgb)
      for y in 0..<48 { for x in 0..<64 { (red[x, y, 0], red[x, y, 1], red[x, y, 2]) = (200, 40, 90) } }
      try writer.write(red)
      try writer.close()
      let grey = try FilmReader(folder[name], colours: .grey)
      let colour = try FilmReader(folder[name])
      for shade in shades {
        let read = try #require(try grey.next()).picture[30, 20]
        #expect(abs(Int(read) - Int(shade)) <= 2, "\(codec): \(shade) became \(read)")
        let point = try #require(try colour.next()).picture
        for channel in 0..<3 { #expect(abs(Int(point[30, 20, channel]) - Int(shade)) <= 2) }
      }
      let read = try #require(try colour.next()).picture
      for (channel, shade) in [200, 40, 90].enumerated() {
        #expect(abs(Int(read[30, 20, channel]) - shade) <= (codec == .lossless ? 0 : 4), "\(codec) \(channel)")
      }
    }
  }

  @Test func `Many at once, and some left in the middle`() throws {
    try Numbered.film(folder["a.mp4"], count: 80)
    let films = try (0..<12).map { _ in try FilmReader(folder["a.mp4"]) }
    for number in 0..<40 {
      for film in films { #expect(try film.next().map { Numbered.number($0.picture) } == number) }
    }
    try films[0].seek(to: 0)
    try films[0].seek(to: 2)
    #expect(try films[0].next().map { Numbered.number($0.picture) } == 50)
  }

  @Test func `Films that were joined, each with times of its own`() throws {
    try Numbered.film(folder["a.ts"], count: 50, options: ["bf": "0"])
    let one = try folder.bytes("a.ts")
    try folder.write(one + one, to: "b.ts")
    let all = try FilmReader(folder["b.ts"]).rest()
    #expect(all.map(\.number) == Array(0..<50) + Array(0..<50))
    let steps = zip(all.dropFirst(), all).map { $0.time - $1.time }
    #expect(steps.allSatisfy { $0 > 0.03 && $0 < 0.05 }, "\(steps)")
  }
}
