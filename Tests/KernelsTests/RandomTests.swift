// The generator against the vectors that its authors published, its moments, and its independence of how it is asked.
import Glibc
import Kernels
import Testing

@Suite struct RandomTests {
  func uniforms(seed: UInt64 = 1, stream: UInt32 = 0, from position: UInt64 = 0, count: Int) -> [Float] {
    var out = [Float](repeating: .nan, count: count)
    fp_uniform(seed, stream, position, &out, count)
    return out
  }
  func normals(seed: UInt64 = 1, stream: UInt32 = 0, from position: UInt64 = 0, count: Int) -> [Float] {
    var out = [Float](repeating: .nan, count: count)
    fp_normal(seed, stream, position, &out, count)
    return out
  }

  /// Random123's known answers for philox4x32-10, as far as a seed, a stream and a position can express them.
  @Test func matchesThePublishedVectors() {
    let zeros: [UInt32] = [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
    #expect(uniforms(seed: 0, count: 4) == zeros.map { Float($0 >> 8) * 0x1p-24 })
  }

  @Test func momentsOfUniforms() {
    let values = uniforms(count: 100_000).map(Double.init)
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
    let mean = values.reduce(0, +) / 1e5
    let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 1e5
    #expect((mean - 0.5).magnitude < 0.004)
    #expect((variance - 1.0 / 12).magnitude < 0.001)
  }

  @Test func momentsOfNormals() {
    let values = normals(count: 100_000).map(Double.init)
    let moment = { (power: Double) in values.map { pow($0, power) }.reduce(0, +) / 1e5 }
    #expect(moment(1).magnitude < 0.015)
    #expect((moment(2) - 1).magnitude < 0.02)
    #expect(moment(3).magnitude < 0.05)
    #expect((moment(4) - 3).magnitude < 0.15)
    // Neighbours share a block of the generator, but nothing else.
    let product = zip(values, values.dropFirst()).map { $0 * $1 }.reduce(0, +) / 1e5
    #expect(product.magnitude < 0.015)
  }

  @Test func anElementDependsOnItsPositionOnly() {
    let (whole, normal) = (uniforms(count: 60), normals(count: 60))
    for start in 0..<9 {
      for count in [1, 2, 3, 5, 8, 31] {
        #expect(uniforms(from: UInt64(start), count: count) == Array(whole[start..<start + count]))
        #expect(normals(from: UInt64(start), count: count) == Array(normal[start..<start + count]))
      }
    }
    let far: UInt64 = 1 << 40
    #expect(uniforms(from: far, count: 9).dropFirst() == uniforms(from: far + 1, count: 8)[...])
  }

  @Test func seedsAndStreamsDiffer() {
    let first = normals(count: 50)
    #expect(first != normals(seed: 2, count: 50))
    #expect(first != normals(seed: 1 << 32 | 1, count: 50))
    #expect(first != normals(stream: 1, count: 50))
    #expect(first != normals(from: 1 << 34, count: 50))
  }
}
