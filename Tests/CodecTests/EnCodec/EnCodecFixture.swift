// EnCodecFixture: a tiny EnCodec of random weights, and what the reference implementation makes of some sounds.
import Codec
import Foundation
import Tensors
import Testing

/// A folder that `Fixtures/make_encodec.py` made.
struct EnCodecFixture {
  static let names = ["causal", "live", "identity", "trimmed", "grouped", "acausal", "stereo"]
  static let streaming = ["causal", "live", "identity"]
  static let lengths = [1, 2, 5, 24, 43, 97, 240, 501]

  let folder: String
  let codec: EnCodec
  let expected: SafeTensors

  init(_ name: String) throws {
    folder = Self.folder(name)
    codec = try EnCodec.open(folder)
    expected = try SafeTensors(path: folder + "/expected.safetensors")
  }

  static func folder(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/encodec-\(name)").path
  }

  /// A tensor [1, channels, time] as ours, [1, time, channels].
  func signal(_ name: String) throws -> Tensor { transposed(try expected.tensor(name)) }

  /// The channels of a sound.
  func channels(_ name: String) throws -> [[Float]] {
    let x = try expected.tensor(name)
    return (0..<x.shape[1]).map { channel in (0..<x.shape[2]).map { x[channel * x.shape[2] + $0] } }
  }
}

/// [1, a, b] as [1, b, a].
func transposed(_ x: Tensor) -> Tensor {
  let (a, b) = (x.shape[1], x.shape[2])
  let y = Tensor(zeros: Shape(1, b, a))
  for i in 0..<a { for j in 0..<b { y[j * a + i] = x[i * b + j] } }
  return y
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
