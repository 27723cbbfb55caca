// OfflinePerformer: a whole score through an instrument on the calling thread: what the command line renders with.
// Blocks, bits and all are those of the live performance; only nobody waits.
import Score

/// Renders events to samples at the host's rate, without the latency that a live performance has.
public final class OfflinePerformer {
  private let engine: BlockEngine
  private let hostRate: Int
  private let blockFrames: Int

  /// - Parameters:
  ///   - instrument: plays; it is reset before its first note.
  ///   - hostRate: samples a second of the result, 8,000…768,000.
  ///   - blockFrames: codec frames a block, at least 1.
  public init(instrument: any BlockInstrument, hostRate: Int, blockFrames: Int) {
    precondition(hostRate >= 8000 && hostRate <= 768_000 && blockFrames >= 1, "\(hostRate) Hz, \(blockFrames) frames")
    self.hostRate = hostRate
    self.blockFrames = blockFrames
    engine = BlockEngine(hostRate: hostRate, maximumBlockFrames: blockFrames)
    engine.install(instrument)
  }

  /// Samples that were not finite in the last render, played as zero.
  public var invalidSamples: Int64 { engine.invalidSamples }

  /// Renders `seconds` seconds from the score's start and hands them on piece by piece.
  ///
  /// - Parameters:
  ///   - events: on the codec's clock (24 kHz); sorted here, those at one sample stay in order.
  ///   - deliver: takes the next samples and the share of the whole that is done; what it throws ends the render.
  public func render(
    _ events: [PerformanceEvent], seconds: Double, settings: PerformanceSettings = PerformanceSettings(),
    deliver: (UnsafeBufferPointer<Float>, _ done: Double) throws -> Void
  ) rethrows {
    try render(events, 0..<sampleCount(seconds), settings: settings, deliver: deliver)
  }

  /// - Parameter wanted: samples of the output; the resampler begins to sound a little before the first event.
  private func render(
    _ events: [PerformanceEvent], _ wanted: Range<Int64>, settings: PerformanceSettings,
    deliver: (UnsafeBufferPointer<Float>, _ done: Double) throws -> Void
  ) rethrows {
    let sorted = inOrder(events)
    let output = UnsafeMutablePointer<Float>.allocate(capacity: engine.maximumOutput)
    defer { output.deallocate() }
    engine.begin(blockFrames: blockFrames)
    var next = 0
    var position = -Int64(engine.delay)
    while position < wanted.upperBound {
      let first = next
      while next < sorted.count && sorted[next].sample < engine.blockEnd { next += 1 }
      let count = sorted.withUnsafeBufferPointer {
        engine.render(events: UnsafeBufferPointer(rebasing: $0[first..<next]), settings: settings, into: output)
      }
      let from = Int(min(Int64(count), max(0, wanted.lowerBound - position)))
      let end = Int(max(Int64(from), min(Int64(count), wanted.upperBound - position)))
      position += Int64(count)
      let done = min(wanted.upperBound, max(wanted.lowerBound, position)) - wanted.lowerBound
      try deliver(
        UnsafeBufferPointer(start: output + from, count: end - from),
        wanted.isEmpty ? 1 : Double(done) / Double(wanted.count))
    }
  }

  /// Renders a take as a host would hear it: `events` are on the host's clock, and blocks are counted from the first note.
  ///
  /// - Parameter deliver: as of `render`.
  public func perform(
    _ events: [PerformanceEvent], seconds: Double, settings: PerformanceSettings = PerformanceSettings(),
    deliver: (UnsafeBufferPointer<Float>, _ done: Double) throws -> Void
  ) rethrows {
    let total = sampleCount(seconds)
    let first = events.lazy.filter { $0.kind == .noteOn }.map(\.sample).min() ?? 0
    let origin = min(max(0, first), total)
    let begin = max(0, origin - Int64(engine.delay))
    let silence = [Float](repeating: 0, count: Int(min(begin, Int64(hostRate))))
    var passed: Int64 = 0
    while passed < begin {
      let count = min(Int64(silence.count), begin - passed)
      passed += count
      try silence.withUnsafeBufferPointer {
        try deliver(UnsafeBufferPointer(rebasing: $0[..<Int(count)]), Double(passed) / Double(total))
      }
    }
    let take = events.map {
      var event = $0
      event.sample = max(0, $0.sample - origin) * Int64(CodecClock.rate) / Int64(hostRate)
      return event
    }
    try render(take, begin - origin..<total - origin, settings: settings) { samples, done in
      try deliver(samples, total == 0 ? 1 : (Double(begin) + done * Double(total - begin)) / Double(total))
    }
  }

  /// Renders `seconds` seconds at once.
  public func render(
    _ events: [PerformanceEvent], seconds: Double, settings: PerformanceSettings = PerformanceSettings()
  ) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(Int(sampleCount(seconds)))
    render(events, seconds: seconds, settings: settings) { samples, _ in result.append(contentsOf: samples) }
    return result
  }

  /// Whole samples in a time; none in one that is negative or not a number, at most a year's.
  private func sampleCount(_ seconds: Double) -> Int64 {
    seconds > 0 ? Int64(min(seconds, 31_536_000) * Double(hostRate)) : 0
  }

  /// Events by sample, none before the start; those at one sample keep their order.
  private func inOrder(_ events: [PerformanceEvent]) -> [PerformanceEvent] {
    events.enumerated().sorted { ($0.element.sample, $0.offset) < ($1.element.sample, $1.offset) }.map {
      var event = $0.element
      event.sample = max(0, event.sample)
      return event
    }
  }
}
