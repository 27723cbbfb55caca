// JSONWriter: a JSON value to text that reads back as the same value.
// Members keep their order or are sorted, so that the same configuration is the same bytes.

extension JSON {
  /// The value as text. Numbers that JSON cannot say (infinite, not a number) become `null`.
  ///
  /// - Parameters:
  ///   - sorted: members in the order of their names, instead of their own.
  ///   - indented: a line for each element, for people; otherwise no space at all.
  public func text(sorted: Bool = false, indented: Bool = false) -> String {
    var text = ""
    write(to: &text, sorted: sorted, margin: indented ? "\n" : nil)
    return text
  }

  private func write(to text: inout String, sorted: Bool, margin: String?) {
    switch self {
    case .null: text += "null"
    case .bool(let bool): text += bool ? "true" : "false"
    case .number(let number): text += JSON.text(of: number)
    case .string(let string): JSON.quote(string, to: &text)
    case .array(let elements):
      JSON.list(elements, "[", "]", to: &text, margin) { element, text, margin in
        element.write(to: &text, sorted: sorted, margin: margin)
      }
    case .object(let members):
      let members = sorted ? members.sorted { $0.name < $1.name } : members
      JSON.list(members, "{", "}", to: &text, margin) { member, text, margin in
        JSON.quote(member.name, to: &text)
        text += margin == nil ? ":" : ": "
        member.value.write(to: &text, sorted: sorted, margin: margin)
      }
    }
  }

  private static func list<Element>(
    _ elements: [Element], _ open: String, _ close: String, to text: inout String, _ margin: String?,
    _ write: (Element, inout String, String?) -> Void
  ) {
    text += open
    let inner = margin.map { $0 + "  " }
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      text += inner ?? ""
      write(element, &text, inner)
    }
    if !elements.isEmpty { text += margin ?? "" }
    text += close
  }

  private static func text(of number: Double) -> String {
    if !number.isFinite { return "null" }
    if let whole = Int(exactly: number), number.magnitude <= 0x1p53, !(whole == 0 && number.sign == .minus) {
      return String(whole)
    }
    return number.description
  }

  private static func quote(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
