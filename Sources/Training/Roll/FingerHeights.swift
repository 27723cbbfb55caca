// FingerHeights: how far above each key a fingertip hangs, picture by picture, where somebody knows it: drawn films, or hands
// that were measured. A file of 32-bit numbers beside the films, and beside the strips that are cut from them.
import Conditioning
import Foundation
import Tensors

/// Heights over 88 keys in a number of pictures.
public struct FingerHeights: Sendable {
  private let heights: [Float]

  public static func path(in folder: URL) -> String { folder.appendingPathComponent("heights.f32").path }

  /// Those of a folder; nil where it has none.
  ///
  /// - Parameter frames: how many pictures there are; nil for as many as the file has.
  /// - Throws: `DataError` with the path where the file has another size.
  public init?(in folder: URL, frames: Int? = nil) throws {
    let path = Self.path(in: folder)
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    let picture = 4 * StripGeometry.keys
    guard data.count % picture == 0, frames.map({ $0 * picture == data.count }) ?? true else {
      throw DataError(
        "\(path): expected \(frames.map { "\($0) pictures" } ?? "whole pictures") of 88 numbers, found \(data.count) bytes"
      )
    }
    heights = data.withUnsafeBytes { bytes in
      (0..<data.count / 4).map {
        Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
  }

  /// Pictures.
  public var count: Int { heights.count / StripGeometry.keys }

  /// Over the keys from A0 in one picture, millimetres above the key at rest; NaN where no finger is.
  public subscript(_ picture: Int) -> ArraySlice<Float> {
    heights[picture * StripGeometry.keys..<(picture + 1) * StripGeometry.keys]
  }

  /// - Parameter heights: 88 of each picture.
  public static func write(_ heights: [Float], in folder: URL) throws {
    precondition(heights.count % StripGeometry.keys == 0, "\(heights.count) numbers")
    var file = try FileReplacement(path: path(in: folder))
    try heights.map { $0.bitPattern.littleEndian }.withUnsafeBytes { try file.write($0) }
    try file.commit()
  }
}
