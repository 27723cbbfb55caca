// State: what a session keeps: which voice and which score were asked for, whether or not they could be loaded, and where
// the score begins. The ports are kept by the host. Both functions may be called while `run` runs.
import CLV2
import Glibc

extension Backstage {
  /// The version of what is stored.
  private static let stateVersion: Int32 = 1

  /// Stores the version, the voice's path unless it is the bundle's own, which moves with the bundle, the score's, where
  /// empty means none, and where the score begins.
  func save(
    _ store: LV2_State_Store_Function, _ handle: LV2_State_Handle?, _ features: Features
  ) -> LV2_State_Status {
    var version = Self.stateVersion
    let flags = UInt32(LV2_STATE_IS_POD.rawValue | LV2_STATE_IS_PORTABLE.rawValue)
    var result = store(handle, urids.version, &version, 4, urids.int, flags)
    var start = scoreStart.value
    if result == LV2_STATE_SUCCESS { result = store(handle, urids.scoreStart, &start, 8, urids.double, flags) }
    for (key, board) in [(urids.voice, voice), (urids.score, score)] {
      let path = board.read().text
      guard result == LV2_STATE_SUCCESS, key != urids.voice || !path.isEmpty && path != ownVoice else { continue }
      // With `mapPath` the host stores a path that it finds again after the session has moved.
      let mapped = path.isEmpty ? nil : features.mapPath.flatMap { $0.pointee.abstract_path?($0.pointee.handle, path) }
      defer { free(mapped, by: features) }
      let stored = mapped.map { String(cString: $0) } ?? path
      // Hosts write an empty path as a link to the file that they write.
      let type = path.isEmpty ? urids.string : urids.path
      result = stored.withCString { store(handle, key, $0, strlen($0) + 1, type, flags) }
    }
    return result
  }

  /// Asks for the stored voice and score; for the bundle's own voice, if none is stored. A state without a version is not
  /// ours: presets of the ports alone leave the voice as it is, and presets of a voice leave the score and where it begins.
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
    let results = [(urids.voice, voice, "voice"), (urids.score, score, "score")].map { key, board, name in
      restore(board, name, from: value(key, retrieve, handle), features)
    }
    deliver()
    if score.edition != before { bell.raise() }
    if start != nil && start?.number(urids) == nil { return LV2_STATE_ERR_BAD_TYPE }
    return results.first { $0 != LV2_STATE_SUCCESS } ?? LV2_STATE_SUCCESS
  }

  /// Asks for what is stored. What is not a path changes nothing.
  private func restore(_ board: Billboard, _ name: String, from stored: AtomValue?, _ features: Features)
    -> LV2_State_Status
  {
    guard let stored else { return name == "score" || board.post("") ? LV2_STATE_SUCCESS : LV2_STATE_ERR_UNKNOWN }
    guard stored.type == urids.path || stored.type == urids.string else { return LV2_STATE_ERR_BAD_TYPE }
    // Some hosts count the terminator, others do not store it.
    let text = String(decoding: stored.bytes.prefix { $0 != 0 }, as: UTF8.self)
    let mapped = text.isEmpty ? nil : features.mapPath.flatMap { $0.pointee.absolute_path?($0.pointee.handle, text) }
    defer { free(mapped, by: features) }
    let path = mapped.map { String(cString: $0) } ?? text
    guard path.utf8.count <= Billboard.capacity, board.post(path == ownVoice ? "" : path) else {
      log.report("the stored path of the \(name) is too long: \(path.utf8.count) bytes")
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
