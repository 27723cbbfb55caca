// SourceBankTests: strings sound when and as events say, to the sample, however time is cut.
import Codec
import Glibc
import Score
import Tensors
import Testing

@Suite struct SourceBankTests {
  static let configuration = SourceConfiguration()
  static let noise = NoiseBands(configuration.noise, sampleRate: 24000)

  /// Tempered strings of four partials.
  private static func bank() throws -> SourceBank {
    var c = configuration
    c.partials = 4
    let tables: [String: [Float]] = [
      "frequency": (0..<88).map { Float(StringTable.temperedFrequency($0)) },
      "inharmonicity": (0..<88).map { Float(StringTable.typicalInharmonicity($0)) },
      "level": (0..<88 * 3 * 4).map { -6 + Float($0 / 4 % 3) }, "decay": [Float](repeating: 3, count: 88 * 4),
    ]
    let table = try Weights.make(from: Given(tables: tables)) { StringTable($0, partials: 4) }.model
    return SourceBank(c, table: table, noise: noise)
  }

  private struct Given: WeightSource {
    let tables: [String: [Float]]
    var names: [String] { Array(tables.keys) }
    func fill(_ name: String, _ tensor: Tensor, initial: Initial) {
      for (index, value) in tables[name]!.enumerated() { tensor[index] = value }
    }
  }

  private static func event(_ sample: Int64, _ kind: PerformanceEvent.Kind, _ key: UInt8 = 0, _ value: UInt8 = 0)
    -> PerformanceEvent
  {
    PerformanceEvent(sample: sample, kind: kind, key: key, value: value)
  }

  /// The sum of the harmonic bands over some frames.
  private static func sound(_ bank: SourceBank, _ events: [PerformanceEvent], frames: Range<Int64>) -> [Float] {
    let hop = configuration.hop
    var bands = [Float](repeating: 0, count: configuration.bands * hop)
    return frames.flatMap { frame -> [Float] in
      let inside = events.filter { $0.sample / Int64(hop) == frame }
      inside.withUnsafeBufferPointer { bank.write(frame: frame, events: $0, into: &bands) }
      return (0..<hop).map { n in
        (0..<configuration.harmonicBands).reduce(Float(0)) { $0 + bands[$1 * hop + n] }
      }
    }
  }

  @Test func `A string sounds from its sample on and not before`() throws {
    for at in [Int64(0), 1, 319, 320, 5000] {
      let sound = Self.sound(try Self.bank(), [Self.event(at, .noteOn, 60, 80)], frames: 0..<40)
      #expect(sound[..<Int(at)].allSatisfy { $0 == 0 })
      #expect(sound[Int(at)..<Int(at) + 40].contains { abs($0) > 1e-5 })
    }
  }

  @Test(arguments: 21...108) func `Every key sounds at its pitch`(_ key: Int) throws {
    let frames: Int64 = 150
    let sound = Self.sound(try Self.bank(), [Self.event(0, .noteOn, UInt8(key), 100)], frames: 0..<frames)
    let rate = 24000.0
    func power(_ hertz: Double) -> Double {
      var (re, im) = (0.0, 0.0)
      for n in 2000..<Int(frames) * 320 {
        let window = 0.5 - 0.5 * cos(2 * .pi * Double(n - 2000) / Double(Int(frames) * 320 - 2000))
        re += Double(sound[n]) * window * cos(2 * .pi * hertz * Double(n) / rate)
        im += Double(sound[n]) * window * sin(2 * .pi * hertz * Double(n) / rate)
      }
      return re * re + im * im
    }
    let b = StringTable.typicalInharmonicity(key - 21)
    let pitch = StringTable.temperedFrequency(key - 21) * (1 + b).squareRoot()
    #expect(power(pitch) > 5 * power(pitch * 1.06) && power(pitch) > 5 * power(pitch / 1.06))
  }

  @Test func `Keys outside the piano are silent, and so is velocity's lack of a key`() throws {
    let bank = try Self.bank()
    let sound = Self.sound(bank, [Self.event(0, .noteOn, 20, 90), Self.event(3, .noteOn, 109, 90)], frames: 0..<4)
    #expect(sound.allSatisfy { $0 == 0 } && !bank.isSounding)
  }

  @Test func `The damper falls with the key, waits for the pedal, and leaves silence`() throws {
    let played = [Self.event(0, .noteOn, 60, 90), Self.event(6000, .noteOff, 60)]
    let short = try Self.bank()
    _ = Self.sound(short, played, frames: 0..<200)
    #expect(!short.isSounding)
    let held = try Self.bank()
    let pedalled = [Self.event(3000, .sustain, 0, 127)] + played
    let sound = Self.sound(held, pedalled.sorted { $0.sample < $1.sample }, frames: 0..<80)
    #expect(held.isSounding && sound[20000...].contains { abs($0) > 1e-4 })
    let lifted = Self.sound(held, [Self.event(80 * 320 + 5, .sustain, 0, 0)], frames: 80..<400)
    #expect(!held.isSounding && lifted[(lifted.count - 3200)...].allSatisfy { $0 == 0 })
  }

  @Test func `A bank that chases what came before goes on as the one that played it`() throws {
    var events: [PerformanceEvent] = [Self.event(10, .sustain, 0, 127)]
    for index in 0..<40 {
      events.append(Self.event(Int64(index) * 211 + 100, .noteOn, UInt8(30 + index * 13 % 60), UInt8(20 + index)))
      events.append(Self.event(Int64(index) * 211 + 900, .noteOff, UInt8(30 + index * 13 % 60)))
    }
    events.sort { $0.sample < $1.sample }
    let whole = Self.sound(try Self.bank(), events, frames: 0..<60)
    let later = try Self.bank()
    later.chase(events.filter { $0.sample < 20 * 320 })
    #expect(Self.sound(later, events, frames: 20..<60) == Array(whole[(20 * 320)...]))
    later.reset()
    #expect(Self.sound(later, events, frames: 0..<60) == whole)
  }

  @Test func `More strings than there is room for drop the quietest and never trap`() throws {
    let bank = try Self.bank()
    var events = [Self.event(0, .sustain, 0, 127)]
    for index in 0..<1000 {
      events.append(Self.event(Int64(index), .noteOn, UInt8(21 + index % 88), UInt8(1 + index % 127)))
    }
    #expect(Self.sound(bank, events, frames: 0..<8).allSatisfy { $0.isFinite })
  }
}
