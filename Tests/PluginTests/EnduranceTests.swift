// EnduranceTests: the plugin lives through hosts that turn everything at once, and through very long scores.
// What is random comes from a seed, so that a fault can be met again.
import Hosting
import Score
import Testing

struct EnduranceTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func portsTurnedAtRandom(_ seed: UInt64) throws {
    var random = Chance(seed: seed)
    let host = try TestBundle().host()
    let ports = host.bundle.ports.filter { $0.kind == .control && $0.isInput }
    for cycle in 0..<400 {
      let port = try #require(ports.randomElement(using: &random))
      host[port.symbol] =
        Bool.random(using: &random)
        ? Float(bitPattern: UInt32.random(in: 0 ... .max, using: &random))
        : Float.random(in: port.lowest...port.highest, using: &random)
      let length = Int.random(in: 0...host.bufferSize, using: &random)
      let message = (0..<3).map { _ in UInt8.random(in: 0...127, using: &random) }
      host.send(
        midi: [0x90 + message[0] % 64, message[1], message[2]], time: Int64.random(in: -10...300, using: &random))
      host.run(length)
      let latency = host["latency"] ?? -1
      #expect(latency > 0 && latency <= 65_536, "seed \(seed), cycle \(cycle)")
      #expect(
        (0..<length).allSatisfy { host.outputs[0][$0].isFinite && host.outputs[1][$0].isFinite },
        "seed \(seed), cycle \(cycle)")
    }
    for port in ports { host[port.symbol] = port.initial }
    host.send(midi: [0xB0, 120, 0])
    host.send(midi: [0xB0, 121, 0])
    host.run(host.bufferSize)
    #expect((host.render(24_000, events: [(960, [0x90, 60, 127])]).max() ?? 0) > 0.5)
  }

  @Test func aScoreOfTwoHours() throws {
    let seconds = 7200
    let notes = stride(from: 1, to: seconds, by: 30).map {
      Note(key: 60, velocity: 127, start: Double($0), end: Double($0) + 0.5)
    }
    let last = try #require(notes.last)
    let host = try TestBundle().host(sampleRate: 24_000, bufferSize: 4096)
    var length = 0
    var loudest: (sample: Int, level: Float) = (0, 0)
    let ending = Int(last.start - 1) * host.sampleRate
    let report = host.perform(Score(notes: notes), tail: 1) { samples, _ in
      for index in stride(from: 0, to: samples.count, by: 2) where length + index / 2 > ending {
        if samples[index] > loudest.level { loudest = (length + index / 2, samples[index]) }
      }
      length += samples.count / 2
    }
    #expect(length == Int((last.end + 1) * Double(host.sampleRate)))
    #expect(abs(loudest.sample - Int(last.start) * host.sampleRate) <= 1 && loudest.level > 0.5)
    #expect(report.lateBlocks == 0)
  }
}
