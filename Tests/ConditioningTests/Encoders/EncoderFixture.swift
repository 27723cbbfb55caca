// EncoderFixture: models of others in miniature, and what the reference implementation makes of some input.
import Foundation
import Pictures
import Scratch
import Tensors
import Testing

/// A folder that `Fixtures/make_encoders.py` made.
struct EncoderFixture {
  let folder: String
  let expected: SafeTensors

  init(_ name: String) throws {
    folder = Self.path(name)
    expected = try SafeTensors(path: folder + "/expected.safetensors")
  }

  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/\(name)").path
  }

  /// Files of a fixture in a folder of the test's own, to be damaged there.
  static func copy(_ name: String, without missing: [String] = []) throws -> Scratch {
    let scratch = try Scratch()
    for file in try FileManager.default.contentsOfDirectory(atPath: path(name)) where !missing.contains(file) {
      try FileManager.default.copyItem(atPath: "\(path(name))/\(file)", toPath: "\(scratch.path)/\(file)")
    }
    return scratch
  }
}

/// A tensor [rows, columns, 3] of bytes.
func picture(_ x: Tensor) -> Picture {
  Picture(width: x.shape[1], height: x.shape[0], colours: .rgb, bytes: x.array.map { UInt8($0) })
}

/// max |found − expected| is at most 10⁻⁴ of max |expected|.
func expectClose(
  _ found: [Float], _ expected: [Float], _ what: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, "\(what)", sourceLocation: sourceLocation)
  let largest = expected.map(\.magnitude).max() ?? 0
  let error = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
  #expect(error <= 1e-4 * largest, "\(what): \(error) of \(largest)", sourceLocation: sourceLocation)
}

/// The members of a JSON file with one exchanged, or left out.
func change(_ path: String, _ name: String, to value: JSON?) throws {
  let members = try #require(try JSON(path: path).members).filter { $0.name != name }
  let text = JSON.object(members + (value.map { [JSON.Member(name, $0)] } ?? [])).text()
  try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}
