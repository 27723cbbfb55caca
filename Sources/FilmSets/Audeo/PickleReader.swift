// PickleReader: reads pickles of protocols 2 to 5 as data, as far as numbers, texts, containers and NumPy's arrays go.
// Opcodes are those of Python's pickletools. What a pickle asks to be called is looked up among five names; all else is refused.

/// Reads one pickle. Work and memory grow with its bytes, whatever they say.
package struct PickleReader {
  private let bytes: [UInt8]
  private var place = 0
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var objects: [PickleObject] = []
  /// Of each object.
  private var parts: [[PickleValue]] = []
  /// Bytes that were made from texts.
  private var made = 0

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// - Throws: what is wrong, and where.
  package static func read(_ bytes: [UInt8]) throws(NotUnderstood) -> Pickle {
    var reader = PickleReader(bytes: bytes)
    do throws(NotUnderstood) {
      guard try reader.byte() == 0x80, 2...5 ~= (try reader.byte()) else {
        throw NotUnderstood("no pickle of protocol 2 to 5")
      }
      while true {
        if let value = try reader.step() { return Pickle(value: value, objects: reader.objects, parts: reader.parts) }
      }
    } catch { throw NotUnderstood("\(error.description), at byte \(reader.place)") }
  }

  /// One opcode; the pickle's value when that ends it.
  private mutating func step() throws(NotUnderstood) -> PickleValue? {
    let code = try byte()
    switch code {
    case UInt8(ascii: "."): return try pop()
    case 0x80: _ = try byte()
    case 0x95: _ = try number(8)
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: "0"): _ = try pop()
    case UInt8(ascii: "1"): _ = try popMark()
    case UInt8(ascii: "2"): stack.append(try top())
    case 0x98: _ = try top()
    case UInt8(ascii: "N"): stack.append(.nothing)
    case 0x88, 0x89: stack.append(.bool(code == 0x88))
    case UInt8(ascii: "J"): stack.append(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
    case UInt8(ascii: "K"): stack.append(.integer(try number(1)))
    case UInt8(ascii: "M"): stack.append(.integer(try number(2)))
    case 0x8A: stack.append(.integer(try long(try number(1))))
    case 0x8B: stack.append(.integer(try long(try number(4))))
    case UInt8(ascii: "G"):
      let bits = try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      stack.append(.number(Double(bitPattern: bits)))
    case UInt8(ascii: "X"), 0x8C, 0x8D:
      let length = try number(code == 0x8C ? 1 : code == 0x8D ? 8 : 4)
      stack.append(.text(String(decoding: try take(length), as: UTF8.self)))
    case UInt8(ascii: "C"), UInt8(ascii: "U"): stack.append(.bytes(Array(try take(try number(1)))))
    case UInt8(ascii: "B"), UInt8(ascii: "T"): stack.append(.bytes(Array(try take(try number(4)))))
    case 0x8E, 0x96: stack.append(.bytes(Array(try take(try number(8)))))
    case UInt8(ascii: "c"): stack.append(.global(Self.name(try line(), try line())))
    case 0x93:
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
        throw NotUnderstood("something to call without a name")
      }
      stack.append(.global(Self.name(module, name)))
    case UInt8(ascii: "R"):
      let arguments = try tuple(try pop())
      stack.append(try called(try pop(), arguments))
    case UInt8(ascii: "b"):
      let state = try pop()
      try build(try top(), state)
    default:
      if try stepOfContainer(code) { break }
      guard try stepOfMemo(code) else { throw NotUnderstood("opcode \(code) is not known here") }
    }
    return nil
  }

  private mutating func stepOfContainer(_ code: UInt8) throws(NotUnderstood) -> Bool {
    switch code {
    case UInt8(ascii: "]"): add(.list)
    case UInt8(ascii: "}"): add(.dictionary)
    case UInt8(ascii: ")"): add(.tuple)
    case UInt8(ascii: "l"): add(.list, try popMark())
    case UInt8(ascii: "d"): add(.dictionary, try popMark())
    case UInt8(ascii: "t"): add(.tuple, try popMark())
    case 0x85, 0x86, 0x87:
      var last: [PickleValue] = []
      for _ in 0..<Int(code - 0x84) { last.append(try pop()) }
      add(.tuple, last.reversed())
    case UInt8(ascii: "a"): try extend([try pop()])
    case UInt8(ascii: "e"): try extend(try popMark())
    case UInt8(ascii: "s"):
      let value = try pop()
      try extend([try pop(), value])
    case UInt8(ascii: "u"): try extend(try popMark())
    default: return false
    }
    return true
  }

  private mutating func stepOfMemo(_ code: UInt8) throws(NotUnderstood) -> Bool {
    switch code {
    case 0x94: memo[memo.count] = try top()
    case UInt8(ascii: "q"): memo[try number(1)] = try top()
    case UInt8(ascii: "r"): memo[try number(4)] = try top()
    case UInt8(ascii: "h"), UInt8(ascii: "j"):
      guard let value = memo[try number(code == UInt8(ascii: "h") ? 1 : 4)] else {
        throw NotUnderstood("something that was never said before")
      }
      stack.append(value)
    default: return false
    }
    return true
  }

  // Containers

  private mutating func add(_ object: PickleObject, _ contents: [PickleValue] = []) {
    stack.append(.object(objects.count))
    objects.append(object)
    parts.append(contents)
  }

  /// Puts parts into the list or the dictionary on top.
  private mutating func extend(_ more: [PickleValue]) throws(NotUnderstood) {
    guard case .object(let index) = try top() else { throw NotUnderstood("parts of something without parts") }
    switch objects[index] {
    case .list: parts[index] += more
    case .dictionary where more.count % 2 == 0: parts[index] += more
    default: throw NotUnderstood("parts of something without parts")
    }
  }

  private func tuple(_ value: PickleValue) throws(NotUnderstood) -> [PickleValue] {
    guard case .object(let index) = value, case .tuple = objects[index] else {
      throw NotUnderstood("a call without arguments")
    }
    return parts[index]
  }

  // What is called

  private static func name(_ module: String, _ name: String) -> String {
    (module.hasPrefix("numpy._core") ? "numpy.core" + module.dropFirst(11) : module) + "." + name
  }

  private mutating func called(_ function: PickleValue, _ arguments: [PickleValue]) throws(NotUnderstood) -> PickleValue
  {
    guard case .global(let name) = function else { throw NotUnderstood("a call of something that is no function") }
    let object: PickleObject
    switch (name, arguments.first) {
    case ("numpy.core.multiarray._reconstruct", _): object = .array(nil)
    case ("numpy.dtype", .text(let name)?): object = .type(try Self.type(name))
    case ("numpy.dtype", .bytes(let name)?): object = .type(try Self.type(String(decoding: name, as: UTF8.self)))
    case ("numpy.core.numeric._frombuffer", .bytes(let bytes)?) where arguments.count == 4:
      object = .array(
        try array(shape: arguments[2], type: arguments[1], bytes, isByColumns: arguments[3] == .text("F")))
    case ("numpy.core.multiarray.scalar", .object(let index)?):
      guard case .type(let type) = objects[index], arguments.count == 2, case .bytes(let bytes) = arguments[1],
        bytes.count == type.size
      else { throw NotUnderstood("a number of NumPy's without its bytes") }
      let value = type.value(bytes[...])
      return type.kind == "f" ? .number(value) : Int(exactly: value).map { .integer($0) } ?? .number(value)
    case ("_codecs.encode", .text(let text)?):
      made += text.unicodeScalars.count
      let encoded = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
      guard made <= 16 * bytes.count, encoded.count == text.unicodeScalars.count else {
        throw NotUnderstood("bytes that are none")
      }
      return .bytes(encoded)
    default: throw NotUnderstood("it wants to call \(name.prefix(80)), which is not done")
    }
    objects.append(object)
    parts.append([])
    return .object(objects.count - 1)
  }

  private static func type(_ name: String) throws(NotUnderstood) -> NumberType {
    guard let type = NumberType(name) else { throw NotUnderstood("an array of \(name.prefix(40)), not of numbers") }
    return type
  }

  private func array(
    shape: PickleValue, type: PickleValue, _ bytes: [UInt8], isByColumns: Bool
  ) throws(NotUnderstood) -> NumberArray {
    let lengths = try tuple(shape).map { $0.wholeNumber ?? -1 }
    guard case .object(let index) = type, case .type(let kind) = objects[index],
      let array = NumberArray(shape: lengths, kind, bytes, isByColumns: isByColumns)
    else { throw NotUnderstood("an array whose shape, type and bytes do not fit") }
    return array
  }

  /// Tells an object its state: (…, shape, type, by columns, bytes) of an array, (version, byte order, …) of a type.
  private mutating func build(_ value: PickleValue, _ state: PickleValue) throws(NotUnderstood) {
    let state = try tuple(state)
    guard case .object(let index) = value else { throw NotUnderstood("a state of something that has none") }
    switch objects[index] {
    case .array(nil):
      guard state.count >= 4, case .bytes(let bytes) = state[state.count - 1] else {
        throw NotUnderstood("an array of something else than numbers")
      }
      objects[index] = .array(
        try array(
          shape: state[state.count - 4], type: state[state.count - 3], bytes,
          isByColumns: state[state.count - 2].wholeNumber == 1))
    case .type(var type):
      guard state.count > 1 else { throw NotUnderstood("a type without its byte order") }
      type.isBigEndian = state[1] == .text(">") || state[1] == .bytes([UInt8(ascii: ">")])
      objects[index] = .type(type)
    default: throw NotUnderstood("a state of something that has none")
    }
  }

  // Bytes, and the stack

  private mutating func byte() throws(NotUnderstood) -> UInt8 {
    guard place < bytes.count else { throw NotUnderstood("it ends too early") }
    place += 1
    return bytes[place - 1]
  }

  private mutating func take(_ count: Int) throws(NotUnderstood) -> ArraySlice<UInt8> {
    guard 0...(bytes.count - place) ~= count else { throw NotUnderstood("it ends too early") }
    place += count
    return bytes[place - count..<place]
  }

  /// A whole number of up to eight bytes, the least first.
  private mutating func number(_ count: Int) throws(NotUnderstood) -> Int {
    Int(truncatingIfNeeded: try take(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  /// A whole number with a sign; of numbers of more than eight bytes nothing is known here.
  private mutating func long(_ count: Int) throws(NotUnderstood) -> Int {
    guard count <= 8 else { throw NotUnderstood("a number of \(count) bytes") }
    guard count > 0 else { return 0 }
    let shift = 64 - 8 * count
    return (try number(count) << shift) >> shift
  }

  private mutating func line() throws(NotUnderstood) -> String {
    guard let end = bytes[place...].firstIndex(of: 10) else { throw NotUnderstood("it ends too early") }
    defer { place = end + 1 }
    return String(decoding: bytes[place..<end], as: UTF8.self)
  }

  private func top() throws(NotUnderstood) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else { throw NotUnderstood("nothing to work on") }
    return value
  }

  private mutating func pop() throws(NotUnderstood) -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  /// All that came since the last mark.
  private mutating func popMark() throws(NotUnderstood) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw NotUnderstood("parts without a beginning") }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }
}
