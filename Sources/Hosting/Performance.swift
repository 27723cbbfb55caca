// Performance: a score through a hosted plugin, cycle by cycle, as fast as it goes or at the pace of the music.
import Glibc
import Score

/// How a performance went.
public struct PerformanceReport: Sendable, Equatable {
  /// Seconds of sound, and seconds that it took.
  public var audioSeconds: Double, wallSeconds: Double
  /// What the plugin said at the end: its latency in samples, and late blocks.
  public var latency: Int, lateBlocks: Int
  /// The largest magnitude of a sample.
  public var peak: Float

  /// Seconds of computing a second of sound; less than 1 is faster than real time.
  public var realTimeFactor: Double { audioSeconds > 0 ? wallSeconds / audioSeconds : 0 }
}

extension LV2Host {
  /// Plays `score` and then lets it ring for `tail` seconds.
  ///
  /// - Parameters:
  ///   - freewheeling: as fast as possible, with the plugin waiting for itself; else at the pace of a clock.
  ///   - deliver: takes interleaved samples, without those of the latency, and the share of the whole that is done.
  public func perform(
    _ score: Score, tail: Double = 3, freewheeling: Bool = true,
    deliver: (_ samples: [Float], _ done: Double) throws -> Void
  ) rethrows -> PerformanceReport {
    self["freewheel"] = freewheeling ? 1 : 0
    // Until the first cycle the latency is not known.
    run(0)
    let latency = Int(self["latency"] ?? 0)
    let events = score.events(sampleRate: sampleRate)
    let length = Int(((score.duration + tail) * Double(sampleRate)).rounded(.up))
    let begin = now()
    var next = 0
    var position = 0
    var peak: Float = 0
    while position < latency + length {
      if !freewheeling { sleep(until: begin + Double(position) / Double(sampleRate)) }
      while next < events.count, events[next].sample < position + bufferSize {
        send(midi: events[next].midi, time: events[next].sample - Int64(position))
        next += 1
      }
      run(bufferSize)
      var samples: [Float] = []
      samples.reserveCapacity(bufferSize * outputs.count)
      for index in max(0, latency - position)..<max(latency - position, min(bufferSize, latency + length - position), 0)
      {
        for output in outputs {
          samples.append(output[index])
          peak = max(peak, abs(output[index]))
        }
      }
      position += bufferSize
      try deliver(samples, min(1, Double(position) / Double(latency + length)))
    }
    return PerformanceReport(
      audioSeconds: Double(position) / Double(sampleRate), wallSeconds: now() - begin,
      latency: Int(self["latency"] ?? 0), lateBlocks: Int(self["late"] ?? 0), peak: peak)
  }

  private func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private func sleep(until seconds: Double) {
    let whole = seconds.rounded(.down)
    var time = timespec(tv_sec: Int(whole), tv_nsec: Int((seconds - whole) * 1e9))
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
  }
}

extension PerformanceEvent {
  /// The event as a MIDI message on the first channel.
  public var midi: [UInt8] {
    let (status, first, second) = message()
    return [status, first, second]
  }
}
