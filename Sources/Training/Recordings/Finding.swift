// Finding: what was noticed of a file of somebody's recordings: which file, what, and what can be done about it.

/// One line of the report on a folder.
public struct Finding: Error, Codable, Equatable, Sendable {
  public enum Weight: String, Codable, Sendable {
    /// Nothing can be learned from the file as it is.
    case fault
    /// It will be learned from, with this in mind.
    case warning
  }

  public let weight: Weight
  /// The name in the folder; empty of the folder as a whole.
  public let file: String
  /// What was found, and what to do.
  public let found: String, advice: String

  package static func fault(_ file: String, _ found: String, _ advice: String) -> Finding {
    Finding(weight: .fault, file: file, found: found, advice: advice)
  }
  package static func warning(_ file: String, _ found: String, _ advice: String) -> Finding {
    Finding(weight: .warning, file: file, found: found, advice: advice)
  }

  /// For a person.
  public var text: String {
    (weight == .fault ? "fault    " : "warning  ") + (file.isEmpty ? "" : "\(file): ")
      + "\(found)\n         → \(advice)"
  }
}
