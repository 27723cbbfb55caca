// ContentDigestTests: a digest depends on every bit and on the length, and not on how the bytes came in.
import Conditioning
import Foundation
import Scratch
import Testing

@Suite struct ContentDigestTests {
  private func text(_ bytes: [UInt8], pieces: Int = .max) -> String {
    var digest = ContentDigest()
    bytes.withUnsafeBytes { all in
      for at in stride(from: 0, to: all.count, by: min(pieces, max(1, all.count))) {
        digest.add(UnsafeRawBufferPointer(rebasing: all[at..<min(all.count, at + min(pieces, all.count))]))
      }
    }
    return digest.text
  }

  @Test func `It does not depend on how the bytes came in`() {
    for count in [0, 1, 31, 32, 33, 64, 100, 257] {
      let bytes = (0..<count).map { UInt8($0 * 37 % 251) }
      let whole = text(bytes)
      #expect(whole.count == 32)
      for pieces in [1, 5, 31, 32, 33, 64] { #expect(text(bytes, pieces: pieces) == whole, "\(count), \(pieces)") }
    }
  }

  @Test func `It depends on every bit, on the order and on the length`() {
    var seen: Set<String> = []
    let bytes = [UInt8](repeating: 0, count: 200)
    for at in 0..<200 * 8 {
      var changed = bytes
      changed[at / 8] ^= 1 << (at % 8)
      seen.insert(text(changed))
    }
    for count in 0..<200 { seen.insert(text([UInt8](repeating: 0, count: count))) }
    // The sign bits of two words of one lane, which sums and products alone would lose.
    for at in stride(from: 0, to: 160, by: 8) {
      var changed = bytes
      changed[at + 7] ^= 0x80
      changed[at + 39] ^= 0x80
      seen.insert(text(changed))
    }
    #expect(seen.count == 200 * 8 + 200 + 20)
  }

  @Test func `Lists of texts differ where their borders do, and a file is its bytes`() throws {
    #expect(ContentDigest.text(of: ["ab", "c"]) != ContentDigest.text(of: ["a", "bc"]))
    #expect(ContentDigest.text(of: ["abc"]) != ContentDigest.text(of: ["abc", ""]))
    let scratch = try Scratch()
    let bytes = (0..<(1 << 20) + 77).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    try Data(bytes).write(to: URL(fileURLWithPath: scratch.path + "/file"))
    #expect(try ContentDigest.text(file: scratch.path + "/file") == text(bytes))
  }
}
