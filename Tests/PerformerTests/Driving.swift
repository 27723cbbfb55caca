// Driving a stage the way a host does: events posted in cycles of any size, samples collected.
import Glibc
import Performer
import Score

/// An event at a host sample.
struct HostEvent {
  var position: Int
  var kind: PerformanceEvent.Kind
  var key: UInt8 = 60
  var value: UInt8 = 100
}

extension Performer {
  /// Runs `total` samples in cycles of `sizes`, over and over; returns the left channel.
  func drive(_ events: [HostEvent], total: Int, sizes: [Int], wait: Bool = true) -> [Float] {
    var left = [Float](repeating: .nan, count: total)
    var right = left
    var position = 0
    var next = 0
    var cycle = 0
    while position < total {
      let count = min(sizes[cycle % sizes.count], total - position)
      cycle += 1
      while next < events.count && events[next].position < position + count {
        let event = events[next]
        stage.post(event.kind, key: event.key, value: event.value, offset: event.position - position)
        next += 1
      }
      left.withUnsafeMutableBufferPointer { left in
        right.withUnsafeMutableBufferPointer { right in
          stage.run(left: left.baseAddress! + position, right: right.baseAddress! + position, count: count, wait: wait)
        }
      }
      position += count
    }
    precondition(left == right)
    return left
  }
}

/// A performer of one instrument.
func perform(
  _ instrument: any BlockInstrument, rate: Int = 48_000, nominal: Int = 256, blockFrames: Int = 2
) -> Performer {
  let handed = Handed(instrument: instrument)
  let performer = Performer(hostRate: Double(rate), nominalBlock: nominal, blockFrames: blockFrames) { _ in
    handed.instrument
  }
  performer.load(voice: "test")
  return performer
}

/// Waits for what another thread is about to do; false if it never does.
func eventually(_ condition: () -> Bool) -> Bool {
  for _ in 0..<20_000 {
    if condition() { return true }
    usleep(500)
  }
  return false
}

extension [Float] {
  /// The largest step from one sample to the next.
  var largestStep: Float { zip(self, dropFirst()).map { ($1 - $0).magnitude }.max() ?? 0 }
}

extension [HostEvent] {
  /// The same on the codec's clock.
  func onCodecClock(rate: Int) -> [PerformanceEvent] {
    map {
      PerformanceEvent(
        sample: Int64($0.position * CodecClock.rate / rate), kind: $0.kind, key: $0.key, value: $0.value)
    }
  }
}

/// A few bars: chords, releases and silences.
func music(rate: Int, seconds: Int) -> [HostEvent] {
  var events: [HostEvent] = []
  for second in 0..<seconds where second % 3 != 2 {
    for (index, key) in [48, 55, 64, 71].enumerated() {
      let start = second * rate + index * rate / 9 + 17 * index
      events.append(HostEvent(position: start, kind: .noteOn, key: UInt8(key), value: UInt8(60 + 10 * index)))
      events.append(HostEvent(position: start + rate / 3, kind: .noteOff, key: UInt8(key), value: 0))
    }
  }
  return events.sorted { $0.position < $1.position }
}
