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

/// How a host's transport moves in a performance: it rolls on, in a loop jumps back, and may stop.
public struct TransportPlan: Sendable {
  /// Where it starts, in samples.
  public var start: Int64
  public var speed: Float
  /// From whose end it goes back to its start; of at least a sample.
  public var loop: Range<Int64>?
  /// After how many samples of the performance it stops; nil rolls on.
  public var stop: Int?

  public init(start: Int64 = 0, speed: Float = 1, loop: Range<Int64>? = nil, stop: Int? = nil) {
    self.start = start
    self.speed = speed
    self.loop = loop
    self.stop = stop
  }

  /// What a host has to say in the first `count` samples: that it starts, each jump, and that it stops.
  func messages(in count: Int) -> [(sample: Int, frame: Int64, speed: Float)] {
    let end = min(count, stop ?? count)
    var messages = [(sample: 0, frame: start, speed: speed)]
    if let loop, start < loop.upperBound, speed > 0 {
      var next = Int((Double(loop.upperBound - start) / Double(speed)).rounded(.up))
      while next < end {
        messages.append((next, loop.lowerBound, speed))
        next += max(1, Int((Double(loop.count) / Double(speed)).rounded(.up)))
      }
    }
    if let stop, stop < count, let last = messages.last {
      messages.append((stop, last.frame + Int64(Float(stop - last.sample) * speed), 0))
    }
    return messages
  }
}

extension LV2Host {
  /// Plays `score` and then lets it ring for `tail` seconds.
  ///
  /// - Parameters:
  ///   - seconds: plays at least as long as this, and then the tail.
  ///   - transport: how the transport moves; nil says nothing about one.
  ///   - freewheeling: as fast as possible, with the plugin waiting for itself; else at the pace of a clock.
  ///   - deliver: takes interleaved samples, without those of the latency, and the share of the whole that is done.
  public func perform(
    _ score: Score, seconds: Double = 0, tail: Double = 3, transport: TransportPlan? = nil, freewheeling: Bool = true,
    deliver: (_ samples: [Float], _ done: Double) throws -> Void
  ) rethrows -> PerformanceReport {
    self["freewheel"] = freewheeling ? 1 : 0
    // Until the first cycle the latency is not known.
    run(0)
    let latency = Int(self["latency"] ?? 0)
    let events = score.events(sampleRate: sampleRate)
    let length = Int(((max(score.duration, seconds) + tail) * Double(sampleRate)).rounded(.up))
    let messages = transport?.messages(in: latency + length) ?? []
    let begin = now()
    var next = 0
    var nextMessage = 0
    var position = 0
    var peak: Float = 0
    while position < latency + length {
      if !freewheeling { sleep(until: begin + Double(position) / Double(sampleRate)) }
      while nextMessage < messages.count, messages[nextMessage].sample < position + bufferSize {
        let (sample, frame, speed) = messages[nextMessage]
        sendTransport(frame: frame, speed: speed, time: Int64(sample - position))
        nextMessage += 1
      }
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
