// State: what a session keeps: which voice, score and lead were asked for, whether or not they could be loaded, and where the
// score begins. The ports are kept by the host. Both functions may be called while `run` runs.
import CLV2
import Glibc

extension Backstage {
  /// The version of what is stored.
  private static let stateVersion: Int32 = 1

  /// A text that is stored.
  private struct Stored {
    let key: LV2_URID, board: Billboard, name: String
    var isPath = true
  }

  private var stored: [Stored] {
    [Stored(key: urids.voice, board: voice, name: "voice"), Stored(key: urids.score, board: score, name: "score")]
      + (kind.isLed
        ? [
          Stored(key: urids.prompt, board: prompt, name: "prompt", isPath: false),
          Stored(key: urids.film, board: film, name: "film"),
        ] : [])
  }

  /// Stores the version, the voice's path unless it is the bundle's own, which moves with the bundle, the others', where
  /// empty means none, a prompt, and where the score begins.
  func save(
    _ store: LV2_State_Store_Function, _ handle: LV2_State_Handle?, _ features: Features
  ) -> LV2_State_Status {
    var version = Self.stateVersion
    let flags = UInt32(LV2_STATE_IS_POD.rawValue | LV2_STATE_IS_PORTABLE.rawValue)
    var result = store(handle, urids.version, &version, 4, urids.int, flags)
    var start = scoreStart.value
    if result == LV2_STATE_SUCCESS { result = store(handle, urids.scoreStart, &start, 8, urids.double, flags) }
    for text in stored {
      let path = text.board.read().text
      guard result == LV2_STATE_SUCCESS, text.key != urids.voice || !path.isEmpty && path != ownVoice else { continue }
      // With `mapPath` the host stores a path that it finds again after the session has moved.
      let isPath = text.isPath && !path.isEmpty
      let mapped = isPath ? features.mapPath.flatMap { $0.pointee.abstract_path?($0.pointee.handle, path) } : nil
      defer { free(mapped, by: features) }
      let known = mapped.map { String(cString: $0) } ?? path
      // Hosts write an empty path as a link to the file that they write.
      let type = isPath ? urids.path : urids.string
      result = known.withCString { store(handle, text.key, $0, strlen($0) + 1, type, flags) }
    }
    return result
  }

  /// Asks for what is stored; for the bundle's own voice, if none is stored. A state without a version is not ours: presets of
  /// the ports alone leave the voice as it is, and presets of a voice leave the score, where it begins, and what leads.
  func restore(
    _ retrieve: LV2_State_Retrieve_Function, _ handle: LV2_State_Handle?, _ features: Features
  ) -> LV2_State_Status {
    guard let version = value(urids.version, retrieve, handle) else { return LV2_STATE_SUCCESS }
    guard version.type == urids.int, let number = version.number, number == Self.stateVersion else {
      log.report("the stored state is of a version that this plugin does not know")
      return LV2_STATE_ERR_BAD_TYPE
    }
    let start = value(urids.scoreStart, retrieve, handle)
    if let seconds = start?.number(urids) { scoreStart.set(seconds) }
    let before = score.edition
    let results = stored.map { restore($0, from: value($0.key, retrieve, handle), features) }
    deliver()
    if score.edition != before { bell.raise() }
    if start != nil && start?.number(urids) == nil { return LV2_STATE_ERR_BAD_TYPE }
    return results.first { $0 != LV2_STATE_SUCCESS } ?? LV2_STATE_SUCCESS
  }

  /// Asks for what is stored. What is not a text changes nothing.
  private func restore(_ asked: Stored, from value: AtomValue?, _ features: Features) -> LV2_State_Status {
    guard let value else {
      return asked.key != urids.voice || voice.post("") ? LV2_STATE_SUCCESS : LV2_STATE_ERR_UNKNOWN
    }
    guard value.type == urids.path || value.type == urids.string else { return LV2_STATE_ERR_BAD_TYPE }
    // Some hosts count the terminator, others do not store it.
    let text = String(decoding: value.bytes.prefix { $0 != 0 }, as: UTF8.self)
    let isPath = asked.isPath && !text.isEmpty
    let mapped = isPath ? features.mapPath.flatMap { $0.pointee.absolute_path?($0.pointee.handle, text) } : nil
    defer { free(mapped, by: features) }
    let path = mapped.map { String(cString: $0) } ?? text
    guard path.utf8.count <= Billboard.capacity, asked.board.post(path == ownVoice ? "" : path) else {
      let what = asked.isPath ? "path of the \(asked.name)" : asked.name
      log.report("the stored \(what) is too long: \(path.utf8.count) bytes")
      return LV2_STATE_ERR_UNKNOWN
    }
    return LV2_STATE_SUCCESS
  }

  private func value(
    _ key: LV2_URID, _ retrieve: LV2_State_Retrieve_Function, _ handle: LV2_State_Handle?
  ) -> AtomValue? {
    var size = 0
    var type: LV2_URID = 0
    var flags: UInt32 = 0
    guard let data = retrieve(handle, key, &size, &type, &flags) else { return nil }
    return AtomValue(type: type, bytes: UnsafeRawBufferPointer(start: data, count: size))
  }

  private func free(_ path: UnsafeMutablePointer<CChar>?, by features: Features) {
    guard let path else { return }
    if let feature = features.freePath, let release = feature.pointee.free_path {
      release(feature.pointee.handle, path)
    } else {
      Glibc.free(path)
    }
  }
}
