// When a note sounds: exactly the latency after its event, at any rate.
import Performer
import Resampling
import Score
import Testing

@Suite struct LatencyTests {
  @Test(arguments: [24_000, 44_100, 48_000, 96_000, 22_050, 192_000])
  func anEventSoundsExactlyItsLatencyLater(rate: Int) {
    let performer = perform(ImpulseInstrument(), rate: rate)
    let latency = performer.stage.latency
    let positions = [0, 1, 997, rate / 3, rate / 2 + 11]
    for position in positions {
      performer.stage.reset()
      let output = performer.drive(
        [HostEvent(position: position, kind: .noteOn)], total: position + latency + 600, sizes: [256])
      let peak = output.indices.max { output[$0].magnitude < output[$1].magnitude }!
      let codec = position * 24_000 / rate
      // The codec's sample lies at most one of its own periods before the event.
      let place = Double(codec * rate) / 24_000 + Double(latency)
      #expect((Double(peak) - place).magnitude <= 0.5 + 1e-9, "rate \(rate), event \(position), peak \(peak)")
      #expect(position + latency - peak <= (rate + 23_999) / 24_000 && peak <= position + latency)
      #expect(output[..<max(0, peak - latency / 2)].allSatisfy { $0.magnitude < 1e-3 })
    }
    #expect(performer.counters.missingSamples == 0)
  }

  @Test func atTheCodecRateTheImpulseIsUntouched() {
    let performer = perform(ImpulseInstrument(), rate: 24_000)
    let output = performer.drive([HostEvent(position: 1234, kind: .noteOn)], total: 6000, sizes: [64, 200])
    #expect(output.enumerated().filter { $0.element != 0 }.map(\.offset) == [1234 + performer.stage.latency])
    #expect(performer.stage.latency == 640 + 320 + 256)
  }

  @Test func theLatencyIsTheOneDocumented() {
    // 2 frames are 1280 samples at 48 kHz; the margin is a cycle and half a block; the resampler holds 95.
    #expect(perform(ImpulseInstrument()).stage.latency == 1280 + 256 + 640 + 95)
    #expect(perform(ImpulseInstrument(), nominal: 64, blockFrames: 1).stage.latency == 640 + 640 + 95)
  }
}
