// Lifeline: a client on a server that may be away, go and come back.
// It is asked some times a second and says what has become of it; an attempt is made once a second.
import CRealtime

/// Opens a client again and again.
public final class Lifeline {
  public enum News {
    case nothing
    /// A client that is not active yet.
    case opened(Client)
    /// The server went: the client is closed.
    case lost
    /// The server runs at another rate: whoever counts in samples begins anew.
    case rate(Int)
  }

  public let name: String
  public let notices = Notices()
  public private(set) var client: Client?
  private let server: String?
  private var nextAttempt: Int64 = 0
  private var knownRate = 0

  public init(name: String, server: String?) {
    self.name = name
    self.server = server
  }

  /// The client, from a server that is there.
  public func open() throws(JACKError) -> Client {
    nextAttempt = fp_now() + 1_000_000_000
    let client = try Client(name, server: server, notices: notices)
    self.client = client
    knownRate = client.sampleRate
    return client
  }

  /// What has happened since the last time.
  ///
  /// - Throws: what waiting does not help against.
  public func look() throws(JACKError) -> News {
    guard client != nil else {
      guard fp_now() >= nextAttempt else { return .nothing }
      do { return .opened(try open()) } catch {
        guard error.reason == .noServer else { throw error }
        return .nothing
      }
    }
    if notices.isLost.load(ordering: .acquiring) {
      close()
      nextAttempt = fp_now() + 500_000_000
      return .lost
    }
    let rate = notices.rate.load(ordering: .relaxed)
    if rate != knownRate {
      knownRate = rate
      return .rate(rate)
    }
    return .nothing
  }

  /// Leaves the server.
  public func close() {
    client?.close()
    client = nil
  }
}
