// JSON: what is written reads back; what is not JSON is refused with the place; no bytes trap.
import Score
import Tensors
import Testing

@Suite struct JSONTests {
  @Test func readsEveryKind() throws {
    let json = try JSON(
      parsing: #" {"a": [1, -0.5e+1, 1E2, true, false, null], "ü": {"\u00e9\n\ud83c\udfb9\/": ""}, "": []} "#)
    #expect(json["a"]?.elements == [1, -5, 100, true, false, .null])
    #expect(json["ü"]?["é\n🎹/"]?.string == "")
    #expect(json[""]?.elements == [])
    #expect(json["a"]?.elements?[2].integer == 100)
    #expect(json["b"] == nil)
    #expect(JSON(0.5).integer == nil)
    #expect(JSON(0x1p60).integer == nil)
    #expect(JSON(0.5).float == 0.5)
  }

  @Test func writesWhatItReads() throws {
    let json: JSON = [
      "z": [1, 0.1, -3.5e-12, 1e300, 9_007_199_254_740_991, []], "a": ["q\"\\\u{1}\t\r\n", true, .null], "o": [:],
    ]
    for text in [json.text(), json.text(indented: true)] { #expect(try JSON(parsing: text) == json) }
    #expect(json.text().hasPrefix(#"{"z":[1,0.1,-3.5e-12,1e+300,9007199254740991,[]],"a":["q\"\\\u0001\t\r\n""#))
    #expect(json.text(sorted: true).hasPrefix(#"{"a":"#))
    #expect(([["b": 1]] as JSON).text(indented: true) == "[\n  {\n    \"b\": 1\n  }\n]")
    #expect(JSON(Double.infinity).text() == "null")
    #expect(try JSON(parsing: JSON(-0.0).text()).double?.sign == .minus)
  }

  @Test(arguments: [
    ("", 0, "a value is missing"), ("{", 1, "a name is missing"), ("[1,]", 3, "unexpected ']'"),
    ("{\"a\":1,}", 7, "a name is missing"), ("{\"a\" 1}", 5, "a colon is missing"), ("[1 2]", 3, "does not end"),
    ("{\"a\":1,\"a\":2}", 7, "named twice"), ("01", 1, "after the value"), ("-", 1, "a digit is missing"),
    ("1.", 2, "a digit is missing"), ("1e", 2, "a digit is missing"), ("+1", 0, "unexpected '+'"),
    ("1e999", 0, "out of range"), ("nul", 3, "misspelt"), ("NaN", 0, "unexpected 'N'"), ("\"a", 0, "does not end"),
    ("\"\t\"", 1, "control character"), ("\"\\x\"", 1, "unknown escape"), ("\"\\u12\"", 5, "hexadecimal"),
    ("\"\\ud800\"", 1, "surrogate"), ("\"\\udc00\"", 1, "surrogate"), ("\"\\ud800\\u0041\"", 1, "surrogate"),
    ("\"\\", 2, "does not end"), ("1 1", 2, "after the value"), ("[[[[[1]]]]]", 4, "too deeply"),
  ])
  func refuses(_ text: String, _ offset: Int, _ reason: String) {
    let error = #expect(throws: JSONError.self) { try JSON(parsing: text, depth: 4) }
    #expect(error?.offset == offset)
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
  }

  @Test func refusesBadUnicode() {
    for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]] {
      #expect(throws: JSONError.self) { try JSON(parsing: [0x22] + bytes + [0x22]) }
    }
  }

  @Test func survivesMutations() {
    let seed = Array(#"{"a":[1,-2.5e3,"\u00e9\n"],"b":{"c":null,"d":[true,false,{}]},"é":""}"#.utf8)
    var random = Chance(seed: 1)
    var accepted = 0
    for _ in 0..<20_000 {
      let bytes = random.mutated(seed)
      guard let json = try? JSON(parsing: bytes) else { continue }
      accepted += 1
      #expect(try! JSON(parsing: json.text()) == json)
    }
    #expect(accepted > 100)
    #expect(throws: JSONError.self) { try JSON(parsing: [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)) }
  }
}
