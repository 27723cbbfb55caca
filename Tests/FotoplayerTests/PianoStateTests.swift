// PianoStateTests: the stand-alone piano has the plugin's controls and presets, and refuses what makes no sense.
import Foundation
import Testing
import fotoplayer

@Suite struct PianoStateTests {
  let place = try! Workplace()

  /// A file of the bundle's sources.
  private func bundled(_ name: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent("bundles/\(name)"), encoding: .utf8)
  }

  private func number(_ pattern: String, in text: some StringProtocol) -> Double? {
    let text = String(text)
    return text.range(of: pattern + #" +(-?[0-9.]+)"#, options: .regularExpression).flatMap {
      text[$0].split(separator: " ").last.flatMap { Double($0) }
    }
  }

  @Test func `The controls are those of the plugin, in their ranges`() throws {
    let ports = try bundled("fotoplayer.ttl").components(separatedBy: "lv2:index").dropFirst()
    for control in PianoState.controls {
      let port = try #require(ports.first { $0.contains("lv2:symbol \"\(control.name)\"") })
      #expect(number("lv2:default", in: port) == control.initially)
      #expect(number("lv2:minimum", in: port) == control.range.lowerBound)
      #expect(number("lv2:maximum", in: port) == control.range.upperBound)
      #expect(port.contains("lv2:integer") == control.isWhole)
    }
  }

  @Test func `The factory presets are those of the plugin`() throws {
    let presets = try bundled("presets.ttl").components(separatedBy: "rdfs:label \"").dropFirst()
    #expect(presets.count == PianoPresets.factory.count)
    for (text, preset) in zip(presets, PianoPresets.factory) {
      #expect(text.hasPrefix(preset.name + "\""))
      #expect(text.contains("piano#voice>") == (preset.voice != nil))
      if let voice = preset.voice { #expect(text.contains("<voices/\(voice)>")) }
      #expect(text.components(separatedBy: "lv2:symbol").count - 1 == preset.values.count)
      for (name, value) in preset.values {
        #expect(number("lv2:symbol \"\(name)\" ; pset:value", in: text) == value, "\(preset.name): \(name)")
      }
    }
  }

  @Test func `What is set is what the piano plays with`() throws {
    var state = PianoState()
    for (name, value) in [
      ("gain", "-6.5"), ("steps", "8"), ("block", "3"), ("guidance", "1.5"), ("seed", "42"), ("velocity", "-0.5"),
      ("tone", "0.25"),
    ] { try state.set(name, value) }
    let piano = state.piano
    #expect(piano.gain == -6.5 && piano.block == 3 && piano.velocity == -0.5 && piano.tone == 0.25)
    #expect(piano.settings.steps == 8 && piano.settings.guidance == 1.5 && piano.settings.seed == 42)
    try state.set("voice", "/somewhere/mine.safetensors")
    #expect(state.voice == "/somewhere/mine.safetensors")
    try state.set("voice", "default")
    #expect(state.voice == nil)
  }

  @Test(arguments: [
    ("gain", "13"), ("steps", "2.5"), ("block", "0"), ("seed", "nan"), ("velocity", ""), ("volume", "1"),
  ])
  func `What makes no sense is refused, and changes nothing`(name: String, value: String) {
    var state = PianoState()
    #expect(throws: Failure.self) { try state.set(name, value) }
    #expect(state == PianoState())
  }

  @Test func `A file is read as it was written; what it lacks is left, what it has too much is not minded`() throws {
    let path = place.path + "/deep/state.json"
    #expect(try PianoState.read(path) == nil)
    let state = PianoState(voice: "/mine.safetensors", values: ["gain": 3])
    try state.write(to: path)
    #expect(try PianoState.read(path) == state)
    try place.write(#"{ "values": { "steps": 900, "unknown": 1 }, "later": true }"#.utf8, to: "odd.json")
    let odd = try #require(try PianoState.read(place.path + "/odd.json"))
    #expect(odd.piano.settings.steps == 16 && odd.piano.block == 2)
    for text in [#"{ "version": 2 }"#, "{", #"{ "values": 3 }"#, ""] {
      try place.write(text.utf8, to: "bad.json")
      #expect(throws: Failure.self) { try PianoState.read(place.path + "/bad.json") }
    }
  }

  @Test func `A preset changes what it says, and leaves the rest`() throws {
    var state = PianoState(voice: "/mine.safetensors", values: ["gain": 3, "steps": 2])
    state.apply(try PianoPresets.find("studio"))
    #expect(
      state == PianoState(voice: "/mine.safetensors", values: ["gain": 3, "steps": 6, "block": 4, "guidance": 1]))
    #expect(throws: Failure.self) { try PianoPresets.find("no such preset") }
    #expect(throws: Failure.self) { try PianoPresets.find("../escape") }
  }
}
