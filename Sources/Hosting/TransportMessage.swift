// TransportMessage: time:Position, as a host tells its plugins where the transport is.
import CLV2

/// A place in bars and beats, as the host counts them from 0.
public struct HostBeats: Sendable {
  public var bar: Int64, barBeat: Float
  public var beatsPerBar: Float, beatUnit: Int32
  public var beatsPerMinute: Float

  public init(
    bar: Int64 = 0, barBeat: Float = 0, beatsPerBar: Float = 4, beatUnit: Int32 = 4, beatsPerMinute: Float = 120
  ) {
    self.bar = bar
    self.barBeat = barBeat
    self.beatsPerBar = beatsPerBar
    self.beatUnit = beatUnit
    self.beatsPerMinute = beatsPerMinute
  }
}

extension LV2Host {
  /// Tells the transport's frame and whether it rolls, in the next cycle.
  public func sendTransport(frame: Int64, isRolling: Bool, time: Int64 = 0) {
    sendTransport(frame: frame, speed: isRolling ? 1 : 0, time: time)
  }

  /// Tells the transport's frame and speed, and its place in bars and beats if the host counts them, in the next cycle.
  public func sendTransport(frame: Int64, speed: Float, beats: HostBeats? = nil, time: Int64 = 0) {
    var properties: [(key: LV2_URID, type: LV2_URID, value: [UInt8])] = []
    func add<Value: BitwiseCopyable>(_ name: String, _ type: String, _ value: Value) {
      properties.append((urid("time#" + name), urid("atom#" + type), withUnsafeBytes(of: value) { Array($0) }))
    }
    add("frame", "Long", frame)
    add("speed", "Float", speed)
    if let beats {
      add("barBeat", "Float", beats.barBeat)
      add("bar", "Long", beats.bar)
      add("beatUnit", "Int", beats.beatUnit)
      add("beatsPerBar", "Float", beats.beatsPerBar)
      add("beatsPerMinute", "Float", beats.beatsPerMinute)
    }
    send(type: urid("atom#Object"), body: object(urid("time#Position"), properties), time: time)
  }
}
