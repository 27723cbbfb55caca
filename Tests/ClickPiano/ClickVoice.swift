// ClickVoice: the plugin once more, for tests, with clicks for an instrument. Its voice files hold the word CLICK, a height,
// and if wished another one for events that are no notes.
import CLV2
import Glibc
import Performer
import Plugin

private struct NoClicks: Error, CustomStringConvertible {
  let path: String, found: String

  var description: String { "\(path): expected CLICK and a height, found \(found)" }
}

/// Opens a voice file of the tests.
private func open(_ path: String) throws -> any BlockInstrument {
  guard let file = fopen(path, "r") else { throw NoClicks(path: path, found: String(cString: strerror(errno))) }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 64)
  let words = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self).split(separator: " ")
  guard 2...3 ~= words.count, words[0] == "CLICK", let level = Float(words[1]),
    let action = words.count == 3 ? Float(words[2]) : 0
  else { throw NoClicks(path: path, found: "\(words.count) words") }
  return ClickInstrument(level: level, action: action)
}

private nonisolated(unsafe) let piano = PluginDescriptor.make(opening: open)

@_cdecl("lv2_descriptor")
public func lv2Descriptor(_ index: UInt32) -> UnsafePointer<LV2_Descriptor>? { index == 0 ? piano : nil }
