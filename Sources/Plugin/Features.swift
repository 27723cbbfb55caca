// Features: what the host offers, found in its list.
// Lists end with NULL, and some with an entry of NULLs before it; every pointer is looked at before it is followed.
import CLV2
import Glibc

/// The features this plugin knows.
struct Features {
  var map: UnsafePointer<LV2_URID_Map>?
  var log: UnsafePointer<LV2_Log_Log>?
  var options: UnsafePointer<LV2_Options_Option>?
  var mapPath: UnsafePointer<LV2_State_Map_Path>?
  var freePath: UnsafePointer<LV2_State_Free_Path>?
  /// Ardour and its kin are known by a feature that is theirs alone. They tell the position of the sound that is handed
  /// back, others that of the notes handed in.
  private(set) var tellsPositionOfSound = false

  init(_ list: UnsafePointer<UnsafePointer<LV2_Feature>?>?) {
    guard var entry = list else { return }
    while let feature = entry.pointee {
      entry += 1
      // Imported as never NULL, which hosts do not know.
      guard let uri = Optional(feature.pointee.URI) ?? nil, let data = UnsafeRawPointer(feature.pointee.data) else {
        continue
      }
      if strcmp(uri, "http://ardour.org/lv2/midnam#update") == 0 { tellsPositionOfSound = true }
      func take<T>(_ name: String, _ field: inout UnsafePointer<T>?) {
        if strcmp(uri, name) == 0 { field = data.assumingMemoryBound(to: T.self) }
      }
      take("http://lv2plug.in/ns/ext/urid#map", &map)
      take("http://lv2plug.in/ns/ext/log#log", &log)
      take("http://lv2plug.in/ns/ext/options#options", &options)
      take("http://lv2plug.in/ns/ext/state#mapPath", &mapPath)
      take("http://lv2plug.in/ns/ext/state#freePath", &freePath)
    }
  }
}

/// The host's log, or the standard error where it keeps none. Not for the audio thread.
struct HostLog {
  let log: UnsafePointer<LV2_Log_Log>?
  /// Of whoever speaks.
  let name: String
  let error: LV2_URID, note: LV2_URID

  func report(_ text: String, isError: Bool = true) {
    let line = name + ": " + text
    if let log, log.pointee.printf != nil {
      clv2_log(log, isError ? error : note, line)
    } else if isError {
      HostLog.complain(line)
    }
  }

  /// One line on the standard error.
  static func complain(_ line: String) {
    _ = (line + "\n").withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }
}
