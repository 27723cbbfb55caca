// Hostile safetensors files: each fault is named, and no bytes at all trap.
import Score
import Tensors
import Testing

@Suite struct HostileSafeTensorsTests {
  /// A file with this header and so many bytes after it.
  func file(_ header: String, body: Int = 0) -> [UInt8] {
    let text = Array(header.utf8)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
      + [UInt8](repeating: 0, count: body)
  }

  @Test(arguments: [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#, 8, "not JSON"),
    (#"[]"#, 0, "not an object"),
    (#"{"a":1}"#, 0, "a: no dtype"),
    (#"{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}"#, 8, "a: unknown dtype F33"),
    (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8, "a: no valid shape"),
    (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}"#, 8, "a: no valid shape"),
    (#"{"a":{"dtype":"F32","shape":[1e18],"data_offsets":[0,8]}}"#, 8, "a: no valid shape"),
    (#"{"a":{"dtype":"F32","shape":"2","data_offsets":[0,8]}}"#, 8, "a: no valid shape"),
    (#"{"a":{"dtype":"F32","shape":[2]}}"#, 8, "a: no valid data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "a: no valid data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,9]}}"#, 8, "a: no valid data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "a: F32 [3] is 12 bytes, found 8"),
    (#"{"a":{"dtype":"F32","shape":[9007199254740992,4096],"data_offsets":[0,8]}}"#, 8, "overflows"),
    (#"{"a":{"dtype":"F32","shape":[9007199254740992,9007199254740992,0],"data_offsets":[0,0]}}"#, 0, "overflows"),
    (#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, 8, "a: ends at byte 16, but only 8 are there"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "a: begins at byte 4, expected 0"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 12, "12 bytes of tensors, expected 8"),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
      12, "b: begins at byte 4, expected 8"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8, "\"a\" is named twice"
    ),
    (#"{"__metadata__":{"a":1}}"#, 0, "__metadata__: not an object of strings"),
    (#"{"__metadata__":[]}"#, 0, "__metadata__: not an object of strings"),
    (#"{"a":[[[[[[]]]]]]}"#, 0, "nested too deeply"),
  ])
  func namesTheFault(_ header: String, _ body: Int, _ reason: String) {
    let error = #expect(throws: WeightsError.self) { try SafeTensors(bytes: file(header, body: body), title: "x") }
    #expect(error?.description.hasPrefix("x: ") == true)
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test func acceptsTheSmallestAndEmptyTensors() throws {
    #expect(try SafeTensors(bytes: file("{}")).names == [])
    let empty = try SafeTensors(bytes: file(#"{"a":{"dtype":"F16","shape":[0,3],"data_offsets":[0,0]}}  "#))
    #expect(try empty.tensor("a").shape == Shape(0, 3))
  }

  @Test(arguments: [UInt64.max, 1 << 63, 100_000_001, 200])
  func refusesALongHeader(_ length: UInt64) {
    let bytes = withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array("{}".utf8)
    let error = #expect(throws: WeightsError.self) { try SafeTensors(bytes: bytes) }
    #expect(error?.description.contains("a header of \(length) bytes in a file of 10") == true)
  }

  @Test func refusesEveryTruncation() throws {
    let whole = try bytes(of: fixture("float16.safetensors"))
    for count in 0..<whole.count {
      #expect(throws: WeightsError.self, "\(count) bytes") { try SafeTensors(bytes: Array(whole.prefix(count))) }
    }
  }

  @Test func survivesMutations() throws {
    let seeds = try ["float32", "bfloat16", "unreadable"].map { try bytes(of: fixture("\($0).safetensors")) }
    var random = Chance(seed: 2)
    var opened = 0
    for round in 0..<6_000 {
      // Keep the length of the header true, so that most of the damage is looked at.
      let seed = seeds[round % seeds.count]
      let length = Int(seed[0]) + Int(seed[1]) << 8
      let header = random.mutated(Array(seed[8..<(8 + length)]))
      let count = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
      let bytes = round % 5 == 0 ? random.mutated(seed) : count + header + seed[(8 + length)...]
      guard let file = try? SafeTensors(bytes: bytes) else { continue }
      opened += 1
      for name in file.names { _ = try? file.tensor(name) }
    }
    #expect(opened > 50)
  }
}
