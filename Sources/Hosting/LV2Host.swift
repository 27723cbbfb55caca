// LV2Host: one instance of a bundle's plugin, hosted as workstations host it:
// numbers for URIs, options, a buffer for each port, and cycles of any length up to the one that was promised.
import CLV2
import CLilv

/// An instance. Used by one thread at a time.
public final class LV2Host {
  public let bundle: LV2Bundle
  public let urids: URIDMap
  public let sampleRate: Int
  /// The longest cycle, in samples.
  public let bufferSize: Int
  /// The plugin's audio outputs, in order.
  public let outputs: [UnsafeMutableBufferPointer<Float>]
  let instance: UnsafeMutablePointer<LilvInstance>
  private let features: HostFeatures
  private let controls: UnsafeMutableBufferPointer<Float>
  private let toPlugin: AtomBuffer, fromPlugin: AtomBuffer
  private var pending: [AtomBuffer.Event] = []
  private let midiEvent: LV2_URID

  /// Instantiates, connects and activates the plugin.
  ///
  /// - Parameters:
  ///   - exactRate: what the plugin is told instead of `sampleRate`.
  ///   - connecting: whether the ports get their buffers already.
  ///   - offering: features that are offered besides, by which hosts are told apart.
  public init(
    _ bundle: LV2Bundle, sampleRate: Int = 48_000, bufferSize: Int = 256, exactRate: Double? = nil,
    connecting: Bool = true, offering: [String] = []
  ) throws(HostError) {
    let urids = URIDMap()
    let features = HostFeatures(urids, sampleRate: sampleRate, bufferSize: bufferSize, others: offering)
    guard let instance = lilv_plugin_instantiate(bundle.plugin, exactRate ?? Double(sampleRate), features.list) else {
      throw HostError(subject: bundle.uri, expected: "an instance of the plugin", found: "that it refused")
    }
    self.bundle = bundle
    self.urids = urids
    self.sampleRate = sampleRate
    self.bufferSize = bufferSize
    self.features = features
    self.instance = instance
    midiEvent = urids["http://lv2plug.in/ns/ext/midi#MidiEvent"]
    let sequence = urids["http://lv2plug.in/ns/ext/atom#Sequence"]
    toPlugin = AtomBuffer(capacity: 65_536, sequence: sequence)
    fromPlugin = AtomBuffer(capacity: 65_536, sequence: sequence)
    controls = .allocate(capacity: bundle.ports.count)
    controls.initialize(repeating: 0)
    outputs = bundle.ports.filter { $0.kind == .audio && !$0.isInput }.map { _ in
      let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: bufferSize)
      buffer.initialize(repeating: 0)
      return buffer
    }
    for port in bundle.ports where !port.initial.isNaN { controls[Int(port.index)] = port.initial }
    if connecting { connectAll() }
    lilv_instance_activate(instance)
  }

  deinit {
    lilv_instance_deactivate(instance)
    lilv_instance_free(instance)
    for output in outputs { output.deallocate() }
    controls.deallocate()
  }

  /// Gives every port its own buffer again.
  public func connectAll() {
    var nextOutput = 0
    for port in bundle.ports {
      switch (port.kind, port.isInput) {
      case (.control, _): connect(port.index, to: controls.baseAddress.map { $0 + Int(port.index) })
      case (.atom, true): connect(port.index, to: toPlugin.base)
      case (.atom, false): connect(port.index, to: fromPlugin.base)
      case (.audio, false):
        connect(port.index, to: outputs[nextOutput].baseAddress)
        nextOutput += 1
      case (.audio, true): connect(port.index, to: nil)
      }
    }
  }

  /// Connects a port to memory of the caller's, or to none.
  public func connect(_ index: UInt32, to data: UnsafeMutableRawPointer?) {
    lilv_instance_connect_port(instance, index, data)
  }

  /// The plugin's handle, for its interfaces.
  public var handle: LV2_Handle? { lilv_instance_get_handle(instance) }

  /// The interface of a URI, if the plugin has it.
  public func extensionData(_ uri: String) -> UnsafeRawPointer? { lilv_instance_get_extension_data(instance, uri) }

  /// Deactivates and activates: the plugin forgets what it played.
  public func reactivate() {
    lilv_instance_deactivate(instance)
    lilv_instance_activate(instance)
  }

  /// The control port of a symbol.
  public subscript(symbol: String) -> Float? {
    get { port(symbol).map { controls[$0] } }
    set { if let index = port(symbol), let newValue { controls[index] = newValue } }
  }

  /// Sets an input control port, which must exist; the value may be any.
  public func set(_ symbol: String, to value: Float) throws(HostError) {
    guard let port = bundle.ports.first(where: { $0.symbol == symbol && $0.kind == .control && $0.isInput }) else {
      let known = bundle.ports.filter { $0.kind == .control && $0.isInput }.map(\.symbol).joined(separator: ", ")
      throw HostError(subject: bundle.uri, expected: "one of the controls \(known)", found: symbol)
    }
    controls[Int(port.index)] = value
  }

  /// Where the value of a control port is kept; valid as long as the host.
  func controlPointer(_ symbol: String) -> UnsafeMutablePointer<Float>? {
    port(symbol).flatMap { index in controls.baseAddress.map { $0 + index } }
  }

  private func port(_ symbol: String) -> Int? {
    bundle.ports.first { $0.symbol == symbol && $0.kind == .control }.map { Int($0.index) }
  }

  /// An event of any type for the next cycle, `time` samples into it.
  public func send(type: LV2_URID, body: [UInt8], time: Int64 = 0) {
    pending.append(AtomBuffer.Event(time: time, type: type, body: body))
  }

  /// A MIDI message for the next cycle.
  public func send(midi: [UInt8], time: Int64 = 0) { send(type: midiEvent, body: midi, time: time) }

  /// Runs a cycle of `count` samples, after which `outputs` hold the sound. Returns what the plugin said.
  @discardableResult
  public func run(_ count: Int) -> [AtomBuffer.Event] {
    precondition(count >= 0 && count <= bufferSize, "\(count) samples in buffers of \(bufferSize)")
    toPlugin.clear()
    var sent = 0
    while sent < pending.count,
      toPlugin.append(time: pending[sent].time, type: pending[sent].type, body: pending[sent].body)
    {
      sent += 1
    }
    pending.removeFirst(sent)
    fromPlugin.offer()
    lilv_instance_run(instance, UInt32(count))
    return fromPlugin.events
  }
}
