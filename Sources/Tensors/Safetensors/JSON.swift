// JSON: one value, with the members of an object in the order in which they were written.
// Small, strict and without Foundation, because headers and configurations are read inside other people's processes.

/// A JSON value (RFC 8259).
public enum JSON: Equatable, Sendable {
  case object([Member])
  case array([JSON])
  case string(String)
  case number(Double)
  case bool(Bool)
  case null

  /// A name and its value.
  public struct Member: Equatable, Sendable {
    public let name: String
    public let value: JSON

    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// The value of a member; nil when there is none, or when this is no object.
  public subscript(name: String) -> JSON? { members?.first { $0.name == name }?.value }

  /// An object with one member more, where there is something to say.
  package func with(_ name: String, _ value: JSON?) -> JSON {
    guard let value, case .object(let members) = self else { return self }
    return .object(members + [Member(name, value)])
  }

  public var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  public var elements: [JSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  public var string: String? {
    if case .string(let string) = self { string } else { nil }
  }

  public var double: Double? {
    if case .number(let number) = self { number } else { nil }
  }

  public var float: Float? { double.map { Float($0) } }

  /// A whole number within ±2⁵³, where a double is exact.
  public var integer: Int? {
    guard let double, double.magnitude <= 0x1p53 else { return nil }
    return Int(exactly: double)
  }

  public var bool: Bool? {
    if case .bool(let bool) = self { bool } else { nil }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral members: (String, JSON)...) { self = .object(members.map { Member($0, $1) }) }

  public init(_ value: Int) { self = .number(Double(value)) }
  public init(_ value: Float) { self = .number(Double(value)) }
  public init(_ value: Double) { self = .number(value) }
  public init(_ value: String) { self = .string(value) }
  public init(_ value: Bool) { self = .bool(value) }
}

/// Why a text is not JSON.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  /// Where, in bytes from the beginning.
  public let offset: Int
  public let reason: String

  public var description: String { "\(reason) at byte \(offset)" }
}
