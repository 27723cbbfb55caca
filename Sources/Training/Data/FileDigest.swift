// FileDigest: a number that tells one content from another. Not a seal: nobody is kept from forging it.
import Foundation

/// FNV-1a over 64 bits (Fowler, Noll and Vo 1991).
public struct FileDigest: Sendable {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  /// Hexadecimal.
  public var text: String { String(state, radix: 16) }

  /// Of a file.
  public static func text(_ path: String) throws -> String {
    guard let file = FileHandle(forReadingAtPath: path) else { throw DataError("\(path): cannot read") }
    defer { try? file.close() }
    var digest = FileDigest()
    while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
      piece.withUnsafeBytes { digest.add($0) }
    }
    return digest.text
  }
}
