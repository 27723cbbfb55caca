// State: what a session keeps: which voice was asked for, whether or not it could be loaded.
// The ports are kept by the host. Both functions may be called while `run` runs.
import CLV2
import Glibc

extension Backstage {
  /// The version of what is stored.
  private static let stateVersion: Int32 = 1

  /// Stores the version, and the path unless it is the bundle's own voice, which moves with the bundle.
  func save(
    _ store: LV2_State_Store_Function, _ handle: LV2_State_Handle?, _ features: Features
  ) -> LV2_State_Status {
    var version = Self.stateVersion
    let flags = UInt32(LV2_STATE_IS_POD.rawValue | LV2_STATE_IS_PORTABLE.rawValue)
    let result = store(handle, urids.version, &version, 4, urids.int, flags)
    let path = voice.read().text
    guard result == LV2_STATE_SUCCESS, !path.isEmpty, path != ownVoice else { return result }
    // With `mapPath` the host stores a path that it finds again after the session has moved.
    let mapped = features.mapPath.flatMap { $0.pointee.abstract_path?($0.pointee.handle, path) }
    defer { free(mapped, by: features) }
    let stored = mapped.map { String(cString: $0) } ?? path
    return stored.withCString { store(handle, urids.voice, $0, strlen($0) + 1, urids.path, flags) }
  }

  /// Asks for the stored voice; for the bundle's own, if none is stored. A state without a version is not ours:
  /// presets of the ports alone leave the voice as it is.
  func restore(
    _ retrieve: LV2_State_Retrieve_Function, _ handle: LV2_State_Handle?, _ features: Features
  ) -> LV2_State_Status {
    guard let version = value(urids.version, retrieve, handle) else { return LV2_STATE_SUCCESS }
    guard version.type == urids.int, let number = version.number, number == Self.stateVersion else {
      log.report("the stored state is of a version that this plugin does not know")
      return LV2_STATE_ERR_BAD_TYPE
    }
    guard let stored = value(urids.voice, retrieve, handle) else { return ask(for: "") }
    guard stored.type == urids.path || stored.type == urids.string else { return LV2_STATE_ERR_BAD_TYPE }
    // Some hosts count the terminator, others do not store it.
    let text = String(decoding: stored.bytes.prefix { $0 != 0 }, as: UTF8.self)
    let mapped = features.mapPath.flatMap { $0.pointee.absolute_path?($0.pointee.handle, text) }
    defer { free(mapped, by: features) }
    let path = mapped.map { String(cString: $0) } ?? text
    return ask(for: path == ownVoice ? "" : path)
  }

  private func ask(for path: String) -> LV2_State_Status {
    guard path.utf8.count <= Billboard.capacity, voice.post(path) else {
      log.report("the stored path of the voice is too long: \(path.utf8.count) bytes")
      return LV2_STATE_ERR_UNKNOWN
    }
    deliver()
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
