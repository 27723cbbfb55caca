// Notice: a line on standard error about what has happened, for programs that run on.
import Foundation
import JACK

enum Notice {
  static func say(_ text: String) { FileHandle.standardError.write(Data("fotoplayer: \(text)\n".utf8)) }

  /// Before long work for a server: it should be there.
  static func expectServer(_ server: String?) throws {
    let lifeline = Lifeline(name: "fotoplayer-look", server: server)
    do { _ = try lifeline.open() } catch { throw missing(error) }
    lifeline.close()
  }

  private static func missing(_ error: JACKError) -> Failure {
    guard error.reason == .noServer else { return Failure(error.description) }
    return Failure("\(error); start one (jackd, qjackctl, PipeWire), or wait for one with --wait")
  }

  /// Opens a client, waiting for a server if that is wished.
  static func open(_ lifeline: Lifeline, wait: Bool, each: () throws -> Void) throws -> Client {
    do { return try lifeline.open() } catch {
      guard wait, error.reason == .noServer else { throw missing(error) }
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
