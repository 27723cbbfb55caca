// PerformTests: `fotoplayer perform` gives a film its sound: the film's own pictures, and what its score sounds like.
import Film
import Foundation
import Media
import Score
import SmallFilms
import TestVoices
import Testing

@Suite struct PerformTests {
  let place = try! Workplace()
  let keyboard: String

  init() throws {
    try SmallPredictor.write(to: place.path + "/roll.safetensors")
    try TestVoice.write(to: place.path + "/voice.safetensors")
    keyboard = "\(try #require(DrawnClip(place.path + "/clip.mp4").place))"
  }

  @discardableResult
  func perform(_ output: String, _ options: String...) throws -> Outcome {
    let outcome = try place.run(
      "fotoplayer", ["perform", "clip.mp4", "-o", output, "--voice", "voice.safetensors"] + options,
      environment: ["FOTOPLAYER_ROLL": "roll.safetensors"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome
  }

  func pictures(_ name: String) throws -> [Data] {
    let film = try FilmReader("\(place.path)/\(name)")
    var pictures: [Data] = []
    while let (time, picture) = try film.next() { pictures.append(Data("\(time)".utf8) + picture.bytes) }
    return pictures
  }

  /// The samples of the first channel, from the film's zero.
  func sound(_ name: String) throws -> [Float] {
    let sound = try FilmSound("\(place.path)/\(name)")
    let all = try sound.readAll()
    return stride(from: 0, to: all.count, by: sound.channels).map { all[$0] }
  }

  @Test func `The same pictures at the same times, and a sound as long as they are`() throws {
    let outcome = try perform("sounding.mp4", "--keyboard", keyboard, "--midi", "take.mid")
    #expect(try pictures("sounding.mp4") == pictures("clip.mp4"))
    let film = try FilmInformation(place.path + "/sounding.mp4")
    let sound = try #require(film.streams.first { $0.kind == .sound })
    #expect(abs((sound.start ?? 0)) < 0.001 && abs(sound.duration! - 1.6) < 0.05)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.first!.hasPrefix("take.mid: ") && lines.last!.hasPrefix("sounding.mp4: 1.6 s of Test Piano, "))
    #expect(place.files == ["clip.mp4", "sounding.mp4", "take.mid", "roll.safetensors", "voice.safetensors"])
    // The score that was kept makes the same film.
    try perform("again.mp4", "--score", "take.mid", "--quiet")
    #expect(try place.bytes("again.mp4") == place.bytes("sounding.mp4"))
  }

  @Test func `A score that was corrected is heard where it says`() throws {
    try place.write(Score(notes: [Note(key: 60, velocity: 110, start: 0.8, end: 1.2)]).midi(), to: "one.mid")
    try perform("one.mp4", "--score", "one.mid")
    let samples = try sound("one.mp4")
    let before = samples[..<(48_000 * 7 / 10)].map(abs).max()!
    let after = samples[(48_000 * 8 / 10)...].map(abs).max()!
    #expect(before < 0.01 * after && after > 1e-3, "\(before) before, \(after) after")
  }

  @Test func `A part is heard at its place in the film`() throws {
    try place.write(Score(notes: [Note(key: 60, velocity: 110, start: 0.1, end: 1.5)]).midi(), to: "one.mid")
    try perform("part.mkv", "--score", "one.mid", "--from", "0.6", "--to", "1.1")
    #expect(try pictures("part.mkv").count == pictures("clip.mp4").count)
    let film = try FilmInformation(place.path + "/part.mkv")
    let start = try #require(film.streams.first { $0.kind == .sound }?.start)
    #expect(abs(start - 0.6) < 0.03, "\(start)")
  }

  @Test func `It may take the place of the film itself, and keep its own sound beside`() throws {
    let before = try pictures("clip.mp4")
    try perform("clip.mp4", "--keyboard", keyboard, "--quiet")
    #expect(try pictures("clip.mp4") == before)
    try perform("both.mkv", "--keyboard", keyboard, "--beside", "--quiet")
    let film = try FilmInformation(place.path + "/both.mkv")
    #expect(film.streams.filter { $0.kind == .sound }.count == 2)
  }

  @Test func `Interrupted, it leaves nothing`() throws {
    // Long enough to be met at work.
    try place.score("long.mid", notes: 28_800)
    let film = try FilmWriter(place.path + "/long.mp4", width: 64, height: 64, frameRate: 1, codec: .mpeg4)
    for shade in 0..<7200 { try film.write(.init(width: 64, height: 64, colours: .grey, shade: UInt8(shade % 200))) }
    try film.close()
    let before = place.files
    let (process, _, _) = try place.start(
      "fotoplayer",
      ["perform", "long.mp4", "-o", "out.mp4", "--score", "long.mid", "--voice", "voice.safetensors"])
    while place.files == before && process.isRunning { usleep(2000) }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130 && place.files == before)
  }
}
