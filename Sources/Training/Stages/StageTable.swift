// StageTable: what stages came to, a row each, in Markdown: the measures of their runs and of the sounds that they made.
import Foundation
import Tensors

public struct StageTable: Sendable {
  public struct Row: Sendable {
    public let name: String
    public let measures: [Measure]

    public init(_ name: String, _ measures: [Measure]) { (self.name, self.measures) = (name, measures) }
  }

  public private(set) var rows: [Row] = []

  public init() {}

  /// Adds a run, by its last measures, and what was measured of its sounds.
  ///
  /// - Parameter sounds: of `SoundComparison`, those that could be taken.
  /// - Throws: an error with the path where the run or its log cannot be read.
  public mutating func add(_ name: String, run: String, sounds: [SoundMeasure] = []) throws {
    _ = try RunFolder.configuration(run)
    let log = try TrainingLog.lines(run + "/log.jsonl")
    let last = log.last { $0["measures"] != nil }?["measures"]?.members ?? []
    let taken = sounds.compactMap { sound in sound.value.map { Measure(sound.name, Float($0)) } }
    rows.append(Row(name, last.compactMap { line in line.value.float.map { Measure(line.name, $0) } } + taken))
  }

  /// A column for every name that any row has, in the order in which they come.
  public var markdown: String {
    var names: [String] = []
    for measure in rows.flatMap(\.measures) where !names.contains(measure.name) { names.append(measure.name) }
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    let head = line(["stage"] + names) + "|" + String(repeating: "---|", count: names.count + 1) + "\n"
    return head
      + rows.map { row in
        line(
          [row.name]
            + names.map { name in
              row.measures.first { $0.name == name }.map { String(format: "%.3f", $0.value) } ?? "–"
            })
      }.joined()
  }
}
