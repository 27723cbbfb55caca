// SeedTable: what several trainings from different seeds came to: a row for each way of doing it, a column for each measure, the mean
// over seeds and how far they lie apart.
import Foundation
import Tensors

public struct SeedTable: Sendable {
  /// What rows are: models, or ways.
  public let title: String
  private var rows: [String] = [], columns: [String] = []
  private var values: [String: [String: [Double]]] = [:]

  public init(_ title: String) { self.title = title }

  /// Adds what one seed came to. Rows and columns stand in the order in which they come first.
  public mutating func add(_ row: String, _ measures: [(name: String, value: Double)]) {
    if !rows.contains(row) { rows.append(row) }
    for (name, value) in measures {
      if !columns.contains(name) { columns.append(name) }
      values[row, default: [:]][name, default: []].append(value)
    }
  }

  /// The mean of a cell, its sample deviation where there are several, and how many seeds it is of; nil where there is none.
  public func cell(_ row: String, _ column: String) -> (mean: Double, deviation: Double?, count: Int)? {
    guard let found = values[row]?[column], !found.isEmpty else { return nil }
    let mean = found.reduce(0, +) / Double(found.count)
    let squares = found.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (mean, found.count > 1 ? (squares / Double(found.count - 1)).squareRoot() : nil, found.count)
  }

  /// In Markdown.
  public var markdown: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    let head = line([title] + columns) + "|" + String(repeating: "---|", count: columns.count + 1) + "\n"
    return head
      + rows.map { row in
        line(
          [row]
            + columns.map { column in
              guard let cell = cell(row, column) else { return "–" }
              return String(format: "%.3f", cell.mean) + (cell.deviation.map { String(format: " ± %.3f", $0) } ?? "")
            })
      }.joined()
  }
}
