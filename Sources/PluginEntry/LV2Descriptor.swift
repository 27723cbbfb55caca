// LV2Descriptor: the one symbol that the plugin's shared object exports.
import CLV2
import Performer
import Plugin

private nonisolated(unsafe) let piano = PluginDescriptor.make(opening: { try VoicePlayer.open($0) })

/// The plugin at `index` of this library: Fotoplayer Piano, and no other.
@_cdecl("lv2_descriptor")
public func lv2Descriptor(_ index: UInt32) -> UnsafePointer<LV2_Descriptor>? { index == 0 ? piano : nil }
