// LV2Descriptor: the one symbol that the plugin's shared object exports.
import CLV2
import Performer
import Plugin

private nonisolated(unsafe) let piano = PluginDescriptor.make(opening: { throw Unplayable(path: $0) })

/// A voice that this library has no instrument for.
private struct Unplayable: Error, CustomStringConvertible {
  let path: String

  var description: String { "\(path): expected a voice that can be played, found none" }
}

/// The plugin at `index` of this library: Fotoplayer Piano, and no other.
@_cdecl("lv2_descriptor")
public func lv2Descriptor(_ index: UInt32) -> UnsafePointer<LV2_Descriptor>? { index == 0 ? piano : nil }
