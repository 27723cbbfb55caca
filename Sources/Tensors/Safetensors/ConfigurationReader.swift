// ConfigurationReader: the members of a JSON object, each with the range that it must lie in.

/// What was wrong with a configuration.
public struct ConfigurationError: Error, CustomStringConvertible, Equatable {
  public let description: String
  public init(_ description: String) { self.description = description }
}

/// Reads the members of one JSON object.
public struct ConfigurationReader {
  private let json: JSON, path: String

  public init(_ json: JSON, path: String) throws(ConfigurationError) {
    guard json.members != nil else { throw ConfigurationError("\(path): expected an object") }
    self.json = json
    self.path = path
  }

  /// A whole number within a range.
  public func integer(_ name: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
    guard let value = json[name]?.integer, range.contains(value) else {
      throw fault(name, "a whole number in \(range)")
    }
    return value
  }

  /// A number within a range.
  public func number(_ name: String, in range: ClosedRange<Double>) throws(ConfigurationError) -> Double {
    guard let value = json[name]?.double, range.contains(value) else { throw fault(name, "a number in \(range)") }
    return value
  }

  /// At least two whole numbers within a range, each greater than the one before.
  public func rising(_ name: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> [Int] {
    let values = json[name]?.elements?.compactMap(\.integer) ?? []
    guard values.count == json[name]?.elements?.count, values.count >= 2, values.allSatisfy(range.contains),
      zip(values, values.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw fault(name, "rising whole numbers in \(range)") }
    return values
  }

  /// So many whole numbers within a range.
  public func integers(_ name: String, count: Int, in range: ClosedRange<Int>) throws(ConfigurationError) -> [Int] {
    let values = json[name]?.elements?.compactMap(\.integer).filter(range.contains) ?? []
    guard values.count == count, json[name]?.elements?.count == count else {
      throw fault(name, "\(count) whole numbers in \(range)")
    }
    return values
  }

  /// True or false.
  public func flag(_ name: String) throws(ConfigurationError) -> Bool {
    guard let value = json[name]?.bool else { throw fault(name, "true or false") }
    return value
  }

  /// One of some words.
  public func word(_ name: String, in words: [String]) throws(ConfigurationError) -> String {
    guard let value = json[name]?.string, words.contains(value) else {
      throw fault(name, words.map { "\"\($0)\"" }.joined(separator: " or "))
    }
    return value
  }

  /// Numbers within a range, at least one and at most `most`.
  public func numbers(
    _ name: String, in range: ClosedRange<Double>, most: Int
  ) throws(ConfigurationError) -> [Double] {
    let values = json[name]?.elements ?? []
    let numbers = values.compactMap(\.double).filter(range.contains)
    guard !values.isEmpty, values.count <= most, numbers.count == values.count else {
      throw fault(name, "1…\(most) numbers in \(range)")
    }
    return numbers
  }

  /// Whether a member is missing or null: for what may be left out.
  public func isAbsent(_ name: String) -> Bool { json[name] == nil || json[name] == .null }

  private func fault(_ name: String, _ expected: String) -> ConfigurationError {
    ConfigurationError("\(path).\(name): expected \(expected), found \(json[name].map { $0.text() } ?? "nothing")")
  }
}
