// TorchMemory: the values of a storage as PyTorch holds them: on the processor in the host's own memory, on a graphics card
// in the card's.
import Tensors

final class TorchMemory: DeviceMemory, @unchecked Sendable {
  /// Row-major, float32.
  let tensor: TorchTensor
  let shared: UnsafeMutablePointer<Float>?
  private var halves: TorchTensor?
  /// Told of failures that cannot be thrown from here.
  private let failed: (any Error) -> Void

  init(_ tensor: TorchTensor, failed: @escaping (any Error) -> Void) {
    self.tensor = tensor
    self.failed = failed
    shared = tensor.torch.device == .cpu ? tensor.address?.assumingMemoryBound(to: Float.self) : nil
  }

  func download(to host: UnsafeMutablePointer<Float>, count: Int) {
    if shared != nil || count == 0 { return }
    do {
      try tensor.torch.over(host, [count]).copy(from: tensor.viewed([count]))
    } catch {
      // What was not computed must not pass for a result.
      host.update(repeating: .nan, count: count)
      failed(error)
    }
  }

  func wasWritten() { halves = nil }

  /// The same in bfloat16, kept until the values change: both directions of a product need it.
  func rounded() throws -> TorchTensor {
    if let halves { return halves }
    let made = try tensor.cast(tensor.torch.library.functions.bfloat16)
    halves = made
    return made
  }
}
