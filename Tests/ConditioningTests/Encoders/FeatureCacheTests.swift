// FeatureCacheTests: an entry is found by its key alone, appears whole, and is made anew where it is damaged; a cache that
// cannot be written costs time and says so.
import Conditioning
import Foundation
import Scratch
import Tensors
import Testing

@Suite struct FeatureCacheTests {
  private let scratch = try! Scratch()
  private let made = Tensor(Shape(2, 3), [1, -2, 3.5, 0, 1e-30, 1e30])

  private func cache(_ name: String = "/some/where") -> FeatureCache { FeatureCache(scratch.path + name) }

  private func ask(_ cache: FeatureCache, _ key: [String] = ["text", "model", "1 2"]) throws -> (Tensor, wasMade: Bool)
  {
    var wasMade = false
    let found = try cache.tensors(key, names: ["features"]) {
      wasMade = true
      return [made]
    }
    return (found[0], wasMade)
  }

  @Test func `What was made once is found, to the bit`() throws {
    let cache = cache()
    #expect(try ask(cache).wasMade)
    let (found, wasMade) = try ask(cache)
    #expect(!wasMade && found.shape == made.shape && found.array == made.array)
    #expect(cache.counts == FeatureCache.Counts(found: 1, made: 1))
    #expect(try !ask(self.cache()).wasMade)
    #expect(try ask(cache, ["text", "model", "12"]).wasMade)
    #expect(try ask(cache, ["text", "mode", "l1 2"]).wasMade)
  }

  @Test func `An entry that is damaged is made anew`() throws {
    let cache = cache()
    let key = ["text", "model", "1 2"]
    _ = try ask(cache)
    let path = URL(fileURLWithPath: cache.path(key))
    let whole = try Data(contentsOf: path)
    var damages = 0
    // Every byte turned over once, and every length that is too short.
    for at in stride(from: 0, to: whole.count, by: 7) {
      var data = whole
      data[at] ^= 0x11
      for damaged in [data, whole.prefix(at)] {
        try damaged.write(to: path)
        let (found, wasMade) = try ask(cache)
        #expect(found.array == made.array, "byte \(at)")
        #expect(wasMade, "byte \(at)")
        damages += 1
        #expect(try Data(contentsOf: path) == whole)
      }
    }
    #expect(cache.counts.damaged == damages && cache.counts.lost == 0)
  }

  @Test func `An entry of another key under the same name is not taken`() throws {
    let cache = cache()
    let (one, other) = (["a"], ["b"])
    _ = try ask(cache, one)
    let place = cache.path(other)
    try FileManager.default.createDirectory(
      atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: cache.path(one), toPath: place)
    #expect(try ask(cache, other).wasMade)
  }

  @Test func `A cache that cannot be written costs time only`() throws {
    try Data("a file".utf8).write(to: URL(fileURLWithPath: scratch.path + "/taken"))
    let cache = cache("/taken")
    for _ in 0..<3 { #expect(try ask(cache).wasMade) }
    #expect(cache.counts.lost == 3 && cache.counts.made == 3)
    #expect(cache.counts.fault?.contains("\(scratch.path)/taken") == true)
  }

  @Test func `What fails to be made is not kept`() throws {
    struct Fault: Error {}
    let cache = cache()
    #expect(throws: Fault.self) { try cache.tensors(["x"], names: ["features"]) { throw Fault() } }
    #expect(!FileManager.default.fileExists(atPath: cache.path(["x"])))
  }
}
