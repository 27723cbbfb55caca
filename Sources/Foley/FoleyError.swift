// FoleyError: what a voice of Foley cannot be led by, in words.

/// A prompt or a film that a voice does not understand.
public struct FoleyError: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
