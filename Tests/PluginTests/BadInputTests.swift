// BadInputTests: whatever a host or a person does wrong, the plugin neither falls nor squeals,
// and plays again as soon as it can.
import CLV2
import Hosting
import Score
import Testing

struct BadInputTests {
  private let note: [(sample: Int, midi: [UInt8])] = [(960, [0x90, 60, 127])]

  /// It still plays: a note comes out.
  private func plays(_ host: LV2Host) -> Bool { (host.render(24_000, events: note).max() ?? 0) > 0.5 }

  @Test(arguments: [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude, -1e30, .leastNonzeroMagnitude])
  func controlsMaySayAnything(_ value: Float) throws {
    let bundle = try TestBundle()
    let host = try bundle.host()
    for port in host.bundle.ports where port.kind == .control && port.isInput {
      host[port.symbol] = value
      for _ in 0..<20 {
        host.send(midi: [0x90, 60, 100])
        host.run(256)
        #expect(host.outputs[0].allSatisfy { $0.isFinite } && host.outputs[1].allSatisfy { $0.isFinite })
      }
      #expect((host["latency"] ?? -1) > 0)
      host[port.symbol] = port.initial
    }
    #expect(plays(host))
  }

  @Test func notANumberKeepsWhatWasSet() throws {
    let host = try TestBundle().host()
    host["block"] = 5
    host.run(0)
    let latency = host["latency"]
    host["block"] = .nan
    host.run(256)
    #expect(host["latency"] == latency)
    // Beyond the range is its end.
    host["block"] = .infinity
    host.run(0)
    let longest = host["latency"]
    host["block"] = 8
    host.run(0)
    #expect(host["latency"] == longest && longest != latency)
  }

  @Test func anyPortMayBeMissing() throws {
    let host = try TestBundle().host()
    for port in host.bundle.ports {
      host.connect(port.index, to: nil)
      host.send(midi: [0x90, 60, 100])
      host.run(256)
    }
    for port in [UInt32(99), .max] { host.connect(port, to: nil) }
    for _ in 0..<50 { host.run(256) }
    host.connectAll()
    #expect(plays(host))
  }

  @Test func runBeforeAnythingIsConnected() throws {
    let bundle = try LV2Bundle(try TestBundle().folder)
    let host = try LV2Host(bundle, connecting: false)
    for _ in 0..<20 { host.run(256) }
    host.connectAll()
    #expect(plays(host))
  }

  @Test func noSamplesAtAllStillTellTheLatency() throws {
    let host = try TestBundle().host()
    for _ in 0..<100 { host.run(0) }
    #expect((host["latency"] ?? 0) > 0)
    host.send(midi: [0x90, 60, 127], time: 5)
    host.run(0)
    #expect((host.render(9600).max() ?? 0) > 0.5)
  }

  @Test func outputsMayBeOneBuffer() throws {
    let host = try TestBundle().host()
    host["gain"] = -20
    host.run(0)
    _ = host.render(4800)
    let apart = host.render(9600, events: note)
    host.connect(3, to: host.outputs[0].baseAddress)
    _ = host.render(4800)
    #expect(abs((host.render(9600, events: note).max() ?? 0) - (apart.max() ?? 1)) < 1e-4)
  }

  @Test func eventsOutOfOrderAndOutOfTheCycle() throws {
    let host = try TestBundle().host()
    host["freewheel"] = 1
    for time: Int64 in [200, 100, 255, 256, 257, 1 << 40, -1, .min, .max, 0] {
      host.send(midi: [0x90, 60, 127], time: time)
      host.send(midi: [0x80, 60, 0], time: time)
    }
    host.run(256)
    let sound = host.render(24_000)
    #expect(sound.allSatisfy { $0.isFinite } && (sound.max() ?? 0) > 0.5)
    #expect(plays(host))
  }

  @Test func messagesOfTheWrongShape() throws {
    let host = try TestBundle().host()
    let midi = host.urids["http://lv2plug.in/ns/ext/midi#MidiEvent"]
    let object = host.urids["http://lv2plug.in/ns/ext/atom#Object"]
    var random = SystemRandomNumberGenerator()
    let shapes: [[UInt8]] = [
      [], [0x90], [0x90, 60], [0x90, 60, 100, 0], [0x90, 200, 100], [0x90, 60, 200], [60, 60, 60], [0xF0, 1, 2],
      [0xF0] + [UInt8](repeating: 1, count: 5000) + [0xF7], [0xE0, 0, 64], [0xC0, 5, 0], [0xFF, 0, 0], [0xB0, 7, 100],
    ]
    for shape in shapes {
      host.send(type: midi, body: shape)
      host.send(type: object, body: shape)
      host.send(type: 12_345, body: shape)
      host.run(256)
    }
    for _ in 0..<300 {
      let bytes = (0..<Int.random(in: 0..<80, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      host.send(type: Bool.random(using: &random) ? midi : object, body: bytes)
      host.run(64)
    }
    host.send(midi: [0xB0, 120, 0])
    host.send(midi: [0xB0, 121, 0])
    #expect(plays(host))
  }

  @Test func sequencesThatLie() throws {
    let host = try TestBundle().host()
    let sequence = host.urids["http://lv2plug.in/ns/ext/atom#Sequence"]
    let buffer = AtomBuffer(capacity: 1024, sequence: sequence)
    host.connect(0, to: buffer.base)
    for size: UInt32 in [0, 4, 7, 8, 9, 15, 23, 24, 25] {
      buffer.base.storeBytes(of: size, as: UInt32.self)
      host.run(64)
    }
    // An event that claims to be larger than the sequence it is in.
    buffer.clear()
    buffer.append(time: 0, type: 1, body: [0x90, 60, 127])
    for claim: UInt32 in [4, 100, 1 << 20, .max, .max - 7] {
      buffer.base.storeBytes(of: claim, toByteOffset: 24, as: UInt32.self)
      host.run(64)
    }
    // No sequence at all.
    buffer.base.storeBytes(of: sequence + 1000, toByteOffset: 4, as: UInt32.self)
    host.run(64)
    host.connectAll()
    #expect(plays(host))
  }

  @Test func noRoomToAnswer() throws {
    let host = try TestBundle().host()
    let buffer = AtomBuffer(capacity: 256, sequence: host.urids["http://lv2plug.in/ns/ext/atom#Sequence"])
    host.connect(1, to: buffer.base)
    for room in [0, 4, 7, 8, 16, 40, 64, 100] {
      (buffer.base + 8 + room).initializeMemory(as: UInt8.self, repeating: 0xAA, count: 248 - room)
      buffer.offer(room: room)
      host.get()
      host.run(64)
      #expect((8 + room..<256).allSatisfy { buffer.base.load(fromByteOffset: $0, as: UInt8.self) == 0xAA }, "\(room)")
      #expect(buffer.base.load(as: UInt32.self) <= max(UInt32(room), 8))
    }
    host.connectAll()
    #expect(host.property(voiceURI) != nil)
  }

  @Test func moreNotesThanAnyoneCanPlay() throws {
    let host = try TestBundle().host()
    for cycle in 0..<40 {
      for _ in 0..<1500 { host.send(midi: [0x90, UInt8(21 + cycle), 100], time: 3) }
      host.run(256)
    }
    host.send(midi: [0xB0, 123, 0])
    host["freewheel"] = 1
    #expect(plays(host))
  }

  @Test func sixteenAtOnce() throws {
    let bundle = try TestBundle()
    let hosts = try (0..<16).map { try bundle.host(sampleRate: $0 % 2 == 0 ? 48_000 : 44_100) }
    let sounds = hosts.map { $0.render(24_000, events: note) }
    for index in 2..<16 { #expect(sounds[index] == sounds[index - 2]) }
    #expect((sounds[0].max() ?? 0) > 0.5 && (sounds[1].max() ?? 0) > 0.5)
  }

  @Test(arguments: [0, -1, 100, 1e9, .nan, .infinity])
  func aSampleRateThatCannotBe(_ rate: Double) throws {
    let bundle = try LV2Bundle(try TestBundle().folder)
    #expect(throws: HostError.self) { try LV2Host(bundle, exactRate: rate) }
  }

  @Test func anotherPluginThanTheBundleHas() throws {
    let folder = try TestBundle().folder
    let uri = try LV2Bundle(folder).uri
    #expect(try LV2Bundle(folder, plugin: uri).uri == uri)
    let none = #expect(throws: HostError.self) { try LV2Bundle(folder, plugin: "urn:another") }
    #expect(none?.expected == "urn:another in manifest.ttl" && none?.found == "none")
  }
}
