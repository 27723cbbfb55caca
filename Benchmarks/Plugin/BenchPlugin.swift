// bench-plugin: the plugin as a host sees it: how long a voice takes to open, what ten notes and silence cost, what
// further instances weigh, and what they take from the one that plays.
import Benchmarking
import Foundation
import Hosting

@main enum BenchPlugin {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let seconds = Double(arguments[2]) else {
      print("usage: bench-plugin BUNDLE/ SECONDS\nSECONDS: how long ten notes, and silence, are listened to")
      exit(64)
    }
    let bundle = try LV2Bundle(arguments[1])
    let voice = arguments[1] + "/voices/piano.safetensors"
    print(row("what", "measured"))
    print(row("---", "---"))
    print(row("the host alone", megabytes(Memory.now.resident) + " resident"))
    let empty = Memory.now
    var hosts: [LV2Host] = []
    var before = empty
    for count in [1, 2, 8] {
      while hosts.count < count {
        hosts.append(try ready(bundle))
        play(hosts.last!, seconds: 5)
      }
      let now = Memory.now
      let added =
        count == 1
        ? now - empty
        : Memory(
          resident: (now - before).resident / (count == 2 ? 1 : 6), shared: (now - before).shared / (count == 2 ? 1 : 6)
        )
      let what = count == 1 ? "the first instance adds" : "instance \(count == 2 ? "2" : "3 to 8, each,") adds"
      print(row(what, "\(megabytes(added.resident)) resident (\(megabytes(added.shared)) by shares)"))
      if count == 8 { print(row("the process with 8 instances", "\(megabytes(now.resident)) resident")) }
      before = now
    }
    hosts.removeAll()

    evict(voice)
    try print(row("a voice opens, its file not read lately", milliseconds(open(bundle))))
    let warm = try (0..<5).map { _ in try open(bundle) }.sorted()
    print(row("a voice opens, its file read before (median of 5)", milliseconds(warm[2])))

    try print(
      row(
        "from an instance's making to its first correct sound (median of 5)",
        milliseconds(RunCost.secondsToFirstSound(bundle))))
    for row in try RunCost.rows(bundle, seconds: seconds) { print(row) }

    let host = try ready(bundle)
    host["freewheel"] = 0
    let tenNotes = share([host], seconds: seconds, sounding: true)
    print(row("of one core, while ten notes sound", percents(tenNotes)))
    print(row("late blocks meanwhile", "\(Int(host["late"] ?? 0))"))
    _ = share([host], seconds: 12, sounding: false)
    print(row("of one core, in silence", percents(share([host], seconds: seconds, sounding: false))))
    try crowd(beside: host, bundle, seconds: seconds)
  }

  /// One plays, eight are silent, in one host on one audio thread.
  private static func crowd(beside host: LV2Host, _ bundle: LV2Bundle, seconds: Double) throws {
    let silent = try (0..<8).map { _ in try ready(bundle) }
    for host in silent { host["freewheel"] = 0 }
    let all = [host] + silent
    _ = share(all, seconds: 12, sounding: false)
    let before = Int(host["late"] ?? 0)
    let shares = share(all, seconds: seconds, sounding: true)
    let processors = ProcessInfo.processInfo.activeProcessorCount
    print(row("of one of \(processors) cores, while ten notes sound beside 8 silent instances", percents(shares)))
    print(
      row(
        "late blocks meanwhile; quality given up",
        "\(Int(host["late"] ?? 0) - before); \(Int(host["economy"] ?? 0))"))
    _ = share(all, seconds: 12, sounding: false)
    print(row("of one core, nine instances in silence", percents(share(all, seconds: seconds, sounding: false))))
  }

  /// Seconds from the call of a host to the first sound of an instance; freewheeling, it waits for its voice.
  private static func open(_ bundle: LV2Bundle) throws -> Double {
    let begin = now()
    let host = try ready(bundle)
    return withExtendedLifetime(host) { now() - begin }
  }

  /// An instance that has been heard.
  private static func ready(_ bundle: LV2Bundle) throws -> LV2Host {
    let host = try LV2Host(bundle, sampleRate: 48_000, bufferSize: 256)
    host["freewheel"] = 1
    host.send(midi: [0x90, 60, 90])
    for _ in 0..<100 {
      host.run(256)
      if host.outputs[0].contains(where: { $0 != 0 }) { break }
    }
    guard host.outputs[0].contains(where: { $0 != 0 }) else {
      throw Silence(bundle: bundle.uri)
    }
    host.send(midi: [0x80, 60, 64])
    return host
  }

  private static let keys: [UInt8] = [36, 43, 48, 52, 55, 60, 64, 67, 72, 76]

  /// Ten notes, as fast as it goes.
  private static func play(_ host: LV2Host, seconds: Double) {
    for key in keys { host.send(midi: [0x90, key, 90]) }
    for _ in 0..<Int(seconds * 48_000 / 256) { host.run(256) }
    for key in keys { host.send(midi: [0x80, key, 64]) }
    host.run(256)
  }

  /// The shares of a core that the plugin's own threads take, and its part of the audio thread, at the pace of the clock.
  /// Ten notes are struck again every two seconds, on the first of the instances.
  private static func share(_ hosts: [LV2Host], seconds: Double, sounding: Bool) -> (threads: Double, cycles: Double) {
    let host = hosts[0]
    let cycles = Int(seconds * 48_000 / 256)
    let begin = now()
    let process = used(CLOCK_PROCESS_CPUTIME_ID)
    let thread = used(CLOCK_THREAD_CPUTIME_ID)
    var inside = 0.0
    for cycle in 0..<cycles {
      let wait = begin + Double(cycle) * 256 / 48_000 - now()
      if wait > 0 { usleep(UInt32(wait * 1e6)) }
      if sounding && cycle % 375 == 0 {
        for key in keys {
          host.send(midi: [0x80, key, 64])
          host.send(midi: [0x90, key, 90])
        }
      }
      let entered = used(CLOCK_THREAD_CPUTIME_ID)
      for host in hosts { host.run(256) }
      inside += used(CLOCK_THREAD_CPUTIME_ID) - entered
    }
    let wall = now() - begin
    let others = used(CLOCK_PROCESS_CPUTIME_ID) - process - (used(CLOCK_THREAD_CPUTIME_ID) - thread)
    for key in keys where sounding { host.send(midi: [0x80, key, 64]) }
    for host in hosts { host.run(256) }
    return (others / wall, inside / wall)
  }

  private static func percents(_ share: (threads: Double, cycles: Double)) -> String {
    "\(digits(100 * share.threads, 2)) % in its own threads, \(digits(100 * share.cycles, 2)) % in the host's"
  }

  private static func used(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Asks the system to forget what it read of a file.
  private static func evict(_ path: String) {
    let file = Glibc.open(path, O_RDONLY)
    guard file >= 0 else { return }
    fsync(file)
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)
    close(file)
  }

  private static func milliseconds(_ seconds: Double) -> String { digits(1000 * seconds, 0) + " ms" }
  private static func megabytes(_ bytes: Double) -> String { digits(bytes / 1e6) + " MB" }
}

/// What the process holds in memory, in bytes.
struct Memory {
  /// All of it, and with what other processes hold as well divided among them.
  var resident: Double, shared: Double

  static var now: Memory {
    let text = (try? String(contentsOfFile: "/proc/self/smaps_rollup", encoding: .utf8)) ?? ""
    func field(_ name: String) -> Double {
      let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
      return 1024 * (line?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0)
    }
    return Memory(resident: field("Rss"), shared: field("Pss"))
  }

  static func - (a: Memory, b: Memory) -> Memory {
    Memory(resident: a.resident - b.resident, shared: a.shared - b.shared)
  }
}

/// A bundle that does not sound.
struct Silence: Error, CustomStringConvertible {
  let bundle: String
  var description: String { "\(bundle): nothing was heard; is its voice there?" }
}
