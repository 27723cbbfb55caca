// NSMSession: this program in a session of a manager that speaks the Non Session Manager's protocol (OSC over UDP):
// nsmd, New Session Manager, RaySession. It is told where its state lives, and when to save it.
import CLiblo
import Foundation

/// The manager that started this program.
final class NSMSession {
  enum Wish {
    /// Where this client's state lives, without an ending; what users see; and what JACK is to call it.
    case open(path: String, title: String, client: String)
    case save
  }

  private var link: OpaquePointer?
  private var waiting: [Wish] = []
  private var isDirty = false
  /// The manager's own name, once it has answered.
  private(set) var manager: String?
  /// Why it does not want us.
  private(set) var refusal: String?

  /// The manager that `NSM_URL` names; nil without one.
  init?(environment: [String: String] = ProcessInfo.processInfo.environment) throws {
    guard let url = environment["NSM_URL"], !url.isEmpty else { return nil }
    if let missing = cliblo_load() {
      throw Failure(
        "NSM_URL: to answer a session manager liblo is needed (package liblo7): \(String(cString: missing))")
    }
    link = cliblo_open(
      url,
      { path, types, arguments, context in
        Unmanaged<NSMSession>.fromOpaque(context!).takeUnretainedValue().receive(
          String(cString: path!), String(cString: types!), arguments)
      }, Unmanaged.passUnretained(self).toOpaque())
    guard link != nil else { throw Failure("NSM_URL: expected the address of a session manager, found \(url)") }
  }

  deinit { if let link { cliblo_close(link) } }

  /// What can be waited on for messages.
  var descriptor: Int32 { link.map { cliblo_descriptor($0) } ?? -1 }

  /// Introduces the program, version 1.2 of the protocol.
  func announce(_ name: String, executable: String) {
    send(
      "/nsm/server/announce",
      [.text(name), .text(":dirty:"), .text(executable), .number(1), .number(2), .number(getpid())])
  }

  /// What the manager has asked for since the last time.
  func look() -> [Wish] {
    if let link { cliblo_receive(link) }
    defer { waiting = [] }
    return waiting
  }

  /// Tells that a wish was granted, or why not.
  func answer(_ wish: Wish, failure: String? = nil) {
    let path: Argument
    switch wish {
    case .open: path = .text("/nsm/client/open")
    case .save: path = .text("/nsm/client/save")
    }
    if let failure {
      send("/error", [path, .number(-1), .text(failure)])
    } else {
      send("/reply", [path, .text("OK")])
      tell(isDirty: false)
    }
  }

  /// Tells whether there is something to save.
  func tell(isDirty: Bool) {
    guard isDirty != self.isDirty else { return }
    self.isDirty = isDirty
    send(isDirty ? "/nsm/client/is_dirty" : "/nsm/client/is_clean", [])
  }

  private func receive(_ path: String, _ types: String, _ arguments: UnsafePointer<UnsafeRawPointer?>?) {
    func text(_ index: Int) -> String? {
      let kinds = Array(types.utf8)
      guard index < kinds.count, kinds[index] == UInt8(ascii: "s"), let at = arguments?[index] else { return nil }
      return String(cString: at.assumingMemoryBound(to: CChar.self))
    }
    switch path {
    case "/nsm/client/open":
      guard let path = text(0), let title = text(1), let client = text(2) else { return }
      waiting.append(.open(path: path, title: title, client: client))
    case "/nsm/client/save": waiting.append(.save)
    case "/reply" where text(0) == "/nsm/server/announce": manager = text(2) ?? "a session manager"
    case "/error" where text(0) == "/nsm/server/announce": refusal = text(2) ?? "without a reason"
    default: break
    }
  }

  private enum Argument {
    case text(String)
    case number(Int32)
  }

  private func send(_ path: String, _ arguments: [Argument]) {
    guard let link else { return }
    var types = ""
    var numbers: [Int32] = []
    var strings: [UnsafeMutablePointer<CChar>?] = []
    for argument in arguments {
      switch argument {
      case .text(let text):
        types += "s"
        strings.append(strdup(text))
        numbers.append(0)
      case .number(let number):
        types += "i"
        strings.append(nil)
        numbers.append(number)
      }
    }
    defer { for string in strings { free(string) } }
    let pointers = strings.map { UnsafePointer<CChar>($0) }
    _ = cliblo_send(link, path, types, pointers, numbers)
  }
}
