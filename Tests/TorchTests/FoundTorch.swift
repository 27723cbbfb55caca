// FoundTorch: the libtorch of this machine for the tests; where there is none they say so and pass.
import Torch

enum FoundTorch {
  static let library = Result { try TorchLibrary(threads: 2) }

  /// An engine for a test; nil, after saying so by the test's name, where there is no libtorch.
  static func engine(_ precision: TorchPrecision = .float32, test: String = #function) throws -> TorchEngine? {
    switch library {
    case .success(let library): return try TorchEngine(library, precision: precision)
    case .failure(let error):
      print("no libtorch: \(test) checked nothing (\(String(describing: error).prefix(64))…)")
      return nil
    }
  }
}
