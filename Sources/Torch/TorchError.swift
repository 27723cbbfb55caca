// TorchError: what PyTorch could not do, or why there is none, in words for whoever started the run.

/// A sentence.
public struct TorchError: Error, CustomStringConvertible, Equatable {
  public let description: String
  public init(_ description: String) { self.description = description }
}
