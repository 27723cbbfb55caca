// Client: this program as one of a JACK server's clients. The server's threads leave word in `Notices`;
// what happens in a cycle is a C function with memory of its own, which others bring along.
import CJack
import Synchronization

/// Why there is no client.
public struct JACKError: Error, Equatable, CustomStringConvertible {
  public enum Reason: Equatable, Sendable { case noLibrary, noServer, refused }

  public let reason: Reason
  public let description: String

  init(_ reason: Reason, _ description: String) {
    self.reason = reason
    self.description = description
  }
}

/// What the server tells outside its cycles, for whoever looks now and then.
public final class Notices: Sendable {
  /// The server has gone, or has thrown this client out.
  public let isLost = Atomic<Bool>(false)
  /// Cycles that came too late, since the client was opened.
  public let xruns = Atomic<Int>(0)
  /// Samples a second.
  public let rate = Atomic<Int>(0)
  /// Changes of ports and of connections.
  public let graphChanges = Atomic<Int>(0)

  public init() {}

  static func at(_ context: UnsafeMutableRawPointer?) -> Notices {
    Unmanaged<Notices>.fromOpaque(context!).takeUnretainedValue()
  }
}

/// An open client. One thread opens, uses and closes it.
public final class Client {
  /// A port's contents.
  public enum Contents: Sendable { case midi, audio }
  public enum Direction: Sendable { case input, output }

  let handle: OpaquePointer
  public let notices: Notices
  private var handles: [OpaquePointer] = []

  /// Opens a client of a server that runs already.
  ///
  /// - Parameters:
  ///   - name: JACK makes it another one when it is taken: see `name`.
  ///   - server: nil for the usual one, which `JACK_DEFAULT_SERVER` names.
  ///   - notices: begins anew, and is kept until the client is closed.
  public init(_ name: String, server: String? = nil, notices: Notices) throws(JACKError) {
    if let missing = cjack_load() {
      throw JACKError(
        .noLibrary,
        "JACK is not installed: \(String(cString: missing)). On Debian it comes with the package libjack-jackd2-0, "
          + "or with pipewire-jack")
    }
    notices.isLost.store(false, ordering: .relaxed)
    notices.xruns.store(0, ordering: .relaxed)
    var status: Int32 = 0
    guard let handle = cjack_open(name, server, &status) else {
      let which = server.map { " named \($0)" } ?? ""
      throw status & Int32(CJACK_SERVER_FAILED) != 0
        ? JACKError(.noServer, "no JACK server\(which) is running")
        : JACKError(.refused, "the JACK server\(which) refused the client \(name) (status \(status))")
    }
    self.handle = handle
    self.notices = notices
    notices.rate.store(Int(cjack_sample_rate(handle)), ordering: .relaxed)
    listen()
  }

  private func listen() {
    let context = Unmanaged.passUnretained(notices).toOpaque()
    cjack_on_shutdown(
      handle, { _, _, context in Notices.at(context).isLost.store(true, ordering: .releasing) }, context)
    cjack_on_xrun(
      handle,
      { context in
        Notices.at(context).xruns.wrappingAdd(1, ordering: .relaxed)
        return 0
      }, context)
    cjack_on_sample_rate(
      handle,
      { rate, context in
        Notices.at(context).rate.store(Int(rate), ordering: .relaxed)
        return 0
      }, context)
    cjack_on_port(
      handle, { _, _, context in Notices.at(context).graphChanges.wrappingAdd(1, ordering: .relaxed) }, context)
    cjack_on_connect(
      handle, { _, _, _, context in Notices.at(context).graphChanges.wrappingAdd(1, ordering: .relaxed) }, context)
  }

  /// The name that the server gave it.
  public var name: String { String(cString: cjack_name(handle)) }
  /// Samples a second, and a cycle.
  public var sampleRate: Int { Int(cjack_sample_rate(handle)) }
  public var bufferSize: Int { Int(cjack_buffer_size(handle)) }
  public var transport: Transport { Transport(handle: handle) }

  public func port(_ name: String, _ contents: Contents, _ direction: Direction) throws(JACKError) -> Port {
    guard let port = cjack_port_new(handle, name, contents == .midi, direction == .output) else {
      throw JACKError(.refused, "the JACK server refused the port \(name)")
    }
    handles.append(port)
    return Port(handle: port)
  }

  /// The full names of all ports of a kind, in the server's order.
  public func ports(_ contents: Contents, _ direction: Direction) -> [String] {
    names(cjack_ports(handle, contents == .midi, direction == .output))
  }

  /// What a port of this client's is connected to.
  public func connections(of port: Port) -> [String] { names(cjack_connections(handle, port.handle)) }

  private func names(_ list: UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> [String] {
    guard let list else { return [] }
    defer { cjack_free(list) }
    var names: [String] = []
    while let name = list[names.count] { names.append(String(cString: name)) }
    return names
  }

  /// Connects two ports by their full names; false if that cannot be.
  public func connect(_ source: String, to destination: String) -> Bool {
    cjack_connect(handle, source, destination) == 0
  }

  /// Has everybody's latencies reckoned anew: after one's own has changed.
  public func recomputeLatencies() { _ = cjack_recompute_latencies(handle) }

  /// Takes part in the graph from now on.
  public func activate() throws(JACKError) {
    guard cjack_activate(handle) == 0 else { throw JACKError(.refused, "the JACK server did not let the client in") }
  }

  /// Leaves the server, which may have gone. Nothing here must be used any more.
  public func close() {
    if !notices.isLost.load(ordering: .acquiring) {
      _ = cjack_deactivate(handle)
      // A JACK 2 that runs freely may forget to remove the ports of clients that leave.
      for port in handles { cjack_port_remove(handle, port) }
    }
    _ = cjack_close(handle)
  }
}
