// SoundMeasure: one number that says how near made sounds come to real ones, with what it was taken; tables of them.
import Foundation
import Tensors

public struct SoundMeasure: Sendable, Equatable {
  public let name: String
  /// Nil where it cannot be taken; `note` then says why.
  public let value: Double?
  /// Over parts or pairs, where there are some.
  public let deviation: Double?
  /// How many embeddings, pairs or clips it was taken of.
  public let count: Int
  /// What it was taken with.
  public let note: String

  /// The value and its deviation, for tables.
  package var text: String {
    (value.map { String(format: "%.3f", $0) } ?? "–") + (deviation.map { String(format: " ± %.3f", $0) } ?? "")
  }

  package init(_ name: String, _ value: Double?, deviation: Double? = nil, count: Int, note: String) {
    (self.name, self.value, self.deviation) = (name, value.flatMap { $0.isFinite ? $0 : nil }, deviation)
    (self.count, self.note) = (count, note)
  }

  /// Takes a measure; what cannot be measured becomes a row that says so.
  package static func taken(
    _ name: String, count: Int, note: String, _ measure: () throws -> (value: Double, deviation: Double?)
  ) -> SoundMeasure {
    do {
      let (value, deviation) = try measure()
      return SoundMeasure(name, value, deviation: deviation, count: count, note: note)
    } catch { return SoundMeasure(name, nil, count: count, note: "\(error)") }
  }
}

extension [SoundMeasure] {
  /// In Markdown.
  public var markdown: String {
    var text = "| measure | value | of | with |\n|---|---|---|---|\n"
    for row in self {
      text += "| \(row.name) | \(row.text) | \(row.count) | \(row.note) |\n"
    }
    return text
  }

  public var json: JSON {
    .array(
      map { row in
        let value: JSON = row.value.map { .number($0) } ?? .null
        var members: [JSON.Member] = [.init("measure", .string(row.name)), .init("value", value)]
        if let deviation = row.deviation { members.append(.init("deviation", .number(deviation))) }
        return .object(members + [.init("count", JSON(row.count)), .init("note", .string(row.note))])
      })
  }
}
