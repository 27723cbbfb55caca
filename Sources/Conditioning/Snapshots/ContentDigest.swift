// ContentDigest: 128 bits that tell one content from another, as fast as memory is read. What is kept is found by it.
// Not a seal: nobody is kept from making two contents of one digest.
import Tensors

/// Four lanes of multiply and rotate over 32 bytes at a time, stirred together at the end with the length.
public struct ContentDigest: Sendable {
  private static let odd = SIMD4<UInt64>(
    0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63)
  /// Of what comes in: another than that of the lanes, or a bit of one word could stand for a bit of the next.
  private static let other = SIMD4<UInt64>(
    0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB, 0x8EBC_6AF0_9C88_C6E3, 0x5899_65CC_7537_4CC3)
  private var lanes = SIMD4<UInt64>(1, 2, 3, 4) &* Self.odd
  /// What does not fill 32 bytes yet.
  private var rest: [UInt8] = []
  private var count = 0

  public init() {}

  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    count += bytes.count
    var at = 0
    if !rest.isEmpty {
      at = min(32 - rest.count, bytes.count)
      rest += bytes[..<at]
      guard rest.count == 32 else { return }
      self.lanes = rest.withUnsafeBytes { Self.turned(self.lanes, $0.loadUnaligned(as: SIMD4<UInt64>.self)) }
      rest = []
    }
    var lanes = lanes
    while at + 32 <= bytes.count {
      lanes = Self.turned(lanes, bytes.loadUnaligned(fromByteOffset: at, as: SIMD4<UInt64>.self))
      at += 32
    }
    self.lanes = lanes
    rest += bytes[at...]
  }

  public mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  /// 32 hexadecimal digits.
  public var text: String {
    var last = [UInt8](repeating: 0, count: 32)
    last.replaceSubrange(..<rest.count, with: rest)
    let lanes = last.withUnsafeBytes { Self.turned(self.lanes, $0.loadUnaligned(as: SIMD4<UInt64>.self)) }
    var (high, low) = (UInt64(count), ~UInt64(count))
    for lane in 0..<4 {
      high = Self.stirred(high ^ lanes[lane])
      low = Self.stirred(low &+ lanes[3 - lane])
    }
    return Self.digits(high) + Self.digits(low)
  }

  /// Of several texts, so that no two lists of texts look alike.
  public static func text(of parts: [String]) -> String {
    var digest = ContentDigest()
    for part in parts { digest.add("\(part.utf8.count):\(part)") }
    return digest.text
  }

  /// Adds a whole file.
  public mutating func add(file path: String) throws(WeightsError) {
    let file = try OpenFile(path)
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { piece.deallocate() }
    for at in stride(from: 0, to: file.count, by: piece.count) {
      let part = UnsafeMutableRawBufferPointer(rebasing: piece[..<min(piece.count, file.count - at)])
      try file.read(at: at, into: part)
      add(UnsafeRawBufferPointer(part))
    }
  }

  /// Of the bytes of a file.
  public static func text(file path: String) throws(WeightsError) -> String {
    var digest = ContentDigest()
    try digest.add(file: path)
    return digest.text
  }

  @inline(__always)
  private static func turned(_ lanes: SIMD4<UInt64>, _ words: SIMD4<UInt64>) -> SIMD4<UInt64> {
    let sum = lanes &+ words &* other
    return (sum &<< 31 | sum &>> 33) &* odd
  }

  private static func stirred(_ value: UInt64) -> UInt64 {
    var x = value
    x = (x ^ x >> 30) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ x >> 27) &* 0x94D0_49BB_1331_11EB
    return x ^ x >> 31
  }

  private static func digits(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
