// TorchLibraryTests: what is said when there is no libtorch, and what an operator's error says when there is one.
import Foundation
import Testing
import Torch

@Suite(.serialized) struct TorchLibraryTests {
  @Test func `Where there is no library it says where it looked, and how to get one`() throws {
    let error = #expect(throws: TorchError.self) { try TorchLibrary(path: "/nowhere/libtorch.so") }
    let words = try #require(error).description
    #expect(words.contains("/nowhere/libtorch.so (--torch)") && words.contains("pip install torch"), "\(words)")
  }

  @Test func `A library that is not PyTorch's is refused with what it lacks`() throws {
    let error = #expect(throws: TorchError.self) { try TorchLibrary(path: "libc.so.6") }
    let words = try #require(error).description
    #expect(words.contains("it has no aoti_torch_abi_version; PyTorch 2.11 or later"), "\(words)")
  }

  @Test func `The library is found by its file, its folder and its package`() throws {
    guard let found = try FoundTorch.engine()?.library else { return }
    let folder = URL(fileURLWithPath: found.path).deletingLastPathComponent()
    for path in [folder.path, folder.deletingLastPathComponent().path, folder.path + "/libtorch.so"]
    where FileManager.default.fileExists(atPath: folder.path + "/libtorch.so") {
      // A PyTorch for graphics cards may lie where their libraries do not; then its part for processors does.
      if path.hasSuffix(".so") && found.path != path && !found.remarks.isEmpty { continue }
      #expect(try TorchLibrary(path: path).version == found.version)
    }
  }

  @Test(arguments: [("cpu", "cpu"), ("cuda", "cuda:0"), ("cuda:3", "cuda:3")]) func `A device has a name`(
    text: String, name: String
  ) {
    #expect(TorchDevice(text)?.description == name)
  }

  @Test(arguments: ["", "gpu", "cuda:", "cuda:-1", "cuda:x", "cpu:0"]) func `No device has this name`(text: String) {
    #expect(TorchDevice(text) == nil)
  }

  @Test func `An operator that fails says which, of what, and why`() throws {
    guard let torch = try FoundTorch.engine()?.torch else { return }
    let (a, b) = try (torch.empty([2, 3]), torch.empty([4, 5]))
    let error = #expect(throws: TorchError.self) { try torch("aten::mm", a, b) }
    #expect(try #require(error).description.hasPrefix("aten::mm([2, 3], [4, 5]): "), "\(error!)")
    let unknown = #expect(throws: TorchError.self) { try torch("aten::no_such_operator", [a, b]) }
    #expect(try #require(unknown).description.hasPrefix("aten::no_such_operator([[2, 3], [4, 5]]): "), "\(unknown!)")
  }

  @Test func `Every kind of argument arrives`() throws {
    guard let torch = try FoundTorch.engine()?.torch else { return }
    var values: [Float] = [1, 2, 3, 4, 5, 6]
    func read(_ tensor: TorchTensor) throws -> [Float] {
      let tensor = try tensor.contiguously()
      let count = tensor.sizes.reduce(1, *)
      return Array(UnsafeBufferPointer(start: tensor.address!.assumingMemoryBound(to: Float.self), count: count))
    }
    try values.withUnsafeMutableBufferPointer { memory in
      let x = try torch.over(memory.baseAddress!, [2, 3])
      #expect(try read(torch("aten::sum.dim_IntList", x, present([0]), false, nothing)) == [5, 7, 9])
      #expect(try read(torch("aten::narrow", x, 1, 1, 2)) == [2, 3, 5, 6])
      #expect(try read(torch("aten::cat", [x, x], 1)) == [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6])
      #expect(try read(x + x) == [2, 4, 6, 8, 10, 12])
      #expect(try read(x - x * 0.5) == [0.5, 1, 1.5, 2, 2.5, 3])
      #expect(try read(x.permuted(1, 0)) == [1, 4, 2, 5, 3, 6])
      #expect(try abs(read(torch("aten::gelu", x, "none"))[0] - 0.8413447) < 1e-5)
    }
  }
}
