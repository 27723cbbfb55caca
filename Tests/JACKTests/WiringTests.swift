// WiringTests: which ports a pattern means.
import JACK
import Testing

@Suite struct WiringTests {
  @Test func `A full name means its port alone`() {
    #expect(Wiring.matches("system:playback_1", "system:playback_1"))
    #expect(!Wiring.matches("system:playback_1", "system:playback_10"))
    #expect(!Wiring.matches("playback_1:in", "system:playback_1"))
  }

  @Test func `A client's name means all its ports, and nobody else's`() {
    #expect(Wiring.matches("system", "system:playback_1"))
    #expect(!Wiring.matches("sys", "system:playback_1"))
    #expect(Wiring.matches("a2j*", "a2jmidid:Keystation (capture): out"))
    #expect(!Wiring.matches("system", "other:system"))
  }

  @Test func `Patterns are those of a shell`() {
    #expect(Wiring.matches("*:midi_in", "fotoplayer:midi_in"))
    #expect(Wiring.matches("system:playback_[12]", "system:playback_2"))
    #expect(!Wiring.matches("system:playback_?", "system:playback_12"))
  }

  @Test func `Frames are the first that fall into a sample of the codec's`() {
    for rate in [24_000, 44_100, 48_000, 96_000, 192_000] {
      for sample: Int64 in [0, 1, 2, 3, 479, 480, 99_991, 1 << 40] {
        let event = Player.frames([.init(sample: sample, kind: .noteOn)], rate: rate)[0]
        #expect(event.sample * 24_000 / Int64(rate) == sample)
        #expect(event.sample == 0 || (event.sample - 1) * 24_000 / Int64(rate) < sample)
      }
    }
  }
}
