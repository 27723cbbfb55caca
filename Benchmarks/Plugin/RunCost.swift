// RunCost: what a call of `run` costs the host's audio thread while the instrument plays, beside a small sampled piano,
// cycle by cycle in turns; and how long an instance takes from its making to its first correct sound.
import Benchmarking
import Foundation
import Hosting

/// The cost of cycles of 256 samples at 48 kHz.
enum RunCost {
  private static let peer = (
    bundle: "/usr/lib/lv2/mda.lv2", uri: "http://drobilla.net/plugins/mda/Piano", name: "mda Piano"
  )
  private static let keys: [UInt8] = [36, 43, 48, 52, 55, 60, 64, 67, 72, 76]
  private static let cycle = 256.0 / 48_000

  /// Rows of a table: the share of a cycle that `run` takes, in the median, the 99.9th percentile and at worst.
  static func rows(_ bundle: LV2Bundle, seconds: Double) throws -> [String] {
    var hosts = [("Fotoplayer Piano", try LV2Host(bundle, sampleRate: 48_000, bufferSize: 256))]
    if FileManager.default.fileExists(atPath: peer.bundle) {
      hosts.append(
        (peer.name, try LV2Host(LV2Bundle(peer.bundle, plugin: peer.uri), sampleRate: 48_000, bufferSize: 256)))
    }
    var costs = [[Double]](repeating: [], count: hosts.count)
    warm(hosts[0].1)
    let begin = now()
    for number in 0..<Int(seconds / cycle) {
      let wait = begin + Double(number) * cycle - now()
      if wait > 0 { usleep(UInt32(wait * 1e6)) }
      for (index, (_, host)) in hosts.enumerated() {
        // Two seconds of ten notes, anew; and one note more every quarter of a second.
        if number % 375 == 0 { for key in keys { host.send(midi: [0x90, key, 90]) } }
        if number % 375 == 370 { for key in keys { host.send(midi: [0x80, key, 64]) } }
        if number % 47 == 20 { host.send(midi: [0x90, 84, 70], time: 100) }
        if number % 47 == 40 { host.send(midi: [0x80, 84, 64], time: 100) }
        let entered = now()
        host.run(256)
        costs[index].append(now() - entered)
      }
    }
    return hosts.indices.map { index in
      let sorted = costs[index].sorted()
      let shares = [0.5, 0.999, 1].map { sorted[min(sorted.count - 1, Int($0 * Double(sorted.count)))] / cycle }
      return row(
        "`run`, 256 samples, \(hosts[index].0): median, 99.9th percentile, worst",
        shares.map { digits(100 * $0, 2) + " %" }.joined(separator: ", ") + " of the cycle")
    } + [
      row("late blocks meanwhile", "\(Int(hosts[0].1["late"] ?? 0))")
    ] + (hosts.count < 2 ? [row(peer.name, "not installed: it comes in the package mda-lv2")] : [])
  }

  /// Seconds from `instantiate` to the first sample that sounds, of a take that is then compared with that of an instance
  /// which has played before; the median of five, freewheeling.
  static func secondsToFirstSound(_ bundle: LV2Bundle) throws -> Double {
    func take(_ host: LV2Host) -> (samples: [Float], first: Double) {
      host["freewheel"] = 1
      host.send(midi: [0x90, 60, 90])
      var samples: [Float] = []
      var first = 0.0
      while samples.count < 12_000 {
        host.run(256)
        samples += host.outputs[0]
        if first == 0, host.outputs[0].contains(where: { $0 != 0 }) { first = now() }
      }
      return (samples, first)
    }
    let old = try LV2Host(bundle, sampleRate: 48_000, bufferSize: 256)
    warm(old)
    old["freewheel"] = 1
    old.reactivate()
    for _ in 0..<100 { old.run(256) }
    old.reactivate()
    let reference = take(old).samples
    let times = try (0..<5).map { _ in
      let begin = now()
      let (samples, first) = take(try LV2Host(bundle, sampleRate: 48_000, bufferSize: 256))
      guard samples == reference else { throw OtherSound() }
      return first - begin
    }
    return times.sorted()[2]
  }

  private static func warm(_ host: LV2Host) {
    host["freewheel"] = 1
    host.send(midi: [0x90, 60, 90])
    for _ in 0..<100 { host.run(256) }
    host.send(midi: [0x80, 60, 64])
    host.run(256)
    host["freewheel"] = 0
  }
}

/// A new instance does not sound as an old one does.
struct OtherSound: Error, CustomStringConvertible {
  var description: String { "a new instance sounds differently from one that has played" }
}
