// FilmError: what was wrong with which film, in words for the person who gave it.
import CLibAV

/// A film that could not be read or written.
public struct FilmError: Error, CustomStringConvertible, Equatable, Sendable {
  public let path: String
  /// What was to be done, and what was found instead.
  public let expected: String, found: String

  public var description: String { "\(path): expected \(expected), found \(found)" }
}

/// libav's words for one of its errors.
func words(_ error: Int32) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
    av_strerror(error, text.baseAddress, 128)
    return String(cString: text.baseAddress!)
  }
}

/// What must hold before libav does anything: it says nothing by itself, and no hostile file makes it ask for gigabytes.
let libavIsReady: Void = {
  av_log_set_level(AV_LOG_QUIET)
  av_max_alloc(1 << 30)
}()

/// The most points that a picture may have: that of an 8K film, twice.
let mostPoints = 1 << 26

extension AVRational {
  var value: Double { den == 0 ? 0 : Double(num) / Double(den) }
}
