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
}
