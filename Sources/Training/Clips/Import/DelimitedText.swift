// DelimitedText: rows of comma-separated values (RFC 4180): quoted fields may hold commas, quotes and line ends.
// Beyond it: spaces before a field are passed over, as AudioSet's lists have them before quotes.

/// Rows, each with the line that it begins in.
struct DelimitedText {
  struct Row: Equatable {
    let line: Int
    let fields: [String]
  }

  /// What is wrong, and in which line.
  struct Fault: Error, Equatable {
    let line: Int
    let expected: String, found: String
  }

  let rows: [Row]

  /// Empty lines are passed over, and lines that begin with # unless `comments` is false.
  init(_ text: String, comments: Bool = true) throws {
    var rows: [Row] = []
    var fields: [String] = []
    var field: [UInt8] = []
    var (line, begin) = (1, 1)
    var (isQuoted, wasQuoted, isComment) = (false, false, false)
    // Without the mark that some programs put before UTF-8.
    var bytes = Array(text.utf8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    func word() -> String {
      wasQuoted
        ? String(decoding: field, as: UTF8.self)
        : String(String(decoding: field, as: UTF8.self).reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
    func end() {
      if !isComment, !(fields.isEmpty && field.isEmpty && !wasQuoted) {
        rows.append(Row(line: begin, fields: fields + [word()]))
      }
      (fields, field, wasQuoted, isComment) = ([], [], false, false)
    }
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if isQuoted {
        if byte == UInt8(ascii: "\n") { line += 1 }
        if byte != UInt8(ascii: "\"") {
          field.append(byte)
        } else if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
          field.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\n"):
        end()
        line += 1
        begin = line
      case UInt8(ascii: "\r"): break
      case _ where isComment: break
      case UInt8(ascii: "#") where comments && fields.isEmpty && field.isEmpty && !wasQuoted: isComment = true
      case UInt8(ascii: "\"") where field.isEmpty && !wasQuoted: (isQuoted, wasQuoted) = (true, true)
      case UInt8(ascii: ","):
        fields.append(word())
        (field, wasQuoted) = ([], false)
      case UInt8(ascii: " ") where field.isEmpty || wasQuoted: break
      case _ where wasQuoted:
        throw Fault(
          line: line, expected: "a comma after a quoted field", found: "\"\(Character(Unicode.Scalar(byte)))\"")
      default: field.append(byte)
      }
    }
    if isQuoted { throw Fault(line: begin, expected: "a quote that ends the field", found: "the end of the file") }
    end()
    self.rows = rows
  }
}
