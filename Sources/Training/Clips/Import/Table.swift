// Table: comma-separated rows whose fields have names, from a heading or because a list has always been so.

/// A row by the names of its columns.
struct Row {
  let line: Int
  private let fields: [String: String]

  /// - Throws: when it has too few fields.
  init(_ row: DelimitedText.Row, _ columns: [String]) throws {
    guard row.fields.count >= columns.count else {
      throw DelimitedText.Fault(
        line: row.line, expected: "\(columns.count) fields (\(columns.joined(separator: ", ")))",
        found: "\(row.fields.count)")
    }
    line = row.line
    fields = Dictionary(zip(columns, row.fields), uniquingKeysWith: { first, _ in first })
  }

  subscript(name: String) -> String { fields[name] ?? "" }

  func optional(_ name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }

  func fault(_ expected: String, _ found: String) -> DelimitedText.Fault {
    DelimitedText.Fault(line: line, expected: expected, found: found)
  }

  func words(_ name: String) throws -> String {
    guard self[name].contains(where: { !$0.isWhitespace }) else { throw fault("words as \(name)", "\"\(self[name])\"") }
    return self[name]
  }

  /// The eleven letters of a film on the web.
  func film(_ name: String) throws -> String {
    let id = self[name]
    guard id.utf8.count == 11, id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
    else { throw fault("eleven letters as \(name)", "\"\(id)\"") }
    return id
  }

  /// Seconds.
  func number(_ name: String) throws -> Double {
    guard let number = Double(self[name]), number.isFinite, 0...1e6 ~= number else {
      throw fault("seconds as \(name)", "\"\(self[name])\"")
    }
    return number
  }
}

/// Rows under a heading.
struct Table {
  let rows: [Row]

  /// - Parameter columns: what the heading must name; others may stand between.
  init(_ bytes: [UInt8], columns: [String]) throws {
    let text = try DelimitedText(String(decoding: bytes, as: UTF8.self), comments: false)
    guard let heading = text.rows.first else {
      throw DelimitedText.Fault(
        line: 1, expected: "a heading with \(columns.joined(separator: ", "))", found: "nothing")
    }
    if let lacking = columns.first(where: { !heading.fields.contains($0) }) {
      throw DelimitedText.Fault(
        line: heading.line, expected: "a column \(lacking)", found: heading.fields.joined(separator: ","))
    }
    var rows: [Row] = []
    for row in text.rows.dropFirst() { rows.append(try Row(row, heading.fields)) }
    self.rows = rows
  }
}
