// RawState: a plugin's `restore` called with whatever a test puts in front of it, and with no features at all.
import CLV2
import Glibc
import Hosting

let versionURI = "urn:fotoplayer:piano#version"

/// A stored value.
enum StoredValue {
  case int(Int32)
  case double(Double)
  case float(Float)
  case path(String)
  case unterminated(String)
}

/// What `retrieve` looks into.
private final class Stored {
  var values: [LV2_URID: (type: LV2_URID, bytes: [UInt8])] = [:]
  /// Copies that live until the end.
  var copies: [UnsafeMutableRawPointer] = []

  deinit { for copy in copies { free(copy) } }
}

/// Waits, by running, until the status has a word in it.
func status(_ host: LV2Host, until word: String) -> String {
  var last = ""
  for _ in 0..<2000 {
    last = host.property(statusURI) ?? last
    if last.contains(word) { return last }
    host.settle()
  }
  return last
}

extension LV2Host {
  /// Restores from `values`.
  func restore(_ values: [String: StoredValue]) -> LV2_State_Status {
    let stored = Stored()
    let atom = "http://lv2plug.in/ns/ext/atom#"
    for (key, value) in values {
      switch value {
      case .int(let number):
        stored.values[urids[key]] = (urids[atom + "Int"], withUnsafeBytes(of: number) { Array($0) })
      case .double(let number):
        stored.values[urids[key]] = (urids[atom + "Double"], withUnsafeBytes(of: number) { Array($0) })
      case .float(let number):
        stored.values[urids[key]] = (urids[atom + "Float"], withUnsafeBytes(of: number) { Array($0) })
      case .path(let text): stored.values[urids[key]] = (urids[atom + "Path"], Array(text.utf8) + [0])
      case .unterminated(let text): stored.values[urids[key]] = (urids[atom + "Path"], Array(text.utf8))
      }
    }
    guard let data = extensionData("http://lv2plug.in/ns/ext/state#interface") else { return LV2_STATE_ERR_UNKNOWN }
    let interface = data.assumingMemoryBound(to: LV2_State_Interface.self)
    return withExtendedLifetime(stored) {
      interface.pointee.restore(
        handle,
        { context, key, size, type, flags in
          let stored = Unmanaged<Stored>.fromOpaque(context!).takeUnretainedValue()
          guard let value = stored.values[key], let copy = malloc(max(1, value.bytes.count)) else { return nil }
          // Exactly as long as it is, so that reading past its end is found by those who look for it.
          value.bytes.withUnsafeBytes {
            copy.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(copy), byteCount: $0.count)
          }
          stored.copies.append(copy)
          size?.pointee = value.bytes.count
          type?.pointee = value.type
          flags?.pointee = LV2_STATE_IS_POD.rawValue
          return UnsafeRawPointer(copy)
        }, Unmanaged.passUnretained(stored).toOpaque(), 0, nil)
    }
  }

  /// Lets the plugin's other threads come to something.
  func settle() { usleep(1000) }

  /// Whether the event says that what is stored has changed.
  func isStateChanged(_ event: AtomBuffer.Event) -> Bool {
    event.type == urids["http://lv2plug.in/ns/ext/atom#Object"]
      && event.body.count == 8
      && event.body[4...].elementsEqual(
        withUnsafeBytes(of: urids["http://lv2plug.in/ns/ext/state#StateChanged"]) { Array($0) })
  }
}
