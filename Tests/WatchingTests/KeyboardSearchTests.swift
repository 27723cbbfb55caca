// KeyboardSearchTests: keys are found in a film by pictures from all over it, in points of the film as it is shown.
import Film
import Foundation
import Keyboards
import Pictures
import Scratch
import SmallFilms
import Testing
import Watching

@Suite struct KeyboardSearchTests {
  let scratch = try! Scratch()

  @Test func `In a drawn film they are where they were drawn`() throws {
    let clip = try DrawnClip(scratch.path + "/top.mp4", seconds: 0.6, width: 960, height: 540)
    let found = try KeyboardSearch.find(clip.path)
    let place = try #require(clip.place)
    for (a, b) in zip(found.place.corners, place.corners) {
      let way = a - b
      #expect((way * way).sum().squareRoot() < 8, "\(found.place), drawn at \(place)")
    }
    #expect(found.place.keys == 21...108 && found.confidence > 0.5)
  }

  @Test func `Where there is no piano, that is said`() throws {
    let film = try FilmWriter(scratch.path + "/wall.mp4", width: 180, height: 320, frameRate: 25)
    for shade in 0..<30 { try film.write(Picture(width: 180, height: 320, colours: .grey, shade: UInt8(100 + shade))) }
    try film.close()
    do {
      let found = try KeyboardSearch.find(film.path)
      Issue.record("found \(found)")
    } catch { #expect("\(error)".contains("wall.mp4: expected the keys of a piano"), "\(error)") }
  }

  @Test func `Pictures come from all over the film, or of the part that matters`() throws {
    let film = try FilmWriter(scratch.path + "/grey.mp4", width: 64, height: 64, frameRate: 25, codec: .mpeg4)
    for shade in 0..<200 { try film.write(Picture(width: 64, height: 64, colours: .grey, shade: UInt8(shade))) }
    try film.close()
    func shades(_ range: Range<Double>?) throws -> [Int] {
      try KeyboardSearch.pictures(FilmReader(film.path, colours: .grey), range).map { Int($0[30, 30]) }
    }
    let all = try shades(nil)
    #expect(all.count == 9 && all == all.sorted() && all[0] < 20 && all[8] > 180, "\(all)")
    let part = try shades(2..<3)
    #expect(part.count == 9 && part.allSatisfy { 45...78 ~= $0 }, "\(part)")
    #expect(try shades(2..<2.01).count == 1)
  }
}
