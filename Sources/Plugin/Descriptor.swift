// Descriptor: the functions that LV2 calls, as C sees them; each hands on to where the work is done.
// How voices are opened is the library's affair: another one can offer the same plugin with another instrument.
import CLV2
import Glibc
import Performer

/// What `lv2_descriptor` returns.
public enum PluginDescriptor {
  public typealias Plugin = (kind: PluginKind, opener: VoiceOpener)

  private nonisolated(unsafe) static var plugins: [Plugin] = []

  /// Descriptors that are never freed. A library calls this once.
  ///
  /// - Parameter all: its plugins, each with what opens its voices.
  public static func make(_ all: [Plugin]) -> [UnsafePointer<LV2_Descriptor>] {
    plugins = all
    GeneratorPool.prepare()
    return all.map { make($0.kind) }
  }

  private static func make(_ kind: PluginKind) -> UnsafePointer<LV2_Descriptor> {
    let descriptor = UnsafeMutablePointer<LV2_Descriptor>.allocate(capacity: 1)
    descriptor.initialize(
      to: LV2_Descriptor(
        URI: UnsafePointer(strdup(kind.uri)),
        instantiate: { descriptor, rate, bundle, features in
          PluginDescriptor.instantiate(descriptor, rate, bundle, Features(features))
        },
        connect_port: { handle, index, data in instance(handle)?.pointee.ports.connect(index, to: data) },
        activate: { handle in instance(handle)?.pointee.activate() },
        run: { handle, count in instance(handle)?.pointee.run(Int(count)) },
        deactivate: { _ in },
        cleanup: { handle in
          guard let instance = instance(handle) else { return }
          instance.pointee.backstage._withUnsafeGuaranteedRef { $0.close() }
          instance.pointee.backstage.release()
          instance.deallocate()
        },
        extension_data: { uri in uri.flatMap { PluginDescriptor.extensionData($0) } }))
    return UnsafePointer(descriptor)
  }

  private static func instantiate(
    _ descriptor: UnsafePointer<LV2_Descriptor>?, _ rate: Double, _ bundle: UnsafePointer<CChar>?, _ features: Features
  ) -> LV2_Handle? {
    guard let uri = descriptor?.pointee.URI,
      let (kind, opener) = plugins.first(where: { strcmp($0.kind.uri, uri) == 0 })
    else { return nil }
    guard let map = features.map, let urids = URIDs(map.pointee, of: kind) else {
      HostLog.complain("\(kind.name): the host does not offer urid:map")
      return nil
    }
    let log = HostLog(log: features.log, name: kind.name, error: urids.logError, note: urids.logNote)
    guard rate >= 8000, rate <= 192_000 else {
      log.report("no sample rate for an instrument: \(rate), expected 8000 to 192000")
      return nil
    }
    let performer = Performer(
      hostRate: rate, nominalBlock: Options(features.options, urids).nominalBlock,
      blockFrames: kind.controls.block.whole, open: opener)
    let backstage = Backstage(
      kind: kind, urids: urids, log: log, bundle: bundle.map { String(cString: $0) } ?? "", rate: Int(rate.rounded()),
      performer: performer)
    let instance = UnsafeMutablePointer<Instance>.allocate(capacity: 1)
    instance.initialize(
      to: Instance(
        urids: urids, rate: Int(rate.rounded()), tellsPositionOfSound: features.tellsPositionOfSound,
        backstage: backstage))
    return LV2_Handle(instance)
  }

  private static func extensionData(_ uri: UnsafePointer<CChar>) -> UnsafeRawPointer? {
    if strcmp(uri, "http://lv2plug.in/ns/ext/state#interface") == 0 { return UnsafeRawPointer(stateInterface.pointer) }
    if strcmp(uri, "http://lv2plug.in/ns/ext/options#interface") == 0 {
      return UnsafeRawPointer(optionsInterface.pointer)
    }
    return nil
  }
}

/// A table of functions that stays where it is.
private struct Table<T>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<T>

  init(_ value: T) {
    pointer = .allocate(capacity: 1)
    pointer.initialize(to: value)
  }
}

private let stateInterface = Table(
  LV2_State_Interface(
    save: { handle, store, state, _, features in
      guard let instance = instance(handle), let store else { return LV2_STATE_ERR_UNKNOWN }
      return instance.pointee.backstage.takeUnretainedValue().save(store, state, Features(features))
    },
    restore: { handle, retrieve, state, _, features in
      guard let instance = instance(handle), let retrieve else { return LV2_STATE_ERR_UNKNOWN }
      return instance.pointee.backstage.takeUnretainedValue().restore(retrieve, state, Features(features))
    }))

private let optionsInterface = Table(
  LV2_Options_Interface(
    get: { _, _ in LV2_OPTIONS_ERR_BAD_KEY.rawValue },
    set: { handle, list in
      guard let instance = instance(handle), var entry = list else { return LV2_OPTIONS_SUCCESS.rawValue }
      let urids = instance.pointee.urids
      var result = LV2_OPTIONS_SUCCESS.rawValue
      while entry.pointee.key != 0 || entry.pointee.value != nil {
        if entry.pointee.key != urids.nominalBlockLength, entry.pointee.key != urids.maximalBlockLength {
          result |= LV2_OPTIONS_ERR_BAD_KEY.rawValue
        } else if Options.length(entry.pointee, urids) == nil {
          result |= LV2_OPTIONS_ERR_BAD_VALUE.rawValue
        }
        entry += 1
      }
      return result
    }))
