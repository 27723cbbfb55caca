// Notice: a line on standard error about what has happened, for programs that run on.
import Foundation
import JACK

enum Notice {
  static func say(_ text: String) { FileHandle.standardError.write(Data("fotoplayer: \(text)\n".utf8)) }

  /// Opens a client, waiting for a server if that is wished.
  static func open(_ lifeline: Lifeline, wait: Bool, each: () throws -> Void) throws -> Client {
    do { return try lifeline.open() } catch {
      guard error.reason == .noServer else { throw Failure(error.description) }
      guard wait else {
        throw Failure("\(error); start one (jackd, qjackctl, PipeWire), or wait for one with --wait")
      }
      say("\(error): waiting for one")
    }
    while true {
      try each()
      do { if case .opened(let client) = try lifeline.look() { return client } } catch {
        throw Failure("\(error)")
      }
    }
  }
}
