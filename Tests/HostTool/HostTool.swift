// host-tool: what the scripts in Tests/Hosts need besides a shell: a score that every host can read, and a look at what
// they made of it, sample by sample.
import ArgumentParser
import Foundation
import Hosting
import Media
import Score

@main struct HostTool: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "host-tool", abstract: "Scores for hosts, and comparisons of what they rendered.",
    subcommands: [Compose.self, Compare.self])
}

/// Writes a score as a MIDI file, and as the lines of events that jack-player reads.
struct Compose: ParsableCommand {
  @Argument(help: "The MIDI file to write, 120 beats a minute.") var score: String
  @Argument(help: "The list of events to write.") var events: String
  @Option(help: "Seconds of music.") var seconds = 6
  @Option(help: "Whole seconds before it.") var after = 0
  @Option(help: "Seconds of which all times are multiples. 1/60 s is a whole number of samples at 44.1 and 48 kHz.")
  var grid = 1.0 / 60

  func run() throws {
    var notes: [Note] = []
    var pedals: [Pedal] = []
    // Dense, with chords and repeated keys, and no two kinds of message at an instant: their order would be the host's.
    for index in 0..<seconds * 8 - 8 {
      let start = Double(after) + grid * (0.125 * Double(index) / grid).rounded()
      for voice in 0..<(index % 4 == 0 ? 4 : 1) {
        let key = UInt8(28 + (index * 7 + voice * 4) % 72)
        notes.append(
          Note(key: key, velocity: UInt8(40 + (index * 13 + voice) % 80), start: start, end: start + grid * 23))
      }
      if index % 16 == 1 {
        pedals.append(Pedal(kind: .sustain, value: 127, time: start + grid))
        pedals.append(Pedal(kind: .sustain, value: 0, time: start + grid * 70))
      }
      if index % 16 == 9 { pedals.append(Pedal(kind: .soft, value: UInt8(index % 128), time: start + grid)) }
    }
    let score = Score(notes: notes, pedals: pedals)
    try Data(score.midi(ticksPerQuarter: 1920)).write(to: URL(fileURLWithPath: self.score))
    // A clock so fine that every host's samples can be told.
    let clock = 282_240_000
    let lines = score.events(sampleRate: clock).map { event in
      let bytes = event.midi.map { String(format: "%02x", $0) }.joined(separator: " ")
      return String(format: "%.9f ", Double(event.sample) / Double(clock)) + bytes
    }
    try (lines.joined(separator: "\n") + "\n").write(toFile: events, atomically: true, encoding: .utf8)
  }
}

/// Compares sound files sample by sample; they may be of different lengths, by less than `slack` seconds.
struct Compare: ParsableCommand {
  @Argument(help: "Sound files of one rate and number of channels.") var files: [String]
  @Option(help: "Seconds by which lengths may differ.") var slack = 0.1

  func run() throws {
    let readers = try files.map { try AudioFileReader($0) }
    let first = readers[0]
    let reference = first.readAll()
    guard let peak = reference.map(abs).max(), peak > 0.01 else { throw Difference("\(first.path) is silent") }
    for other in readers.dropFirst() {
      guard other.sampleRate == first.sampleRate, other.channels == first.channels else {
        throw Difference("\(other.path): \(other.sampleRate) Hz, \(other.channels) channels")
      }
      guard abs(other.frames - first.frames) <= Int(slack * Double(first.sampleRate)) else {
        throw Difference("\(other.path): \(other.frames) samples, \(first.path): \(first.frames)")
      }
      let samples = other.readAll()
      let count = min(samples.count, reference.count)
      guard let at = (0..<count).first(where: { samples[$0] != reference[$0] }) else { continue }
      let different = (0..<count).filter { samples[$0] != reference[$0] }.count
      let most = (0..<count).map { abs(samples[$0] - reference[$0]) }.max() ?? 0
      throw Difference(
        """
        \(other.path) is not \(first.path): \(different) of \(count) samples, the first at frame \(at / first.channels) \
        (\(reference[at]) and \(samples[at])), by \(20 * log10(most / peak)) dB of the peak at most
        """)
    }
    print("\(files.count) sounds are the same to the sample, peak \(20 * log10(peak)) dB")
  }
}

struct Difference: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
