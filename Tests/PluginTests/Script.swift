// Script: what a host does in a test: notes, transport and properties at absolute samples, in buffers of any lengths.
import CLV2
import Foundation
import Hosting
import Score

/// Something that a host does.
enum Act {
  case midi([UInt8])
  case transport(frame: Int64, speed: Float = 1, beats: HostBeats? = nil)
  case score(String)
  case film(String)
  case scoreStart(Double)
  case control(String, Float)
}

let scoreURI = "urn:fotoplayer:piano#score"
let filmURI = "urn:fotoplayer:foley#film"
let scoreStartURI = "urn:fotoplayer:piano#score-start"

extension LV2Host {
  /// Runs cycles, freewheeling, whose lengths are `buffers` over and over, and gathers the left channel.
  func play(_ count: Int, _ acts: [(sample: Int, act: Act)], buffers: [Int] = [256]) -> [Float] {
    self["freewheel"] = 1
    var sound: [Float] = []
    var rest = acts[...]
    var cycle = 0
    while sound.count < count {
      let length = min(buffers[cycle % buffers.count], bufferSize)
      while let (sample, act) = rest.first, sample < sound.count + length {
        let time = Int64(sample - sound.count)
        switch act {
        case .midi(let bytes): send(midi: bytes, time: time)
        case .transport(let frame, let speed, let beats):
          sendTransport(frame: frame, speed: speed, beats: beats, time: time)
        case .film(let path): set(filmURI, toPath: path, time: time)
        case .score(let path): set(scoreURI, toPath: path, time: time)
        case .scoreStart(let seconds): set(scoreStartURI, toNumber: seconds, time: time)
        case .control(let symbol, let value): self[symbol] = value
        }
        rest.removeFirst()
      }
      run(length)
      sound += outputs[0][..<length]
      cycle += 1
    }
    return Array(sound[..<count])
  }
}

extension Score {
  /// The same times as they are in a MIDI file.
  var written: Score { (try? Score(midi: midi())) ?? Score() }

  /// A piece with chords, repeated keys and pedals, from a seed.
  static func random(seed: UInt64, notes: Int, seconds: Double) -> Score {
    var random = Chance(seed: seed)
    let kinds: [Pedal.Kind] = [.sustain, .sustain, .sustain, .sostenuto, .soft]
    return Score(
      notes: (0..<notes).map { _ in
        let start = Double.random(in: 0..<seconds, using: &random)
        return Note(
          key: .random(in: 21...108, using: &random), velocity: .random(in: 1...127, using: &random), start: start,
          end: start + .random(in: 0.01...1.5, using: &random))
      },
      pedals: (0..<notes / 4).map { index in
        Pedal(
          kind: kinds[index % kinds.count], value: Bool.random(using: &random) ? 127 : 0,
          time: .random(in: 0..<seconds, using: &random))
      }
    ).written
  }

  /// Its events as a host sends them, its start at sample `start`.
  func acts(rate: Int = 48_000, from start: Int = 0) -> [(sample: Int, act: Act)] {
    events(sampleRate: rate).map { (start + Int($0.sample), .midi($0.midi)) }
  }
}

extension TestBundle {
  /// Writes a MIDI file beside the bundle's voices.
  func write(_ score: Score, as name: String = "score.mid") throws -> String {
    try add(bytes: score.midi(), name)
  }

  @discardableResult
  func add(bytes: [UInt8], _ name: String) throws -> String {
    let path = "\(folder)/voices/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// Clicks for everything that happens.
  static func audible() throws -> TestBundle { try TestBundle(voice: "CLICK 1 0.001") }
}
