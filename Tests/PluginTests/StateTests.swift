// StateTests: which voice was asked for is told, stored and found again, whatever became of it.
import CLV2
import Hosting
import Testing

struct StateTests {
  private func peak(_ host: LV2Host) -> Float { host.render(24_000, events: [(0, [0x90, 60, 127])]).max() ?? 0 }

  @Test func theBundlesOwnVoicePlaysAndIsNotStored() throws {
    let bundle = try TestBundle()
    let host = try bundle.host()
    #expect(status(host, until: "playing") == "playing \(bundle.voicePath)")
    #expect(host.property(voiceURI) == "")
    host.run(256)
    #expect(host["ready"] == 1)
    #expect(try !host.saveState().contains("#voice"))
  }

  @Test func aVoiceIsSetToldStoredAndRestored() throws {
    let bundle = try TestBundle()
    let half = try bundle.add("half.safetensors", "CLICK 0.5")
    let host = try bundle.host()
    let full = peak(host)
    host.set(voiceURI, toPath: half)
    let said = host.run(256) + host.run(256)
    #expect(said.contains { host.text(voiceURI, in: $0) == half })
    #expect(said.contains { host.isStateChanged($0) })
    #expect(abs(peak(host) - full / 2) < 0.02)
    host["steps"] = 7
    let state = try host.saveState()
    #expect(state.contains("half.safetensors"))

    let other = try bundle.host()
    try other.restoreState(state)
    #expect(other["steps"] == 7)
    // The very first cycle of an export waits for the voice.
    #expect(abs(peak(other) - full / 2) < 0.02)
    #expect(other.property(voiceURI) == half)
    #expect(try other.saveState() == state)
  }

  @Test func theLastPathIsStoredEvenBeforeItIsLoaded() throws {
    let bundle = try TestBundle()
    let half = try bundle.add("half.safetensors", "CLICK 0.5")
    let host = try bundle.host()
    host.set(voiceURI, toPath: "/somewhere/else.safetensors")
    host.set(voiceURI, toPath: half)
    host.run(256)
    #expect(try host.saveState().contains("half.safetensors"))
  }

  @Test func aVoiceThatIsNotThereIsRememberedAndTheOldOnePlaysOn() throws {
    let bundle = try TestBundle()
    let host = try bundle.host()
    let full = peak(host)
    host.set(voiceURI, toPath: "/nowhere/grand.safetensors")
    host.run(256)
    let said = status(host, until: "expected")
    #expect(
      said.hasPrefix("/nowhere/grand.safetensors: expected") && said.hasSuffix("no other voice here has its name"))
    #expect(abs(peak(host) - full) < 0.02)
    #expect(try host.saveState().contains("/nowhere/grand.safetensors"))
    let other = try bundle.host()
    try other.restoreState(try host.saveState())
    #expect(other.property(voiceURI) == "/nowhere/grand.safetensors")
    _ = status(other, until: "expected")
    #expect(other["ready"] == 0)
    // An empty path is the bundle's own voice again.
    other.set(voiceURI, toPath: "")
    other.run(256)
    #expect(abs(peak(other) - full) < 0.02)
  }

  @Test func aVoiceFromAnotherMachineIsFoundByItsName() throws {
    let bundle = try TestBundle()
    let half = try bundle.add("half.safetensors", "CLICK 0.5")
    let host = try bundle.host()
    let full = peak(host)
    host.set(voiceURI, toPath: "/home/somebody/voices/half.safetensors")
    host.run(256)
    #expect(abs(peak(host) - full / 2) < 0.02)
    let said = status(host, until: "playing \(half)")
    #expect(said == "playing \(half); /home/somebody/voices/half.safetensors is not there, and this one has its name")
    // The session keeps what it was told.
    #expect(host.property(voiceURI) == "/home/somebody/voices/half.safetensors")
    #expect(try host.saveState().contains("/home/somebody/voices/half.safetensors"))
  }

  @Test func aVoiceIsPutAsItIsSet() throws {
    let bundle = try TestBundle()
    let half = try bundle.add("half.safetensors", "CLICK 0.5")
    let host = try bundle.host()
    let full = peak(host)
    host.put([voiceURI: half, "urn:other#property": "x"])
    host.run(256)
    #expect(host.property(voiceURI) == half)
    #expect(abs(peak(host) - full / 2) < 0.02)
  }

  @Test(arguments: [TestBundle.Library.clicks, .piano])
  func withoutAVoiceItIsSilentAndSaysWhy(_ library: TestBundle.Library) throws {
    for voice in [nil, "", "no voice, but some text", String(repeating: "\u{8}", count: 4096)] {
      let bundle = try TestBundle(library, voice: voice)
      let host = try bundle.host()
      #expect(peak(host) == 0)
      #expect(status(host, until: "expected").contains(bundle.voicePath))
      host.run(256)
      #expect(host["ready"] == 0 && (host["latency"] ?? 0) > 0)
    }
  }

  @Test func statesThatAreNotOurs() throws {
    let bundle = try TestBundle()
    let half = try bundle.add("half.safetensors", "CLICK 0.5")
    let host = try bundle.host()
    let full = peak(host)
    host.set(voiceURI, toPath: half)
    host.run(256)
    // A preset of ports alone, and keys that nobody knows, leave the voice.
    #expect(host.restore([:]) == LV2_STATE_SUCCESS)
    #expect(host.restore(["urn:other#key": .int(5)]) == LV2_STATE_SUCCESS)
    #expect(host.property(voiceURI) == half)
    // Ours, with more in it than we know, and without a voice: the bundle's own.
    #expect(host.restore([versionURI: .int(1), "urn:other#key": .path("x")]) == LV2_STATE_SUCCESS)
    #expect(host.property(voiceURI) == "")
    #expect(abs(peak(host) - full) < 0.02)
    // Of another time, or of other types.
    #expect(host.restore([versionURI: .int(99), voiceURI: .path(half)]) != LV2_STATE_SUCCESS)
    #expect(host.restore([versionURI: .path("1"), voiceURI: .path(half)]) != LV2_STATE_SUCCESS)
    #expect(host.restore([versionURI: .int(1), voiceURI: .int(3)]) != LV2_STATE_SUCCESS)
    #expect(
      host.restore([versionURI: .int(1), voiceURI: .path(String(repeating: "a", count: 5000))]) != LV2_STATE_SUCCESS)
    #expect(host.property(voiceURI) == "")
    // Some hosts store no terminator.
    #expect(host.restore([versionURI: .int(1), voiceURI: .unterminated(half)]) == LV2_STATE_SUCCESS)
    #expect(host.property(voiceURI) == half)
  }

  @Test func factoryPresetsSetPortsAndSomeOfThemTheVoice() throws {
    let bundle = try TestBundle()
    for name in ["piano-light", "splendid"] { try bundle.add(name + ".safetensors", "CLICK 0.5") }
    let host = try bundle.host()
    let presets = host.bundle.presets
    #expect(
      presets.map(\.label).sorted() == [
        "Bright", "Concert", "Export", "Felt", "Light keys", "Practice room", "Quick response", "Splendid Grand",
        "Stage",
        "Studio",
      ])
    for preset in presets {
      try host.apply(preset)
      for port in host.bundle.ports where port.kind == .control && port.isInput {
        let value = try #require(host[port.symbol])
        #expect(value >= port.lowest && value <= port.highest, "\(preset.label): \(port.symbol)")
      }
      _ = peak(host)
      #expect(host["ready"] == 1, "\(preset.label)")
    }
    func apply(_ label: String) throws { try host.apply(try #require(presets.first { $0.label == label })) }
    try apply("Splendid Grand")
    let splendid = host.property(voiceURI)
    #expect(splendid?.hasSuffix("/voices/splendid.safetensors") == true)
    // A preset of the controls alone leaves the voice.
    try apply("Export")
    #expect(host["block"] == 8 && host.property(voiceURI) == splendid)
    try apply("Concert")
    #expect(host["block"] == 8 && host.property(voiceURI) == "")
  }
}
