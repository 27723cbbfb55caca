// LV2Descriptor: the one symbol that the plugin's shared object exports.
import CLV2
import Foley
import Performer
import Plugin

private nonisolated(unsafe) let plugins = PluginDescriptor.make([
  (.piano, { try VoicePlayer.open($0.voice) }), (.foley, { try FoleyPlayer.open($0) }),
])

/// The plugin at `index` of this library: Fotoplayer Piano, Fotoplayer Foley, and no other.
@_cdecl("lv2_descriptor")
public func lv2Descriptor(_ index: UInt32) -> UnsafePointer<LV2_Descriptor>? {
  index < plugins.count ? plugins[Int(index)] : nil
}
