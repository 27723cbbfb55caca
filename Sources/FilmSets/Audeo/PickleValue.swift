// PickleValue: what a Python pickle says, as data: numbers, texts, lists, dictionaries, and arrays of NumPy's.
// Nothing in it is ever run. Containers are numbers of places in a list, so that no nesting can exhaust the stack.

/// One value; `object` is a place in its pickle's objects.
package enum PickleValue: Sendable, Equatable {
  case nothing
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case bytes([UInt8])
  /// What a pickle would call: `module.name`.
  case global(String)
  case object(Int)

  /// A number that is a whole one.
  package var wholeNumber: Int? {
    switch self {
    case .integer(let value): value
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }
}

/// What has parts, or is made of bytes.
package enum PickleObject: Sendable {
  /// A dictionary's parts are keys and values in turns.
  case list, tuple, dictionary
  /// The type of an array's numbers.
  case type(NumberType)
  /// nil until its state was told.
  case array(NumberArray?)
}

/// A pickle that was read.
package struct Pickle: Sendable {
  package let value: PickleValue
  let objects: [PickleObject]
  /// Of each object.
  let parts: [[PickleValue]]

  /// The pairs of a dictionary; nil where it is none.
  package func pairs(_ value: PickleValue) -> [(key: PickleValue, value: PickleValue)]? {
    guard case .object(let index) = value, case .dictionary = objects[index] else { return nil }
    let parts = parts[index]
    return stride(from: 0, to: parts.count - 1, by: 2).map { (parts[$0], parts[$0 + 1]) }
  }

  /// The numbers of an array of any shape, of a list or of a tuple; nil where it is none of them, where there are more or
  /// fewer, or where something else is among them.
  package func numbers(_ value: PickleValue, count: Int) -> [Double]? {
    guard case .object(let index) = value else { return nil }
    switch objects[index] {
    case .array(let array?): return array.count == count ? array.values : nil
    case .list, .tuple:
      guard parts[index].count == count else { return nil }
      let numbers = parts[index].compactMap { part -> Double? in
        if case .number(let value) = part { return value }
        return part.wholeNumber.map(Double.init)
      }
      return numbers.count == count ? numbers : nil
    default: return nil
    }
  }
}
