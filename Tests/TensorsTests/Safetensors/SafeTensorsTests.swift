// SafeTensors: files of the reference implementation are read to the bit and written to the byte.
import Glibc
import Tensors
import Testing

/// The bytes of a file beside these tests.
func fixture(_ name: String, beside file: String = #filePath) -> String {
  let folder = file.split(separator: "/").dropLast(2).joined(separator: "/")
  return "/\(folder)/Fixtures/\(name)"
}

func bytes(of path: String) throws -> [UInt8] {
  let file = try #require(fopen(path, "rb"))
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
  return bytes
}

func temporaryPath(_ name: String = #function) -> String {
  let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  return "\(temporary)/\(name.filter { $0.isLetter || $0.isNumber }).\(getpid()).safetensors"
}

@Suite struct SafeTensorsTests {
  @Test(arguments: ["float32", "float16", "bfloat16"])
  func readsThePeersFile(_ type: String) throws {
    let file = try SafeTensors(path: fixture("\(type).safetensors"))
    let expected = try SafeTensors(path: fixture("\(type)-read.safetensors"))
    #expect(file.names.sorted() == ["edges", "layers.0.weight", "scalar"])
    #expect(file.metadata == ["text": "quotes \" and \\ and é"])
    #expect(file.shape("layers.0.weight") == [3, 5])
    #expect(try file.tensor("scalar").scalar == 3.25)
    for name in file.names {
      let found = try file.tensor(name)
      #expect(found.shape == (try expected.tensor(name)).shape)
      #expect(found.array.map(\.bitPattern) == (try expected.tensor(name)).array.map(\.bitPattern), "\(name)")
    }
  }

  @Test(arguments: zip(ElementType.floats, ["float32", "float16", "bfloat16"]))
  func writesThePeersBytes(_ type: ElementType, _ name: String) throws {
    let path = temporaryPath("written\(name)")
    defer { unlink(path) }
    let source = try SafeTensors(path: fixture("float32.safetensors"))
    let tensors = try source.names.map { (name: $0, tensor: try source.tensor($0)) }
    try SafeTensors.write(tensors, metadata: source.metadata, type: type, to: path)
    #expect(try bytes(of: path) == bytes(of: fixture("\(name).safetensors")))
  }

  @Test(arguments: ElementType.floats)
  func keepsWhatIsNoNumber(_ type: ElementType) throws {
    let path = temporaryPath("nan\(type)")
    defer { unlink(path) }
    // A payload in the lower half only must not become an infinity.
    let values = Tensor(Shape(3), [.nan, -.nan, Float(bitPattern: 0x7F80_0001)])
    try SafeTensors.write([("x", values)], type: type, to: path)
    #expect(try SafeTensors(path: path).tensor("x").array.allSatisfy(\.isNaN))
  }

  @Test func keepsWholeNumbers() throws {
    let path = temporaryPath("whole")
    defer { unlink(path) }
    let values = Tensor(Shape(7), [0, 1, 1023, 65535, 65536, -1, .nan])
    try SafeTensors.write([("codes", values)], type: .uint16, to: path)
    #expect(try SafeTensors(path: path).tensor("codes").array == [0, 1, 1023, 65535, 65535, 0, 0])
    #expect(try bytes(of: path).suffix(14).prefix(6) == [0, 0, 1, 0, 0xFF, 3])
  }

  @Test func carriesAModelsWeights() throws {
    let path = temporaryPath()
    defer { unlink(path) }
    func model(_ w: Scope) -> [Tensor] {
      // More than one piece of the writer's and reader's buffer.
      [(w / "a")("weight", 300, 300, initial: .fan(300)), w("none", 0, 3, initial: .zeros), w.constant("mean", 7)]
    }
    let made = try Weights.make(from: RandomWeights(seed: 1), model).weights
    try SafeTensors.write(made, to: path)
    let read = try Weights.make(from: SafeTensors(path: path), model).weights
    for (a, b) in zip(made.entries, read.entries) { #expect(a.name == b.name && a.tensor.array == b.tensor.array) }

    let part = try Weights.make(from: SafeTensors(path: path, prefix: "a.")) { $0("weight", 300, 300, initial: .ones) }
    #expect(part.model.array == made.entries[0].tensor.array)
  }

  @Test func readsSomeRows() throws {
    let path = temporaryPath()
    defer { unlink(path) }
    // More than one piece of the buffer, and a tensor before it.
    let table = Tensor(Shape(5, 200, 100), (0..<100_000).map { Float($0 % 251) })
    for type in [ElementType.float32, .bfloat16] {
      try SafeTensors.write(
        [("first", Tensor(Shape(3), [1, 2, 3])), ("table", table), ("one", Tensor(4))], type: type, to: path)
      let file = try SafeTensors(path: path)
      #expect(try file.rows("table", from: 1, count: 4).array == Array(table.array[20_000...]))
      #expect(try file.rows("table", from: 2, count: 1).shape == Shape(1, 200, 100))
      #expect(try file.rows("table", from: 5, count: 0).shape.count == 0)
      #expect(try file.rows("first", from: 1, count: 2).array == [2, 3])
      for (from, count) in [(-1, 2), (0, -1), (4, 2), (6, 0), (1, .max)] {
        #expect(throws: WeightsError.self) { try file.rows("table", from: from, count: count) }
      }
      #expect(throws: WeightsError.self) { try file.rows("one", from: 0, count: 1) }
      #expect(throws: WeightsError.self) { try file.rows("two", from: 0, count: 1) }
    }
  }

  @Test func writesTensorsAsTheyAreMade() throws {
    let path = temporaryPath()
    defer { unlink(path) }
    let shapes = (0..<3).map { (name: "x\($0)", shape: Shape(2, $0)) }
    try SafeTensors.write(shapes, to: path) { Tensor(repeating: Float($0), shapes[$0].shape) }
    let whole = try bytes(of: path)
    try SafeTensors.write(shapes.enumerated().map { ($1.name, Tensor(repeating: Float($0), $1.shape)) }, to: path)
    #expect(try bytes(of: path) == whole)
    // What cannot be made leaves the old file.
    #expect(throws: WeightsError.self) {
      try SafeTensors.write(shapes, to: path) { index in
        if index == 2 { throw WeightsError("given up") }
        return Tensor(zeros: shapes[index].shape)
      }
    }
    #expect(try bytes(of: path) == whole)
    #expect(access("\(path).\(getpid()).tmp", F_OK) != 0)
  }

  @Test func listsEveryFault() throws {
    let file = try SafeTensors(path: fixture("float32.safetensors"))
    let error = #expect(throws: WeightsError.self) {
      try Weights.make(from: file) { w in
        [
          (w / "layers" / 0)("weight", 5, 3, initial: .zeros), w("absent", 1, initial: .zeros),
          w("scalar", initial: .zeros),
        ]
      }
    }
    let text = error?.description ?? ""
    #expect(text.contains("layers.0.weight: expected [5, 3], found [3, 5]"), "\(text)")
    #expect(text.contains("absent: missing"), "\(text)")
    #expect(text.contains("edges: unknown"), "\(text)")
  }

  @Test func refusesWhatIsNoFloat() throws {
    let file = try SafeTensors(path: fixture("unreadable.safetensors"))
    let type = #expect(throws: WeightsError.self) { try file.tensor("counts") }
    #expect(type?.description.hasSuffix("counts: expected F32, F16, BF16 or U16, found I64") == true)
    let rank = #expect(throws: WeightsError.self) { try file.tensor("five") }
    #expect(rank?.description.hasSuffix("five: the shape [1, 1, 1, 1, 1] is out of range") == true)
  }

  @Test func leavesTheOldFileWhenWritingFails() throws {
    let path = temporaryPath()
    defer { unlink(path) }
    let one = [(name: "x", tensor: Tensor(1))]
    try SafeTensors.write(one, to: path)
    let before = try bytes(of: path)
    #expect(throws: WeightsError.self) { try SafeTensors.write(one + one, to: path) }
    #expect(try bytes(of: path) == before)

    let folder = #expect(throws: WeightsError.self) { try SafeTensors.write(one, to: "/nowhere/x.safetensors") }
    #expect(folder?.description == "/nowhere/x.safetensors: cannot write: No such file or directory")
    let missing = #expect(throws: WeightsError.self) { try SafeTensors(path: "/nowhere/x.safetensors") }
    #expect(missing?.description == "/nowhere/x.safetensors: cannot open: No such file or directory")
    let directory = #expect(throws: WeightsError.self) { try SafeTensors(path: "/tmp") }
    #expect(directory?.description == "/tmp: not a regular file")
    let full = #expect(throws: WeightsError.self) {
      var file = try FileReplacement(path: path)
      try file.write([1, 2, 3])
      throw WeightsError("given up")
    }
    #expect(full?.description == "given up")
    #expect(try bytes(of: path) == before)
    #expect(access("\(path).\(getpid()).tmp", F_OK) != 0)
  }
}
