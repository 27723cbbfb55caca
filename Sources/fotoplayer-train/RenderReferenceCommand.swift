// `data render`: a score as material hears it: the sound font's own recording of it, to judge a voice against.
import ArgumentParser
import Foundation
import Media
import Score
import Training

extension DataCommand {
  struct Render: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Play a MIDI file on a sound font, as training sets are played.",
      discussion: """
        Example: fotoplayer-train data render song.mid --out song.wav

        Mono, 24 kHz, dry, with half pedals and the left pedal, and every event on its sample: what a voice that was trained
        on this sound font tries to be.
        """)

    @Argument(help: "The score.") var score: String
    @Option(help: "The sound file to write (WAV or FLAC).") var out: String
    @Option(help: "The sound font that plays.") var soundfont = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
    @Option(help: "Seconds after the last key is up.") var tail = 2.0

    func validate() throws {
      guard 0...60 ~= tail else { throw ValidationError("--tail \(tail): expected 0…60") }
    }

    func run() throws {
      guard let bytes = FileManager.default.contents(atPath: score) else {
        throw DataError("\(score): cannot read this file")
      }
      let read: Score
      do { read = FluidSynth.exact(try Score(midi: Array(bytes))) } catch { throw DataError("\(score): \(error)") }
      let synthesiser = try FluidSynth(soundFont: URL(fileURLWithPath: soundfont))
      let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("fotoplayer-" + UUID().uuidString)
      try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: scratch) }
      let sound = try synthesiser.render(read, seconds: read.duration + tail, scratch: scratch)
      try AudioFileWriter.write(sound.map { Float($0) / 32768 }, to: out, sampleRate: FluidSynth.sampleRate)
      print("\(out): \(read.notes.count) notes, \(String(format: "%.1f", read.duration + tail)) seconds")
    }
  }
}
