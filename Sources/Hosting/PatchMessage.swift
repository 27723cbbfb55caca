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
    send(
      type: urid("atom#Object"),
      body: object(
        urid("patch#Set"),
        [
          (urid("patch#property"), urid("atom#URID"), bytes(urids[property])),
          (urid("patch#value"), urid("atom#Path"), Array(path.utf8) + [0]),
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
    guard event.type == urid("atom#Object"), event.body.count >= 8, number(event.body, 4) == urid("patch#Set") else {
      return nil
    }
    var isAboutIt = false
    var text: String?
    var start = 8
    while start + 16 <= event.body.count {
      let key = number(event.body, start)
      let size = Int(number(event.body, start + 8))
      guard start + 16 + size <= event.body.count else { return nil }
      if key == urid("patch#property"), size == 4 { isAboutIt = number(event.body, start + 16) == urids[property] }
      if key == urid("patch#value") {
        text = String(decoding: event.body[(start + 16)..<(start + 16 + size)].prefix { $0 != 0 }, as: UTF8.self)
      }
      start += 16 + (size + 7) & ~7
    }
    return isAboutIt ? text : nil
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
