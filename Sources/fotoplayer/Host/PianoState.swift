// PianoState: what the stand-alone piano keeps: the voice and the controls, all of them (a state) or some (a preset).
// A JSON file, written whole or not at all. The controls are those of the plugin, under the same names.
import Foundation
import JACK
import Performer

/// Settings by name.
package struct PianoState: Codable, Equatable {
  package static let currentVersion = 1
  /// A control, what it may be, and what it is where nothing is said: as in fotoplayer.ttl.
  package static let controls: [(name: String, range: ClosedRange<Double>, initially: Double, isWhole: Bool)] = [
    ("gain", -60...12, 0, false), ("steps", 1...16, 4, true), ("block", 1...8, 2, true), ("guidance", 0...4, 1, false),
    ("seed", 0...9999, 0, true), ("velocity", -1...1, 0, false), ("tone", -1...1, 0, false),
  ]

  package var version = currentVersion
  /// A path; nil for the shipped one.
  package var voice: String?
  package var values: [String: Double] = [:]

  package init(voice: String? = nil, values: [String: Double] = [:]) { (self.voice, self.values) = (voice, values) }

  /// What a file does not say is left as it is; what it says beyond this is not minded.
  package init(from decoder: any Decoder) throws {
    let file = try decoder.container(keyedBy: CodingKeys.self)
    version = try file.decodeIfPresent(Int.self, forKey: .version) ?? Self.currentVersion
    voice = try file.decodeIfPresent(String.self, forKey: .voice)
    values = try file.decodeIfPresent([String: Double].self, forKey: .values) ?? [:]
  }

  package subscript(name: String) -> Double {
    values[name] ?? Self.controls.first { $0.name == name }?.initially ?? 0
  }

  /// Sets a control, or the voice (`default` for the shipped one).
  package mutating func set(_ name: String, _ text: String) throws {
    if name == "voice" {
      voice = text == "default" ? nil : (text as NSString).expandingTildeInPath
      return
    }
    guard let control = Self.controls.first(where: { $0.name == name }) else {
      throw Failure("expected one of voice, \(Self.controls.map(\.name).joined(separator: ", ")), found \(name)")
    }
    guard let value = Double(text), control.range.contains(value), !control.isWhole || value == value.rounded() else {
      let range = Self.words(control.range)
      throw Failure("\(name): expected \(control.isWhole ? "a whole number" : "a number") in \(range), found \(text)")
    }
    values[name] = value
  }

  /// Sets `name=value`.
  package mutating func set(assignment: String) throws {
    let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { throw Failure("--set \(assignment): expected name=value") }
    try set(parts[0], parts[1])
  }

  /// Sets what a preset says, and leaves the rest.
  package mutating func apply(_ preset: PianoState) {
    if let voice = preset.voice { self.voice = voice }
    values.merge(preset.values) { $1 }
  }

  /// What the audio thread needs. Values that a file got wrong are brought into their ranges.
  package var piano: PianoControls {
    func value(_ name: String) -> Double {
      let range = Self.controls.first { $0.name == name }!.range
      let value = self[name]
      return value.isFinite ? min(max(value, range.lowerBound), range.upperBound) : range.lowerBound
    }
    var controls = PianoControls()
    controls.settings = PerformanceSettings(
      steps: Int32(value("steps").rounded()), guidance: Float(value("guidance")), seed: UInt64(value("seed").rounded()))
    controls.block = Int(value("block").rounded())
    controls.gain = Float(value("gain"))
    controls.velocity = Float(value("velocity"))
    controls.tone = Float(value("tone"))
    return controls
  }

  static func words(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(format: "%g", value)
  }
  static func words(_ range: ClosedRange<Double>) -> String { words(range.lowerBound) + "…" + words(range.upperBound) }

  /// Reads a file; nil where there is none.
  package static func read(_ path: String) throws -> PianoState? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure("\(path): expected settings of the piano, found: \(String(cString: strerror(errno)))")
    }
    let state: PianoState
    do { state = try JSONDecoder().decode(PianoState.self, from: data) } catch {
      throw Failure("\(path): expected settings of the piano in JSON, found something else")
    }
    guard state.version <= currentVersion else {
      throw Failure("\(path): expected version \(currentVersion), found \(state.version): of a newer fotoplayer")
    }
    return state
  }

  /// Writes a file and the folders that it lies in.
  package func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch { throw Failure("\(path): cannot be written: \(error.localizedDescription)") }
  }
}

/// Presets by name: those that come along, and those that somebody saved.
package enum PianoPresets {
  /// The plugin's factory presets (bundles/presets.ttl): controls, and a voice by its name, which is found where voices lie.
  package static let factory: [(name: String, values: [String: Double], voice: String?)] = [
    ("Quick response", ["block": 1, "steps": 2, "guidance": 1], nil),
    ("Stage", ["block": 2, "steps": 4, "guidance": 1], nil),
    ("Studio", ["block": 4, "steps": 6, "guidance": 1], nil),
    ("Export", ["block": 8, "steps": 12, "guidance": 1.5], nil),
    ("Light keys", ["velocity": 0.4], nil),
    ("Concert", ["tone": 0, "velocity": 0], "piano.safetensors"),
    ("Splendid Grand", ["tone": 0, "velocity": 0], "splendid.safetensors"),
    ("Felt", ["tone": -0.9, "velocity": -0.35], "piano.safetensors"),
    ("Bright", ["tone": 0.6, "velocity": 0.2], "piano.safetensors"),
    ("Practice room", ["tone": -0.3, "velocity": 0, "steps": 2], "piano-light.safetensors"),
  ]

  /// Where somebody's own lie.
  static func folder(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    Folders.data(environment) + "/presets"
  }

  /// The names of somebody's own.
  static var own: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder())) ?? []).filter { $0.hasSuffix(".json") }
      .map { String($0.dropLast(5)) }.sorted()
  }

  /// One's own come first; then the factory's; capitals do not matter with these.
  package static func find(_ name: String) throws -> PianoState {
    if let own = try PianoState.read(try path(name)) { return own }
    if let found = factory.first(where: { $0.name.lowercased() == name.lowercased() }) {
      return PianoState(voice: found.voice, values: found.values)
    }
    let all = (factory.map(\.name) + own).joined(separator: ", ")
    throw Failure("expected one of the presets \(all), found \(name)")
  }

  static func save(_ state: PianoState, as name: String) throws -> String {
    let path = try path(name)
    try state.write(to: path)
    return path
  }

  private static func path(_ name: String) throws -> String {
    guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else {
      throw Failure("expected the name of a preset, found \"\(name)\"")
    }
    return "\(folder())/\(name).json"
  }
}
