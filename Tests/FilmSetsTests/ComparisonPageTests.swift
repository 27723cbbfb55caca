// ComparisonPageTests: a page with pictures of pairs of sounds: what is on it can be followed, and what is drawn is where it sounds.
import FilmSets
import Foundation
import Media
import Pictures
import Score
import Scratch
import Testing
import Training

struct ComparisonPageTests {
  /// Noise from a time on.
  private func sound(from seconds: Double, rate: Int = SoundSheet.rate) -> [Float] {
    var chance = Chance(seed: 1)
    return (0..<rate).map { index in
      Double(index) < seconds * Double(rate) ? 0 : Float.random(in: -0.5...0.5, using: &chance)
    }
  }

  @Test func darkIsLoudAndEventsAreMarked() {
    let sheet = SoundSheet([sound(from: 0.5), sound(from: 0.25)], events: [0.1])
    let picture = sheet.draw()
    #expect(picture.width >= 98 && picture.width <= 102 && picture.height == 2 * 138)
    func darkness(_ x: Int, _ top: Int) -> Int { (0..<128).reduce(0) { $0 + 255 - Int(picture[x, top + $1, 0]) } / 128 }
    #expect(darkness(80, 0) > 150 && darkness(35, 0) == 0)
    #expect(darkness(35, 138) > 150 && darkness(15, 138) == 0)
    #expect(picture[10, 0, 0] == 230 && picture[10, 1, 0] == 255)
  }

  @Test func aPageNamesItsSoundsAndItsPicturesAreThere() throws {
    let scratch = try Scratch()
    for (folder, start) in [("real", 0.5), ("made", 0.25)] {
      try FileManager.default.createDirectory(atPath: "\(scratch.path)/\(folder)", withIntermediateDirectories: true)
      for name in ["a b", "c&d"] {
        try AudioFileWriter.write(sound(from: start), to: "\(scratch.path)/\(folder)/\(name).wav", sampleRate: 22_050)
      }
    }
    let comparison = try SoundComparison(real: scratch.path + "/real", made: scratch.path + "/made")
    var page = ComparisonPage("runs/<joint>", comparison, try comparison.measures([]))
    page.words = ["a b": "A \"hammer\" strikes"]
    page.events = ["a b": [0.5]]
    var drawn: [Int] = []
    try page.write(to: URL(fileURLWithPath: scratch.path)) { drawn.append($0) }
    #expect(drawn == [1, 2])
    let text = try String(contentsOfFile: scratch.path + "/index.html", encoding: .utf8)
    for words in [
      "runs/&lt;joint>", "A &quot;hammer&quot; strikes", "SI-SDR (dB)", "src=\"real/a%20b.wav\"",
      "src=\"made/c&d.wav\"", "src=\"pictures/a%20b.png\"",
    ] {
      #expect(text.contains(words), "\(words)")
    }
    let png = try #require(FileManager.default.contents(atPath: scratch.path + "/pictures/a b.png"))
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    // What cannot be written is said.
    #expect(throws: (any Error).self) { try page.write(to: URL(fileURLWithPath: "/proc/none")) }
  }
}
