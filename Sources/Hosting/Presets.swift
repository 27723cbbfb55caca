// Presets: the states that a bundle brings along for its plugin, found and applied as hosts do.
import CLV2
import CLilv

extension LV2Bundle {
  /// A preset of the bundle.
  public struct Preset: Sendable {
    public let uri: String, label: String
  }

  /// All presets of the plugin.
  public var presets: [Preset] {
    let kind = lilv_new_uri(world, "http://lv2plug.in/ns/ext/presets#Preset")
    let label = lilv_new_uri(world, "http://www.w3.org/2000/01/rdf-schema#label")
    let found = lilv_plugin_get_related(plugin, kind)
    defer {
      lilv_nodes_free(found)
      lilv_node_free(label)
      lilv_node_free(kind)
    }
    var presets: [Preset] = []
    var iterator = lilv_nodes_begin(found)
    while !lilv_nodes_is_end(found, iterator) {
      let node = lilv_nodes_get(found, iterator)
      lilv_world_load_resource(world, node)
      let text = lilv_world_get(world, node, label, nil)
      if let node, let uri = lilv_node_as_uri(node) {
        presets.append(
          Preset(
            uri: String(cString: uri), label: text.flatMap { lilv_node_as_string($0) }.map { String(cString: $0) } ?? ""
          ))
      }
      lilv_node_free(text)
      iterator = lilv_nodes_next(found, iterator)
    }
    return presets
  }
}

extension LV2Host {
  /// Sets ports and plugin as the preset says.
  public func apply(_ preset: LV2Bundle.Preset) throws(HostError) {
    let node = lilv_new_uri(bundle.world, preset.uri)
    defer { lilv_node_free(node) }
    guard let state = lilv_state_new_from_world(bundle.world, urids.map, node) else {
      throw HostError(subject: preset.uri, expected: "a preset of \(bundle.uri)", found: "none")
    }
    defer { lilv_state_free(state) }
    restore(state)
  }
}
