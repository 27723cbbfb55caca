// BrokenFilmTests: what is no film, or only half of one, is said with path, expectation and finding; bytes at random stop nothing.
import Film
import Foundation
import Pictures
import Testing

@Suite struct BrokenFilmTests {
  let folder = try! Folder()

  /// The words of the error that reading all of a file's pictures ends with; empty where it ends well.
  func failure(_ path: String) -> String {
    do {
      _ = try FilmReader(path).rest()
      return ""
    } catch { return "\(error)" }
  }

  @Test func `What is no film`() throws {
    #expect(failure(folder["none.mp4"]) == "\(folder["none.mp4"]): expected a film, found No such file or directory")
    #expect(failure(folder.path) == "\(folder.path): expected a film, found a folder")
    #expect(failure("/dev/zero") == "/dev/zero: expected a film, found no plain file")
    #expect(failure("/dev/null") == "/dev/null: expected a film, found no plain file")
    try folder.write([], to: "empty.mp4")
    #expect(failure(folder["empty.mp4"]).hasSuffix("expected a film, found an empty file"))
    for name in ["text.mp4", "text.txt", "text", "text.nfo"] {
      try folder.write("It was a dark and stormy night, and nobody filmed it.\n".utf8, to: name)
      #expect(failure(folder[name]).hasSuffix("expected a film, found nothing that can be read as one"), "\(name)")
    }
    // A list of other files is not followed.
    try folder.write("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.1:1/a.ts\n".utf8, to: "list.m3u8")
    #expect(failure(folder["list.m3u8"]).contains("list.m3u8: expected a film, found "))
    try folder.write("# name\n".utf8, to: "%s%n.mp4")
    #expect(failure(folder["%s%n.mp4"]).contains("%s%n.mp4: expected a film"))
    if getuid() != 0 {
      try folder.write("secret".utf8, to: "secret.mp4")
      chmod(folder["secret.mp4"], 0)
      #expect(failure(folder["secret.mp4"]).hasSuffix("found Permission denied"))
    }
  }

  @Test func `Sound without pictures, and pictures without sound`() throws {
    try Numbered.film(folder["a.mp4"], count: 10)
    let text = #expect(throws: FilmError.self) { try FilmSound(folder["a.mp4"]) }
    #expect(text?.found == "pictures only" && text?.expected == "a film or file with sound")
    // One second of 16-bit sound.
    var wave = Array("RIFF".utf8) + [0x24, 0x3e, 0, 0] + Array("WAVEfmt ".utf8) + [16, 0, 0, 0, 1, 0, 1, 0]
    wave += [0x40, 0x1f, 0, 0, 0x80, 0x3e, 0, 0, 2, 0, 16, 0] + Array("data".utf8) + [0x80, 0x3e, 0, 0]
    wave += (0..<8000).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 / 256)] }
    try folder.write(wave, to: "sound.mp4")
    #expect(failure(folder["sound.mp4"]).hasSuffix("expected a film, found sound only"))
    let sound = try FilmSound(folder["sound.mp4"])
    #expect(sound.sampleRate == 8000 && sound.channels == 1 && sound.start == 0)
    #expect(try sound.readAll() == (0..<8000).map { Float($0) / 32768 })
    try sound.seek(to: 0.5)
    #expect(try sound.readAll() == (4000..<8000).map { Float($0) / 32768 })
    try sound.seek(to: 9)
    #expect(try sound.readAll().isEmpty)
    let information = try FilmInformation(folder["sound.mp4"])
    #expect(information.hasSound && !information.hasPictures && information.width == 0)
  }

  @Test func `A film that was cut short`() throws {
    // MP4 has its table of contents at the end.
    try Numbered.film(folder["a.mp4"], count: 250)
    let mp4 = try folder.bytes("a.mp4")
    try folder.write(mp4.prefix(mp4.count * 2 / 3), to: "cut.mp4")
    #expect(failure(folder["cut.mp4"]).contains("without a readable table of contents"))
    // Others give what they hold, and then say what is missing.
    try Numbered.film(folder["a.mkv"], count: 250)
    let mkv = try folder.bytes("a.mkv")
    try folder.write(mkv.prefix(mkv.count / 2), to: "cut.mkv")
    let film = try FilmReader(folder["cut.mkv"])
    var count = 0
    let error = #expect(throws: FilmError.self) { while try film.next() != nil { count += 1 } }
    #expect(count > 80 && count < 200)
    #expect(error?.expected == "10.0 s of film" && error?.found.contains("the file ends at ") == true)
    #expect(try film.next() == nil)
    // Elsewhere than at its end nothing is missing.
    #expect(try FilmReader(folder["cut.mkv"], range: 1..<2).rest().map(\.number) == Array(25..<50))
  }

  @Test func `A film whose table of contents leads beyond its end`() throws {
    try Numbered.film(folder["a.mp4"], count: 250, options: ["g": "25"])
    var bytes = try folder.bytes("a.mp4")
    // The media's box becomes its own first half and the table moves up: its places then lie behind the end.
    let table = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("moov".utf8)) }) - 4
    let media = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("mdat".utf8)) }) - 4
    let kept = media + (table - media) / 2
    let size = UInt32(kept - media)
    for shift in 0..<4 { bytes[media + shift] = UInt8(truncatingIfNeeded: size >> (24 - 8 * UInt32(shift))) }
    bytes.removeSubrange(kept..<table)
    try folder.write(bytes, to: "cut.mp4")
    let film = try FilmReader(folder["cut.mp4"])
    var count = 0
    let error = #expect(throws: FilmError.self) { while try film.next() != nil { count += 1 } }
    #expect(count > 80 && count < 200 && error?.expected == "10.0 s of film")
  }

  @Test func `Sizes that cannot be`() throws {
    try Numbered.film(folder["a.avi"], count: 5, codec: .mjpeg)
    // In the AVI's headers: 96 × 64 becomes 60000 × 60000. The decoder finds what the pictures are.
    var bytes = try folder.bytes("a.avi")
    for place in bytes.indices.dropLast(8) where Array(bytes[place..<place + 8]) == [96, 0, 0, 0, 64, 0, 0, 0] {
      bytes.replaceSubrange(place..<place + 8, with: [0x60, 0xea, 0, 0, 0x60, 0xea, 0, 0])
    }
    // And in the pictures' own: rows and columns of the frame header.
    try folder.write(bytes, to: "large.avi")
    for place in bytes.indices.dropLast(9) where bytes[place] == 0xff && bytes[place + 1] == 0xc0 {
      bytes.replaceSubrange(place + 5..<place + 9, with: [0xea, 0x60, 0xea, 0x60])
    }
    try folder.write(bytes, to: "larger.avi")
    #expect(try FilmReader(folder["large.avi"]).width == 96)
    #expect(throws: FilmError.self) { try FilmReader(folder["larger.avi"]) }
    #expect(throws: FilmError.self) { try FilmWriter(folder["b.mp4"], width: 1 << 20, height: 1 << 20, frameRate: 25) }
    #expect(throws: FilmError.self) { try FilmWriter(folder["b.mp4"], width: 0, height: 10, frameRate: 25) }
    #expect(throws: FilmError.self) {
      try FilmWriter(folder["b.mp4"], width: 64, height: 64, frameRate: FrameRate(1 << 40))
    }
    let small = try FilmWriter(folder["b.mp4"], width: 64, height: 48, frameRate: 25)
    #expect(throws: FilmError.self) { try small.write(Picture(width: 48, height: 64, colours: .grey)) }
    try small.write(Picture(width: 64, height: 48, colours: .grey), at: 1)
    #expect(throws: FilmError.self) { try small.write(Picture(width: 64, height: 48, colours: .grey), at: 0.5) }
    #expect(throws: FilmError.self) { try small.write(Picture(width: 64, height: 48, colours: .grey), at: .nan) }
  }

  @Test func `What cannot be written`() throws {
    func failure(_ path: String, options: [String: String] = [:]) -> String {
      do {
        try Numbered.film(path, count: 40, options: options)
        return ""
      } catch { return "\(error)" }
    }
    #expect(failure(folder["a.txt"]).contains("a.txt: expected a name that ends as films do"))
    #expect(failure(folder["a"]).contains("expected a name that ends as films do"))
    #expect(failure(folder["a.png"]).contains("expected a name that ends as films do"))
    #expect(failure("/nowhere/a.mp4") == "/nowhere/a.mp4: expected to write there, found No such file or directory")
    #expect(failure(folder["a.webm"]).contains("expected a container that takes these streams"))
    #expect(
      failure(folder["a.mp4"], options: ["loudness": "11"]).contains("that the encoder libx264 has, found loudness"))
    #expect(symlink("/dev/full", folder["full.mkv"]) == 0)
    #expect(failure(folder["full.mkv"]).contains("full.mkv: expected to "))
    let empty = try FilmWriter(folder["a.mp4"], width: 64, height: 64, frameRate: 25)
    #expect(throws: FilmError.self) { try empty.close() }
    do { _ = try FilmWriter(folder["b.mp4"], width: 64, height: 64, frameRate: 25) }
    _ = empty
    #expect(folder.files.filter { $0 != "full.mkv" && !$0.hasSuffix(".part") }.isEmpty)
  }

  /// Reads what can be read of a file, in every way.
  static func exhaust(_ path: String, copy: String) {
    if let film = try? FilmReader(path, size: .within(32), colours: .grey) {
      for _ in 0..<200 { guard (try? film.next()) != nil else { break } }
      try? film.seek(to: 0.3)
      _ = try? film.next()
    }
    if let sound = try? FilmSound(path) {
      let room = UnsafeMutableBufferPointer<Float>.allocate(capacity: 4096 * sound.channels)
      defer { room.deallocate() }
      for _ in 0..<200 { guard let count = try? sound.read(into: room), count > 0 else { break } }
      try? sound.seek(to: 0.3)
      _ = try? sound.read(into: room)
    }
    if let muxer = try? SoundMuxer(film: path, output: copy, sampleRate: 24_000, channels: 1, place: .beside) {
      try? muxer.write([Float](repeating: 0.1, count: 24_000))
      try? muxer.close()
    }
  }

  @Test(arguments: ["a.mp4", "a.mkv", "a.webm", "a.avi"]) func `Bytes at random`(name: String) throws {
    let kind = name.split(separator: ".")[1]
    let codec: FilmCodec = kind == "webm" ? .vp9 : kind == "avi" ? .mpeg4 : .h264
    guard codec.isAvailable else { return }
    try Numbered.film(folder["silent.\(kind)"], count: 12, codec: codec, width: 64, height: 48)
    let muxer = try SoundMuxer(film: folder["silent.\(kind)"], output: folder[name], sampleRate: 24_000, channels: 1)
    try muxer.write((0..<12_000).map { sin(Float($0) / 20) })
    try muxer.close()
    let whole = try folder.bytes(name)
    var state: UInt64 = 7
    func random(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
    for round in 0..<60 {
      var bytes = whole
      switch round % 3 {
      case 0: for _ in 0...random(20) { bytes[random(bytes.count)] = UInt8(random(256)) }
      // The structure is at the beginning and at the end.
      case 1:
        for _ in 0...random(6) { bytes[round % 2 == 0 ? random(600) : bytes.count - 1 - random(600)] ^= 1 << random(8) }
      default:
        bytes.removeLast(random(bytes.count))
        if random(2) == 0 && bytes.count > 100 {
          let begin = random(bytes.count - 50)
          bytes.removeSubrange(begin..<begin + random(50))
        }
      }
      try folder.write(bytes, to: "b." + kind)
      Self.exhaust(folder["b." + kind], copy: folder["c." + kind])
    }
    #expect(!folder.files.contains { $0.hasSuffix(".part") })
  }
}
