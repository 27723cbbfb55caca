// HostFeatures: what the host offers a plugin when it instantiates it, at addresses that stay.
import CLV2

/// The features urid:map, urid:unmap, opts:options and bufsz:boundedBlockLength, and others by name alone.
final class HostFeatures {
  /// Ends with NULL.
  let list: UnsafePointer<UnsafePointer<LV2_Feature>?>
  private let urids: URIDMap
  private let features: UnsafeMutablePointer<LV2_Feature>
  private let options: UnsafeMutablePointer<LV2_Options_Option>
  private let lengths: UnsafeMutablePointer<Int32>
  private let rate: UnsafeMutablePointer<Float>
  private let uris: [UnsafeMutablePointer<CChar>]

  /// - Parameter others: features that point to nothing of use.
  init(_ urids: URIDMap, sampleRate: Int, bufferSize: Int, others: [String]) {
    self.urids = urids
    let known = [
      "http://lv2plug.in/ns/ext/urid#map", "http://lv2plug.in/ns/ext/urid#unmap",
      "http://lv2plug.in/ns/ext/options#options", "http://lv2plug.in/ns/ext/buf-size#boundedBlockLength",
    ]
    uris = (known + others).map { uri in
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: uri.utf8.count + 1)
      for (index, byte) in (Array(uri.utf8) + [0]).enumerated() { copy[index] = CChar(bitPattern: byte) }
      return copy
    }
    lengths = .allocate(capacity: 3)
    lengths.initialize(to: 0)
    (lengths + 1).initialize(to: Int32(bufferSize))
    (lengths + 2).initialize(to: 65_536)
    rate = .allocate(capacity: 1)
    rate.initialize(to: Float(sampleRate))
    let int = urids["http://lv2plug.in/ns/ext/atom#Int"]
    let size = "http://lv2plug.in/ns/ext/buf-size#"
    func option(_ key: String, _ type: LV2_URID, _ value: UnsafeRawPointer) -> LV2_Options_Option {
      LV2_Options_Option(
        context: LV2_OPTIONS_INSTANCE, subject: 0, key: urids[key], size: 4, type: type, value: value)
    }
    let all = [
      option(size + "minBlockLength", int, lengths), option(size + "maxBlockLength", int, lengths + 1),
      option(size + "nominalBlockLength", int, lengths + 1), option(size + "sequenceSize", int, lengths + 2),
      option(
        "http://lv2plug.in/ns/ext/parameters#sampleRate", urids["http://lv2plug.in/ns/ext/atom#Float"], rate),
      LV2_Options_Option(context: LV2_OPTIONS_INSTANCE, subject: 0, key: 0, size: 0, type: 0, value: nil),
    ]
    options = .allocate(capacity: all.count)
    for (index, option) in all.enumerated() { (options + index).initialize(to: option) }
    features = .allocate(capacity: uris.count)
    let data: [UnsafeMutableRawPointer?] =
      [UnsafeMutableRawPointer(urids.map), UnsafeMutableRawPointer(urids.unmap), UnsafeMutableRawPointer(options), nil]
      + others.map { [lengths] _ in UnsafeMutableRawPointer(lengths) }
    let pointers = UnsafeMutablePointer<UnsafePointer<LV2_Feature>?>.allocate(capacity: uris.count + 1)
    for index in uris.indices {
      (features + index).initialize(to: LV2_Feature(URI: uris[index], data: data[index]))
      (pointers + index).initialize(to: UnsafePointer(features + index))
    }
    (pointers + uris.count).initialize(to: nil)
    list = UnsafePointer(pointers)
  }

  deinit {
    list.deallocate()
    features.deallocate()
    options.deallocate()
    lengths.deallocate()
    rate.deallocate()
    for uri in uris { uri.deallocate() }
  }
}
