// SourceBankTests: strings sound when and as events say, to the sample, however time is cut.
import Codec
import Glibc
import Score
import Tensors
import Testing

@Suite struct SourceBankTests {
  static let configuration = SourceConfiguration()
  static let noise = NoiseBands(configuration.noise, sampleRate: 24000)

  /// Tempered strings of four partials and one mode, or what `change` makes of them.
  private static func bank(
    modes: Int = 1, change: (inout [String: Tensor]) -> Void = { _ in }
  ) throws -> SourceBank {
    var c = configuration
    (c.partials, c.modes) = (4, modes)
    var tables = StringTable.tempered(c, level: -5, decay: 3)
    change(&tables)
    let table = try Weights.make(from: Given(tables: tables)) { StringTable($0, c) }.model
    return SourceBank(c, table: table, noise: noise)
  }

  private struct Given: WeightSource {
    let tables: [String: Tensor]
    var names: [String] { Array(tables.keys) }
    func fill(_ name: String, _ tensor: Tensor, initial: Initial) {
      tensor.data.update(from: tables[name]!.data, count: tensor.shape.count)
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

  @Test func `Half a pedal lets strings go by degrees`() throws {
    func left(_ pedal: UInt8) throws -> Float {
      let bank = try Self.bank()
      let events = [
        Self.event(0, .noteOn, 48, 90), Self.event(100, .sustain, 0, pedal), Self.event(2000, .noteOff, 48),
      ]
      return Self.sound(bank, events, frames: 0..<40)[9600...].reduce(0) { $0 + $1 * $1 }
    }
    let power = try [UInt8(0), 32, 40, 48, 56, 63, 64, 127].map(left)
    #expect(power[0] == power[1] && power[6] == power[7])
    for (less, more) in zip(power.dropFirst(), power.dropFirst(2)).dropLast() { #expect(less < 0.9 * more) }
  }

  @Test func `What a damper took stays taken when the pedal catches the string`() throws {
    let bank = try Self.bank()
    let events = [
      Self.event(0, .noteOn, 48, 90), Self.event(3200, .noteOff, 48), Self.event(4800, .sustain, 0, 127),
    ]
    let sound = Self.sound(bank, events, frames: 0..<60)
    func level(_ range: Range<Int>) -> Float { sound[range].reduce(0) { $0 + $1 * $1 } }
    #expect(level(4800..<6400) < 0.3 * level(1600..<3200))
    // It decays by itself from here on: e^(−2·3/s) in power.
    let kept = level(8000..<12800) / level(4800..<9600)
    #expect(abs(kept - exp(-2 * 3 * 3200.0 / 24000)) < 0.02)
  }

  @Test func `The left pedal strikes softer`() throws {
    let rising = { (tables: inout [String: Tensor]) in
      let level = tables["level"]!
      for index in 0..<level.shape.count { level[index] = -8 + Float(index / 4 % 5) }
    }
    func sound(_ velocity: UInt8, soft: UInt8) throws -> [Float] {
      let events = [Self.event(0, .soft, 0, soft), Self.event(0, .noteOn, 60, velocity)]
      return Self.sound(try Self.bank(change: rising), events, frames: 0..<10)
    }
    #expect(try sound(100, soft: 127) == sound(70, soft: 0))
    #expect(try sound(100, soft: 0) != sound(100, soft: 127))
    #expect(try sound(1, soft: 127) == sound(1, soft: 0))
  }

  @Test func `Two modes that are out of tune beat`() throws {
    let detuned = { (tables: inout [String: Tensor]) in
      let frequency = tables["frequency"]!
      let decay = tables["decay"]!
      for index in 0..<frequency.shape.count {
        if index % 2 == 1 { frequency[index] += 5 }
        decay[index] = 0
      }
    }
    let sound = Self.sound(try Self.bank(modes: 2, change: detuned), [Self.event(0, .noteOn, 60, 90)], frames: 0..<75)
    func power(_ second: Double) -> Float {
      let start = Int(second * 24000)
      return sound[start..<start + 960].reduce(0) { $0 + $1 * $1 }
    }
    // Together at 0, 0.2, …; against each other half-way between.
    for beat in 1..<4 {
      let at = 0.2 * Double(beat)
      #expect(power(at - 0.02) > 20 * power(at + 0.08))
    }
  }
}
