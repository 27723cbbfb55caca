// HostState: a plugin's state as the host keeps it: the values of its ports, and what the plugin itself stores.
import CLV2
import CLilv
import Glibc

extension LV2Host {
  /// The state as Turtle text, without the prefixes that everybody knows.
  public func saveState() throws(HostError) -> String {
    let state = lilv_state_new_from_instance(
      bundle.plugin, instance, urids.map, nil, nil, nil, nil,
      { symbol, context, size, type in
        guard let symbol, let context else { return nil }
        let host = Unmanaged<LV2Host>.fromOpaque(context).takeUnretainedValue()
        return host.value(of: String(cString: symbol), &size!.pointee, &type!.pointee)
      }, Unmanaged.passUnretained(self).toOpaque(), LV2_STATE_IS_POD.rawValue | LV2_STATE_IS_PORTABLE.rawValue, nil)
    defer { lilv_state_free(state) }
    guard let state, let text = lilv_state_to_string(bundle.world, urids.map, urids.unmap, state, "urn:state", nil)
    else { throw HostError(subject: bundle.uri, expected: "a state to save", found: "none") }
    defer { free(text) }
    return String(cString: text)
  }

  /// The state as a file that hosts read. Not by lilv's own function, which puts links where the state's paths lead.
  public func saveState(to path: String) throws(HostError) {
    let prefixes = [
      ("atom", "http://lv2plug.in/ns/ext/atom#"), ("lv2", "http://lv2plug.in/ns/lv2core#"),
      ("pset", "http://lv2plug.in/ns/ext/presets#"), ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
      ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"), ("state", "http://lv2plug.in/ns/ext/state#"),
      ("xsd", "http://www.w3.org/2001/XMLSchema#"),
    ].map { "@prefix \($0.0): <\($0.1)> .\n" }
    let text = try prefixes.joined() + saveState().replacing("<urn:state>", with: "<>")
    guard let file = fopen(path, "w"), fputs(text, file) >= 0, fclose(file) == 0 else {
      throw HostError(subject: path, expected: "a file to write", found: String(cString: strerror(errno)))
    }
  }

  /// Sets ports and plugin as the text says.
  public func restoreState(_ text: String) throws(HostError) {
    guard let state = lilv_state_new_from_string(bundle.world, urids.map, text) else {
      throw HostError(subject: bundle.uri, expected: "a state in Turtle", found: String(text.prefix(80)))
    }
    defer { lilv_state_free(state) }
    restore(state)
  }

  /// Sets ports and plugin as the file says.
  public func restoreState(from path: String) throws(HostError) {
    guard let state = lilv_state_new_from_file(bundle.world, urids.map, nil, path) else {
      throw HostError(subject: path, expected: "a state in Turtle", found: "none that can be read")
    }
    defer { lilv_state_free(state) }
    restore(state)
  }

  /// Sets ports and plugin; the plugin is given no features.
  func restore(_ state: OpaquePointer) {
    lilv_state_restore(
      state, instance,
      { symbol, context, value, size, type in
        guard let symbol, let context, let value, size == 4 else { return }
        let host = Unmanaged<LV2Host>.fromOpaque(context).takeUnretainedValue()
        let isInt = type == host.urid("atom#Int")
        host[String(cString: symbol)] =
          isInt ? Float(value.loadUnaligned(as: Int32.self)) : value.loadUnaligned(as: Float.self)
      }, Unmanaged.passUnretained(self).toOpaque(), 0, nil)
  }

  private func value(of symbol: String, _ size: inout UInt32, _ type: inout UInt32) -> UnsafeRawPointer? {
    guard let pointer = controlPointer(symbol) else { return nil }
    size = 4
    type = urids["http://lv2plug.in/ns/ext/atom#Float"]
    return UnsafeRawPointer(pointer)
  }
}
