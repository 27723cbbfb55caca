// FilmAlignmentTests: sounds that begin where something moves are aligned, those of another film are not.
import Film
import FilmSets
import Foundation
import Media
import Pictures
import Scratch
import Testing
import Training

@Suite struct FilmAlignmentTests {
  let scratch = try! Scratch()

  /// A square on a textured ground that jumps at some pictures, 25 a second.
  func film(_ path: String, jumps: Set<Int>) throws {
    let writer = try FilmWriter(path, width: 96, height: 72, frameRate: 25, codec: .lossless)
    var left = 10
    for frame in 0..<100 {
      if jumps.contains(frame) { left += 4 }
      var picture = Picture(width: 96, height: 72, colours: .rgb, shade: 90)
      for y in 20..<52 {
        for x in left..<left + 32 {
          for channel in 0..<3 { picture[x, y, channel] = UInt8(120 + 60 * ((x - left) / 6 % 2) + 40 * (y / 5 % 2)) }
        }
      }
      try writer.write(picture)
    }
    try writer.close()
  }

  /// Clicks that ring for a moment.
  func sound(_ path: String, clicks: [Double]) throws {
    var samples = [Float](repeating: 0, count: 4 * 22050)
    for click in clicks {
      for index in 0..<2000 where Int(click * 22050) + index < samples.count {
        samples[Int(click * 22050) + index] += 0.6 * sin(Float(index) * 0.5) * exp(-Float(index) / 300)
      }
    }
    try AudioFileWriter.write(samples, to: path, sampleRate: 22050)
  }

  @Test func `Sounds belong to the films in which something moves at their beginnings`() throws {
    for folder in ["films", "made", "real"] {
      try FileManager.default.createDirectory(atPath: "\(scratch.path)/\(folder)", withIntermediateDirectories: true)
    }
    for (name, jumps) in [("a", [20, 45, 80]), ("b", [10, 32, 63])] {
      try film("\(scratch.path)/films/\(name).mkv", jumps: Set(jumps))
      try sound("\(scratch.path)/made/\(name).wav", clicks: jumps.map { Double($0) / 25 })
      try sound("\(scratch.path)/real/\(name).wav", clicks: [])
    }
    let comparison = try SoundComparison(real: scratch.path + "/real", made: scratch.path + "/made")
    var seen: [Int] = []
    let films = try FilmAlignment(scratch.path + "/films", names: ["a", "b", "none"]) { seen.append($0) }
    #expect(seen == [1, 2])
    let made = try films.measures(comparison.made, of: "made")
    #expect(made.map(\.name) == ["AV-Align, made", "AV-Align, made, films exchanged"])
    #expect(made.map(\.value) == [1, 0] && made.map(\.count) == [2, 2])
    #expect(try films.measures(comparison.real, of: "real").map(\.value) == [0, 0])
    #expect(try films.measures(["other": "x.wav"], of: "made").map(\.note) == ["no name is among the films"])
    #expect(throws: DataError.self) { try FilmAlignment(scratch.path + "/films", names: ["c"]) }
    #expect(throws: DataError.self) { try FilmAlignment(scratch.path + "/none", names: ["a"]) }
  }
}
