// Storage: whose memory it is, and that it goes back.
import Foundation
import Kernels
import Tensors
import Testing

@Suite("Storage")
struct StorageTests {
  private struct Refused: Error {}

  @Test("large storage has pages of its own where that is asked for, zeroed or not")
  func ownPages() {
    let page = 4096
    let (large, small) = Storage.onOwnPages { (Storage(100_000, zeroed: true), Storage(16)) }
    #expect(Int(bitPattern: large.data) % page == 0)
    #expect((0..<large.count).allSatisfy { large.data[$0] == 0 })
    for index in 0..<large.count { large.data[index] = Float(index) }
    #expect(large.data[99_999] == 99_999)
    small.data[15] = 1
    #expect(small.data[15] == 1)
  }

  @Test("pages go back to the system with the storage")
  func given() throws {
    let before = try resident()
    for _ in 0..<20 {
      let storage = Storage.onOwnPages { Storage(4 << 20) }
      storage.data.update(repeating: 1, count: storage.count)
    }
    // One of twenty at most: the others' 16 MiB each would be seen.
    #expect(try resident() - before < 64 << 20)
  }

  @Test("the way to allocate is the thread's, and ends with the body, thrown out of or not")
  func scope() {
    #expect(!fp_own_pages())
    try? Storage.onOwnPages { () throws(Refused) in throw Refused() }
    #expect(!fp_own_pages())
    Storage.onOwnPages {
      Storage.onOwnPages {}
      #expect(fp_own_pages())
    }
    #expect(!fp_own_pages())
  }

  @Test("what is held is counted the same way")
  func counted() {
    let measured = Storage.peak { Storage.onOwnPages { Storage(1 << 20) } }
    #expect(measured.bytes == 4 << 20 && measured.result.count == 1 << 20)
  }

  private func resident() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return Int(text.split(separator: " ")[1])! * 4096
  }
}
