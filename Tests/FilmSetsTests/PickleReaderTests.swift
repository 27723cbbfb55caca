// PickleReaderTests: pickles and archives that Python wrote are read as data; what is broken or would run something is refused.
import FilmSets
import Foundation
import Score
import Testing

@Suite struct PickleReaderTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures/audeo/pickles")

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  /// As make_audeo.py has it.
  static func isDown(_ key: Int, _ frame: Int) -> Bool { (7 * key + 3 * (frame / 4)) % 29 == 0 }

  static func check(_ bytes: [UInt8], _ name: String) throws {
    let pickle = try PickleReader.read(bytes)
    let pairs = try #require(pickle.pairs(pickle.value), "\(name)")
    #expect(pairs.map(\.key.wholeNumber) == Array(0..<6), "\(name)")
    for (frame, pair) in pairs.enumerated() {
      let numbers = try #require(pickle.numbers(pair.value, count: 88), "\(name)")
      #expect(numbers == (0..<88).map { isDown($0, frame) ? 1 : 0 }, "\(name), frame \(frame)")
    }
  }

  @Test(arguments: [
    "protocol2", "protocol3", "protocol4", "protocol5", "float32", "big", "logical", "lists", "numbers",
  ])
  func `Labels are read however they were pickled`(_ name: String) throws {
    try Self.check(Self.bytes(name + ".pkl"), name)
  }

  @Test func `NumPy's new name for its core is understood`() throws {
    var bytes = try Self.bytes("protocol3.pkl")
    let name = Array("cnumpy.core".utf8)
    let place = try #require((0..<bytes.count - name.count).first { Array(bytes[$0..<$0 + name.count]) == name })
    bytes.replaceSubrange(place..<place + name.count, with: Array("cnumpy._core".utf8))
    try Self.check(bytes, "a new core")
  }

  @Test func `An array by columns comes row by row`() throws {
    let pickle = try PickleReader.read(Self.bytes("columns.pkl"))
    let pairs = try #require(pickle.pairs(pickle.value))
    for (frame, pair) in pairs.enumerated() {
      #expect(pickle.numbers(pair.value, count: 88) == (0..<88).map { Self.isDown($0, frame) ? 1 : 0 })
    }
    #expect(pickle.numbers(pairs[0].value, count: 87) == nil)
  }

  @Test func `What would be run is refused by its name, and so is what is not understood`() throws {
    let harm = #expect(throws: NotUnderstood.self) { try PickleReader.read(Self.bytes("harmful.pkl")) }
    #expect(harm?.description.contains("call posix.system") == true)
    let old = #expect(throws: NotUnderstood.self) { try PickleReader.read(Self.bytes("protocol0.pkl")) }
    #expect(old?.description.contains("protocol 2 to 5") == true)
    let strings = #expect(throws: NotUnderstood.self) { try PickleReader.read(Self.bytes("strings.pkl")) }
    #expect(strings?.description.contains("not of numbers") == true)
    let packed = #expect(throws: NotUnderstood.self) { try NumberArchive(Self.bytes("compressed.npz")) }
    #expect(packed?.description.contains("numpy.savez") == true)
    #expect(throws: NotUnderstood.self) { try PickleReader.read([]) }
  }

  @Test func `Nesting without end, and itself within itself, take no stack`() throws {
    var nested: [UInt8] = [0x80, 2]
    nested += [UInt8](repeating: UInt8(ascii: "]"), count: 200_000)
    nested += [UInt8](repeating: UInt8(ascii: "a"), count: 199_999)
    let deep = try PickleReader.read(nested + [UInt8(ascii: ".")])
    #expect(deep.numbers(deep.value, count: 1) == nil)
    // l = []; l.append(l)
    var within: [UInt8] = [0x80, 2]
    within += Array("]q\u{0}h\u{0}a.".utf8)
    let ring = try PickleReader.read(within)
    #expect(ring.numbers(ring.value, count: 1) == nil)
  }

  @Test func `Whatever bytes come, an answer comes`() throws {
    var chance = Chance(seed: 11)
    let names = ["protocol2.pkl", "protocol4.pkl", "protocol5.pkl", "numbers.pkl", "columns.pkl"]
    let archive = Array(
      try Data(
        contentsOf: Self.folder.deletingLastPathComponent()
          .appendingPathComponent("midi/testing/Bach Prelude and Fugue No.1 B2/0-4.npz")))
    let files = try names.map(Self.bytes) + [archive]
    var (understood, refused) = (0, 0)
    for round in 0..<6000 {
      var bytes = files[round % files.count]
      switch chance.between(0...3) {
      case 0: bytes.removeLast(chance.between(1...bytes.count))
      case 1: bytes = (0..<chance.between(0...300)).map { _ in UInt8(chance.between(0...255)) }
      default: break
      }
      for _ in 0..<chance.between(0...12) where !bytes.isEmpty {
        let place = chance.between(0...min(bytes.count - 1, chance.happens(0.5) ? 1000 : bytes.count - 1))
        bytes[place] = UInt8(chance.between(0...255))
      }
      if chance.happens(0.3), bytes.count > 1 { (bytes[0], bytes[1]) = (0x80, 4) }
      do {
        if round % files.count == files.count - 1 {
          for array in try NumberArchive(bytes).arrays.values { #expect(array.values.count >= 0) }
        } else {
          let pickle = try PickleReader.read(bytes)
          for pair in pickle.pairs(pickle.value) ?? [] { _ = pickle.numbers(pair.value, count: 88) }
        }
        understood += 1
      } catch { refused += 1 }
    }
    #expect(understood > 100 && refused > 1000, "\(understood), \(refused)")
  }
}
