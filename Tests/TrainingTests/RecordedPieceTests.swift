// RecordedPieceTests: a score and its recording become a piece, whatever the recording's rate and channels.

import Foundation
import Media
import Score
import Scratch
import Testing
import Training

@Suite struct RecordedPieceTests {
  let scratch = try! Scratch()

  func path(_ name: String) -> String { scratch.path + "/" + name }

  func writeScore() throws {
    let score = Score(notes: [Note(key: 69, velocity: 90, start: 0.25, end: 0.75)])
    try Data(score.midi()).write(to: URL(fileURLWithPath: path("song.mid")))
  }

  /// A second of 440 Hz, half as loud on the right.
  func writeRecording(rate: Int) throws {
    try AudioFileWriter.write(
      (0..<rate).flatMap { index in
        let sample = Float(0.8 * sin(2 * Double.pi * 440 * Double(index) / Double(rate)))
        return [sample, sample / 2]
      }, to: path("song.wav"), sampleRate: rate, channels: 2)
  }

  @Test(arguments: [24000, 44100, 48000]) func `Channels are averaged and rates resampled`(rate: Int) throws {
    try writeScore()
    try writeRecording(rate: rate)
    let piece = try Piece(score: path("song.mid"), recording: path("song.wav"))
    #expect(piece.samples == 24000)
    #expect(piece.events.map(\.sample) == [6000, 18000])
    let sound = try piece.audio(from: 1000, count: 20000)
    for (index, sample) in sound.enumerated() {
      let expected = 0.6 * sin(2 * Double.pi * 440 * Double(index + 1000) / 24000)
      #expect(abs(Double(sample) - expected) < 2e-3, "sample \(index)")
      if abs(Double(sample) - expected) >= 2e-3 { break }
    }
  }

  @Test func `What cannot be read is said with its path`() throws {
    try writeScore()
    let none = #expect(throws: DataError.self) {
      try Piece(score: path("song.mid"), recording: path("none.wav"))
    }
    #expect(none?.description.contains("none.wav") == true)
    let noise = #expect(throws: DataError.self) {
      try Piece(score: path("song.mid"), recording: path("song.mid"))
    }
    #expect(noise?.description.contains("song.mid: expected a readable sound file") == true)
    let score = #expect(throws: DataError.self) { try Piece(score: path("none.mid"), recording: path("song.wav")) }
    #expect(score?.description.contains("none.mid: cannot be read") == true)
  }
}
