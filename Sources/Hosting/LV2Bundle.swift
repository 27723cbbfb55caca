// LV2Bundle: a bundle's folder, read by lilv in a world of its own: nothing else on the machine is looked at.
import CLV2
import CLilv
import Glibc

/// A plugin as its bundle describes it.
public final class LV2Bundle {
  /// A port as it is described.
  public struct Port: Sendable {
    public enum Kind: Sendable { case audio, control, atom }

    public let index: UInt32
    public let symbol: String
    public let kind: Kind
    public let isInput: Bool
    /// Of control ports; NaN where the description says nothing.
    public let lowest: Float, highest: Float, initial: Float
  }

  public let path: String
  /// The plugin's URI and name.
  public let uri: String, name: String
  public let ports: [Port]
  let world: OpaquePointer
  let plugin: OpaquePointer

  /// Reads a plugin of the bundle at `path`: that of a URI, or the first that its library offers.
  ///
  /// - Parameter others: bundles to know of besides: presets that somebody made.
  public init(_ path: String, plugin wanted: String? = nil, beside others: [String] = []) throws(HostError) {
    guard let world = lilv_world_new() else {
      throw HostError(subject: path, expected: "memory for a world of plugins", found: "none")
    }
    var resolved = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard realpath(path, &resolved) != nil else {
      lilv_world_free(world)
      throw HostError(subject: path, expected: "a bundle's folder", found: String(cString: strerror(errno)))
    }
    let folder = String(decoding: resolved.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/"
    let location = lilv_new_file_uri(world, nil, folder)
    lilv_world_load_bundle(world, location)
    lilv_node_free(location)
    for other in others {
      let place = lilv_new_file_uri(world, nil, other + "/")
      lilv_world_load_bundle(world, place)
      lilv_node_free(place)
    }
    let all = lilv_world_get_all_plugins(world)
    guard let plugin = LV2Bundle.plugin(wanted, of: all, in: world) else {
      lilv_world_free(world)
      throw HostError(subject: path, expected: "\(wanted ?? "a plugin") in manifest.ttl", found: "none")
    }
    self.path = folder
    self.world = world
    self.plugin = plugin
    uri = lilv_node_as_uri(lilv_plugin_get_uri(plugin)).map { String(cString: $0) } ?? ""
    let nameNode = lilv_plugin_get_name(plugin)
    name = nameNode.flatMap { lilv_node_as_string($0) }.map { String(cString: $0) } ?? ""
    lilv_node_free(nameNode)
    ports = LV2Bundle.ports(of: plugin, in: world)
  }

  deinit { lilv_world_free(world) }

  private static func plugin(_ uri: String?, of all: UnsafeRawPointer?, in world: OpaquePointer) -> OpaquePointer? {
    guard let uri else {
      // lilv has them in the order of the alphabet.
      let any = lilv_plugins_begin(all).flatMap { lilv_plugins_get(all, $0) }
      return any.flatMap { first(ofLibraryOf: $0) }.flatMap { plugin($0, of: all, in: world) } ?? any
    }
    let node = lilv_new_uri(world, uri)
    defer { lilv_node_free(node) }
    return node.flatMap { lilv_plugins_get_by_uri(all, $0) }
  }

  /// The URI that the library of a plugin offers first.
  private static func first(ofLibraryOf plugin: OpaquePointer) -> String? {
    guard let path = lilv_file_uri_parse(lilv_node_as_uri(lilv_plugin_get_library_uri(plugin)), nil) else { return nil }
    defer { lilv_free(path) }
    guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else { return nil }
    defer { dlclose(library) }
    typealias Find = @convention(c) (UInt32) -> UnsafePointer<LV2_Descriptor>?
    guard let find = dlsym(library, "lv2_descriptor") else { return nil }
    return unsafeBitCast(find, to: Find.self)(0).flatMap { $0.pointee.URI }.map { String(cString: $0) }
  }

  private static func ports(of plugin: OpaquePointer, in world: OpaquePointer) -> [Port] {
    let count = lilv_plugin_get_num_ports(plugin)
    var lowest = [Float](repeating: .nan, count: Int(count))
    var highest = lowest
    var initial = lowest
    lilv_plugin_get_port_ranges_float(plugin, &lowest, &highest, &initial)
    let core = "http://lv2plug.in/ns/lv2core#"
    let classes = ["InputPort", "AudioPort", "ControlPort"].map { lilv_new_uri(world, "\(core)\($0)") }
    defer { for node in classes { lilv_node_free(node) } }
    return (0..<count).map { index in
      let port = lilv_plugin_get_port_by_index(plugin, index)
      func isA(_ node: OpaquePointer?) -> Bool { lilv_port_is_a(plugin, port, node) }
      return Port(
        index: index, symbol: String(cString: lilv_node_as_string(lilv_port_get_symbol(plugin, port))),
        kind: isA(classes[1]) ? .audio : (isA(classes[2]) ? .control : .atom), isInput: isA(classes[0]),
        lowest: lowest[Int(index)], highest: highest[Int(index)], initial: initial[Int(index)])
    }
  }
}
