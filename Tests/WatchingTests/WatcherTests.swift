// WatcherTests: what a watcher says is what the network says of the pictures at those times, for one film and for several.
import Conditioning
import Film
import Foundation
import Keyboards
import Pictures
import Score
import Scratch
import SmallFilms
import Testing
import Watching

@Suite struct WatcherTests {
  let scratch = try! Scratch()
  let model: any RollModel
  let top: DrawnClip

  init() throws {
    try SmallPredictor.write(to: scratch.path + "/roll.safetensors")
    model = try RollModels.open(scratch.path + "/roll.safetensors")
    top = try DrawnClip(scratch.path + "/top.mp4")
  }

  /// What is said of films, moment by moment, and what became of it.
  func watch(_ films: [WatchedFilm], _ range: Range<Double>? = nil) throws -> (frames: [RollFrame], roll: WatchedRoll) {
    var frames: [RollFrame] = []
    let roll = try Watcher(model, films, range: range).watch { frames += $0 }
    #expect(roll.moments == frames.count)
    return (frames, roll)
  }

  func film(_ clip: DrawnClip) -> WatchedFilm {
    WatchedFilm(clip.view, clip.path, place: clip.place)
  }

  @Test func `The strips of a film's pictures, at the film's times`() throws {
    let (rows, columns) = model.size(.top)
    let reader = try FilmReader(top.path, colours: .grey)
    let strip = try KeyboardStrip(
      #require(top.place), pictureWidth: reader.width, pictureHeight: reader.height, width: columns, height: rows,
      inFront: model.surroundings.inFront, behind: model.surroundings.behind)
    let stream = RollStream(RollRunner(model, views: [.top]))
    var expected: [RollFrame] = []
    while let (time, picture) = try reader.next() { expected += stream.add(time: time, [strip(picture)]) }
    expected += stream.finish()
    let (frames, roll) = try watch([film(top)])
    #expect(frames == expected && frames.count == 40)
    let decoded = RollDecoder.decode(expected, model.thresholds, rate: model.rate)
    #expect(roll.score == decoded.score && roll.doubts == decoded.doubts)
    #expect(!roll.score.notes.isEmpty)
    #expect(roll.range == 0...1.56 && roll.notices.isEmpty)
  }

  @Test func `A part is told as it is told within the whole`() throws {
    let whole = try watch([film(top)]).frames
    let (part, roll) = try watch([film(top)], 0.5..<1.1)
    #expect(part == whole.filter { 0.5..<1.1 ~= $0.time })
    #expect(part.count == 15 && roll.range == 0.52...1.08)
  }

  @Test func `A film that begins later keeps its times`() throws {
    let late = try DrawnClip(scratch.path + "/late.mp4", seconds: 1, begin: 2)
    let (frames, roll) = try watch([film(late)])
    #expect(frames.first?.time == 2 && frames.count == 25)
    let isLate = roll.score.notes.allSatisfy { $0.start >= 1.97 }
    #expect(isLate)
  }

  @Test func `Five views, each at the picture nearest to the first one's`() throws {
    // At half the rate each picture of the others stands for two of the first.
    let others = try [RollView.left, .right, .front, .pedal].map {
      try DrawnClip(scratch.path + "/\($0).mp4", $0, rate: $0 == .left ? 50 : 25)
    }
    let films = ([top] + others).map(film)
    let (frames, roll) = try watch(films.reversed())
    let (alone, _) = try watch([film(top)])
    #expect(frames.map(\.time) == alone.map(\.time) && frames != alone)
    #expect(frames[0].velocity.count == 88 && frames[0].pedals.count == 3 && alone[0].pedals.isEmpty)
    #expect(roll.notices.isEmpty)
    // The feet are seen, and the keys are not told by them.
    let (without, _) = try watch(Array(films.dropLast()))
    #expect(without.map(\.down) == frames.map(\.down))
  }

  @Test func `A view that ends early, or begins late, limits the others, and that is said`() throws {
    let short = try DrawnClip(scratch.path + "/short.mp4", .left, seconds: 0.8)
    var (frames, roll) = try watch([film(top), film(short)])
    #expect(frames.last!.time < 1 && frames.count >= 20)
    #expect(roll.notices.count == 1 && roll.notices[0].contains("short.mp4: ends at 0.76 s"), "\(roll.notices)")
    let late = try DrawnClip(scratch.path + "/late.mp4", .front, seconds: 1.2, begin: 0.4)
    (frames, roll) = try watch([film(top), film(late)])
    #expect(frames.first!.time > 0.2 && frames.count >= 30)
    #expect(roll.notices.count == 1 && roll.notices[0].contains("late.mp4: begins at 0.4 s"), "\(roll.notices)")
  }

  @Test func `A view that the predictor does not know is left out, and that is said`() throws {
    try SmallPredictor.write(to: scratch.path + "/one.safetensors", step: 1)
    let simple = try RollModels.open(scratch.path + "/one.safetensors")
    let pedal = WatchedFilm(.pedal, "none.mp4")
    let watcher = try Watcher(simple, [film(top), pedal])
    #expect(watcher.views == [.top])
    #expect(try watcher.watch().notices == ["none.mp4: the predictor has no use for the view pedal"])
  }

  @Test func `However long a film is, a handful of pictures is kept`() {
    let stream = RollStream(RollRunner(model, views: [.top]))
    let size = model.size(.top)
    let picture = [UInt8](repeating: 90, count: size.rows * size.columns)
    var (said, most) = (0, 0)
    for index in 0..<1500 {
      said += stream.add(time: Double(index) / 50, [picture]).count
      most = max(most, stream.held)
    }
    said += stream.finish().count
    #expect(said == 750 && most <= 16, "\(said) said, \(most) kept")
  }

  func expectError(_ films: [WatchedFilm], _ range: Range<Double>? = nil, says words: String...) {
    do {
      _ = try watch(films, range)
      Issue.record("nothing was wrong")
    } catch { for word in words { #expect("\(error)".contains(word), "\(error)") } }
  }

  @Test func `What cannot be watched is named`() throws {
    let place = try #require(top.place)
    expectError([], says: "roll.safetensors: expected views that the predictor knows", "found none")
    expectError([WatchedFilm(.pedal, top.path)], says: "found pedal only")
    expectError([film(top), film(top)], says: "top.mp4: expected one film of the view top, found another")
    expectError([WatchedFilm(.top, top.path)], says: "top.mp4: expected to know where the keys lie")
    expectError([WatchedFilm(.top, "none.mp4", place: place)], says: "none.mp4: expected a film, found No such file")
    expectError([film(top)], 5..<6, says: "top.mp4: expected pictures between 5.0 s and 6.0 s, found none", "1.56 s")
  }

  @Test func `A film that was cut short is watched to its end, and that is said`() throws {
    let film = try FilmWriter(scratch.path + "/long.mkv", width: 320, height: 180, frameRate: 25, codec: .mjpeg)
    for shade in 0..<200 { try film.write(Picture(width: 320, height: 180, colours: .grey, shade: UInt8(shade))) }
    try film.close()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: film.path))
    try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: film.path))
    let place = try KeyboardPlace("20,150 300,150 300,60 20,60")
    let roll = try watch([WatchedFilm(.top, film.path, place: place)]).roll
    #expect(60...140 ~= roll.moments)
    #expect(roll.notices.count == 1 && roll.notices[0].contains("what lies before was watched"), "\(roll.notices)")
  }
}
