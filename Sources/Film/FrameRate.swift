// FrameRate: pictures a second, as the fraction that films state: 30000/1001 is no decimal number.
import CLibAV

/// `numerator / denominator` pictures a second.
public struct FrameRate: Equatable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  public let numerator: Int, denominator: Int

  /// Both positive.
  public init(_ numerator: Int, per denominator: Int = 1) {
    precondition(numerator > 0 && denominator > 0, "\(numerator)/\(denominator) pictures a second")
    self.numerator = numerator
    self.denominator = denominator
  }

  public init(integerLiteral value: Int) { self.init(value) }

  /// Nil where libav states none.
  init?(_ rational: AVRational) {
    guard rational.num > 0 && rational.den > 0 else { return nil }
    self.init(Int(rational.num), per: Int(rational.den))
  }

  public var picturesPerSecond: Double { Double(numerator) / Double(denominator) }

  public var description: String {
    if denominator == 1 { return "\(numerator)" }
    let thousandths = Int((picturesPerSecond * 1000).rounded())
    return "\(Double(thousandths) / 1000) (\(numerator)/\(denominator))"
  }
}
