// Numbered: pictures that say which they are, whatever a codec does to them, and a folder for films of a test's own.
import Film
import Foundation
import Pictures
import Testing

/// Pictures that carry a number in twelve black or white fields, and beside them something that moves.
enum Numbered {
  static let width = 96, height = 64

  static func picture(_ number: Int, colours: PictureColours = .rgb, width: Int = width, height: Int = height)
    -> Picture
  {
    var picture = Picture(width: width, height: height, colours: colours)
    for y in 0..<height {
      for x in 0..<width {
        let bit = x * 4 / width + (y * 4 / height) * 4
        let shade =
          bit < 12
          ? (number >> bit & 1 == 1 ? 230 : 20)
          : (x * 5 + number * 11) % 200 + 20
        for channel in 0..<picture.channels {
          picture[x, y, channel] = UInt8(bit < 12 ? shade : (shade + channel * 40) % 236)
        }
      }
    }
    return picture
  }

  /// The number that a picture carries, by the middles of its fields.
  static func number(_ picture: Picture) -> Int {
    (0..<12).reduce(0) { number, bit in
      let x = (bit % 4 * 2 + 1) * picture.width / 8
      let y = (bit / 4 * 2 + 1) * picture.height / 8
      return number | (picture[x, y] > 127 ? 1 << bit : 0)
    }
  }

  /// Writes a film of numbered pictures.
  static func film(
    _ path: String, count: Int, frameRate: FrameRate = 25, codec: FilmCodec = .h264, ticks: Int = 1, rotation: Int = 0,
    times: [Double]? = nil, width: Int = width, height: Int = height, options: [String: String] = [:]
  ) throws {
    let film = try FilmWriter(
      path, width: width, height: height, frameRate: frameRate, ticks: ticks, codec: codec, rotation: rotation,
      options: options)
    for number in 0..<count {
      try film.write(picture(number, width: width, height: height), at: times?[number])
    }
    try film.close()
  }
}

extension FilmReader {
  /// All that is left: times and numbers.
  func rest() throws -> [(time: Double, number: Int)] {
    var all: [(Double, Int)] = []
    while let (time, picture) = try next() { all.append((time, Numbered.number(picture))) }
    return all
  }
}

/// A folder that is removed with what is in it.
final class Folder {
  let path: String

  init() throws {
    var template = Array("/tmp/fotoplayer-film-XXXXXX".utf8CString)
    path = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  subscript(name: String) -> String { "\(path)/\(name)" }

  var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: self[name]))
  }

  func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: self[name]))) }
}
