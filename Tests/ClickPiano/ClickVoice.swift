// ClickVoice: the plugin once more, for tests, with clicks for an instrument, or tones, or what no instrument should be.
// Its voice files hold a word, CLICK, TONES, SICK or SLOW, a height, and if wished another number.
import CLV2
import Glibc
import Performer
import Plugin

private struct NoClicks: Error, CustomStringConvertible {
  let path: String, found: String

  var description: String { "\(path): expected CLICK, TONES, SICK or SLOW and a height, found \(found)" }
}

/// Opens a voice file of the tests.
private func open(_ path: String) throws -> any BlockInstrument {
  guard let file = fopen(path, "r") else { throw NoClicks(path: path, found: String(cString: strerror(errno))) }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 64)
  let words = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self).split(separator: " ")
  guard 2...3 ~= words.count, let level = Float(words[1]), let other = words.count == 3 ? Float(words[2]) : 0 else {
    throw NoClicks(path: path, found: "\(words.count) words")
  }
  switch words[0] {
  case "CLICK": return ClickInstrument(level: level, action: other)
  case "TONES": return ToneInstrument(level: level)
  case "SICK": return SickInstrument(level: level)
  case "SLOW": return SlowInstrument(level: level, milliseconds: other)
  default: throw NoClicks(path: path, found: String(words[0]))
  }
}

private nonisolated(unsafe) let plugins = PluginDescriptor.make([(.piano, { try open($0.voice) })])

@_cdecl("lv2_descriptor")
public func lv2Descriptor(_ index: UInt32) -> UnsafePointer<LV2_Descriptor>? { index == 0 ? plugins[0] : nil }
