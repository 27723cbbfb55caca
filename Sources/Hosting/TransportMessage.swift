// TransportMessage: time:Position, as a host tells its plugins where the transport is.
import CLV2

extension LV2Host {
  /// Tells the transport's frame and whether it rolls, in the next cycle.
  public func sendTransport(frame: Int64, isRolling: Bool, time: Int64 = 0) {
    send(
      type: urid("atom#Object"),
      body: object(
        urid("time#Position"),
        [
          (urid("time#frame"), urid("atom#Long"), withUnsafeBytes(of: frame) { Array($0) }),
          (urid("time#speed"), urid("atom#Float"), bytes((isRolling ? Float(1) : 0).bitPattern)),
        ]), time: time)
  }
}
