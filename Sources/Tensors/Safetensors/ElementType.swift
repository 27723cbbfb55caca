// ElementType: how a file keeps a number. In memory every number is a float32.
// float16 and bfloat16 round to the nearest, ties to even; reading them back is exact.

/// The types that weights are stored in, and the one for codes.
public enum ElementType: String, Sendable, CaseIterable {
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  /// Whole numbers, 0…65535: those between are rounded, those beyond become the nearest, and what is no number zero.
  case uint16 = "U16"

  /// The types that hold what is no whole number.
  public static let floats: [ElementType] = [.float32, .float16, .bfloat16]

  /// Bytes of one number.
  public var size: Int { self == .float32 ? 4 : 2 }

  /// Bytes of one number of any type that the format knows; nil for an unknown name.
  static func size(named name: String) -> Int? {
    switch name {
    case "BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3": 1
    case "I16", "U16", "F16", "BF16": 2
    case "I32", "U32", "F32": 4
    case "I64", "U64", "F64": 8
    default: nil
    }
  }

  /// Little-endian bytes to float32.
  func decode(_ bytes: UnsafeRawBufferPointer, into values: UnsafeMutablePointer<Float>) {
    for index in 0..<bytes.count / size {
      switch self {
      case .float32:
        let bits = bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)
        values[index] = Float(bitPattern: UInt32(littleEndian: bits))
      case .float16:
        let bits = bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
        values[index] = Float(Float16(bitPattern: UInt16(littleEndian: bits)))
      case .bfloat16:
        let bits = bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
        values[index] = Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16)
      case .uint16:
        let bits = bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
        values[index] = Float(UInt16(littleEndian: bits))
      }
    }
  }

  /// Float32 to little-endian bytes.
  func encode(_ values: UnsafeBufferPointer<Float>, into bytes: UnsafeMutableRawBufferPointer) {
    for (index, value) in values.enumerated() {
      switch self {
      case .float32: bytes.storeBytes(of: value.bitPattern.littleEndian, toByteOffset: index * 4, as: UInt32.self)
      case .float16:
        bytes.storeBytes(of: Float16(value).bitPattern.littleEndian, toByteOffset: index * 2, as: UInt16.self)
      case .bfloat16:
        bytes.storeBytes(of: ElementType.bfloat16(value).littleEndian, toByteOffset: index * 2, as: UInt16.self)
      case .uint16:
        let whole = UInt16(value.isNaN ? 0 : min(max(value, 0), 65535).rounded())
        bytes.storeBytes(of: whole.littleEndian, toByteOffset: index * 2, as: UInt16.self)
      }
    }
  }

  /// The upper half of a float32, rounded; what is not a number stays so.
  private static func bfloat16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(bits >> 16) | 0x40 }
    return UInt16((bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}
