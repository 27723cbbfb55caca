// PatchMessage: patch:Get and patch:Set as a host writes them, and patch:Set as it reads it.
import CLV2

extension LV2Host {
  func urid(_ name: String) -> LV2_URID { urids["http://lv2plug.in/ns/ext/" + name] }

  /// Asks for a property, or for all of them, in the next cycle.
  public func get(_ property: String? = nil, time: Int64 = 0) {
    let properties = property.map { [(urid("patch#property"), urid("atom#URID"), bytes(urids[$0]))] } ?? []
    send(type: urid("atom#Object"), body: object(urid("patch#Get"), properties), time: time)
  }

  /// Sets a property to a path in the next cycle.
  public func set(_ property: String, toPath path: String, time: Int64 = 0) {
    set(property, to: (urid("atom#Path"), Array(path.utf8) + [0]), time)
  }

  /// Sets a property to a text in the next cycle.
  public func set(_ property: String, toText text: String, time: Int64 = 0) {
    set(property, to: (urid("atom#String"), Array(text.utf8) + [0]), time)
  }

  /// Sets a property to a number in the next cycle.
  public func set(_ property: String, toNumber number: Double, time: Int64 = 0) {
    set(property, to: (urid("atom#Double"), withUnsafeBytes(of: number) { Array($0) }), time)
  }

  private func set(_ property: String, to value: (type: LV2_URID, bytes: [UInt8]), _ time: Int64) {
    send(
      type: urid("atom#Object"),
      body: object(
        urid("patch#Set"),
        [
          (urid("patch#property"), urid("atom#URID"), bytes(urids[property])),
          (urid("patch#value"), value.type, value.bytes),
        ]), time: time)
  }

  /// Puts properties, all of them paths, in the next cycle.
  public func put(_ properties: [String: String], time: Int64 = 0) {
    let paths = properties.sorted { $0.key < $1.key }.map {
      (urids[$0.key], urid("atom#Path"), Array($0.value.utf8) + [0])
    }
    let body = object(0, paths)
    send(
      type: urid("atom#Object"),
      body: object(urid("patch#Put"), [(urid("patch#body"), urid("atom#Object"), body)]), time: time)
  }

  /// The text that an event says the property is set to; nil if it says anything else.
  public func text(_ property: String, in event: AtomBuffer.Event) -> String? {
    value(property, in: event).map { String(decoding: $0.bytes.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// The same for an atom:Double.
  public func number(_ property: String, in event: AtomBuffer.Event) -> Double? {
    guard let value = value(property, in: event), value.type == urid("atom#Double"), value.bytes.count == 8 else {
      return nil
    }
    return value.bytes.withUnsafeBytes { $0.loadUnaligned(as: Double.self) }
  }

  private func value(_ property: String, in event: AtomBuffer.Event) -> (type: LV2_URID, bytes: ArraySlice<UInt8>)? {
    guard event.type == urid("atom#Object"), event.body.count >= 8, number(event.body, 4) == urid("patch#Set") else {
      return nil
    }
    var isAboutIt = false
    var value: (type: LV2_URID, bytes: ArraySlice<UInt8>)?
    var start = 8
    while start + 16 <= event.body.count {
      let key = number(event.body, start)
      let size = Int(number(event.body, start + 8))
      guard start + 16 + size <= event.body.count else { return nil }
      if key == urid("patch#property"), size == 4 { isAboutIt = number(event.body, start + 16) == urids[property] }
      if key == urid("patch#value") {
        value = (number(event.body, start + 12), event.body[(start + 16)..<(start + 16 + size)])
      }
      start += 16 + (size + 7) & ~7
    }
    return isAboutIt ? value : nil
  }

  func object(_ kind: LV2_URID, _ properties: [(key: LV2_URID, type: LV2_URID, value: [UInt8])]) -> [UInt8] {
    var body = bytes(0) + bytes(kind)
    for property in properties {
      body += bytes(property.key) + bytes(0) + bytes(UInt32(property.value.count)) + bytes(property.type)
      body += property.value + [UInt8](repeating: 0, count: -property.value.count & 7)
    }
    return body
  }

  func bytes(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number) { Array($0) } }

  private func number(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
  }
}
