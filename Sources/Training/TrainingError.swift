// TrainingError: why a run cannot begin or go on, in words for the person who started it.

/// What stopped a run, and what is left of it.
public struct TrainingError: Error, CustomStringConvertible, Equatable {
  public let description: String

  public init(_ description: String) { self.description = description }
}
