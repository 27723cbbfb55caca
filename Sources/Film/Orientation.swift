// Orientation: how a film's pictures are turned and mirrored before they are shown, as phones ask by a matrix.
import CLibAV

/// One of the eight ways to lay a picture: mirrored left to right or not, then turned clockwise by a multiple of 90°.
struct Orientation: Equatable, Sendable {
  var isMirrored = false
  /// 0, 90, 180 or 270 degrees, clockwise.
  var rotation = 0

  static let upright = Orientation()

  /// The nearest of the eight to a matrix `[a b u; c d v; x y w]`: the point (x, y), counted downwards, is shown at
  /// (a·x + c·y, b·x + d·y).
  init(matrix: UnsafePointer<Int32>) {
    var (a, b, c, d) = (Double(matrix[0]), Double(matrix[1]), Double(matrix[3]), Double(matrix[4]))
    isMirrored = a * d - b * c < 0
    if isMirrored { (a, b) = (-a, -b) }
    rotation =
      abs(a) + abs(d) >= abs(b) + abs(c) ? (a + d >= 0 ? 0 : 180) : (b - c > 0 ? 90 : 270)
  }

  init() {}

  /// The matrix that asks for it, in libav's units.
  var matrix: [Int32] {
    let one: Int32 = 1 << 16
    var (a, b, c, d): (Int32, Int32, Int32, Int32) =
      switch rotation {
      case 90: (0, one, -one, 0)
      case 180: (-one, 0, 0, -one)
      case 270: (0, -one, one, 0)
      default: (one, 0, 0, one)
      }
    if isMirrored { (a, b) = (-a, -b) }
    (c, d) = (c, d)
    return [a, b, 0, c, d, 0, 0, 0, 1 << 30]
  }

  /// Whether rows become columns.
  var swapsSides: Bool { rotation % 180 != 0 }

  /// Copies points of `channels` bytes from rows `stride` bytes apart into rows without gaps, laid as is asked.
  ///
  /// - Parameters:
  ///   - width: of what is shown; `height` likewise.
  func lay(
    _ source: UnsafePointer<UInt8>, stride: Int, into target: UnsafeMutablePointer<UInt8>, width: Int, height: Int,
    channels: Int
  ) {
    guard self != .upright else {
      for y in 0..<height {
        (target + y * width * channels).update(from: source + y * stride, count: width * channels)
      }
      return
    }
    let (columns, rows) = swapsSides ? (height, width) : (width, height)
    // Where the first shown point comes from, and how far one further to the right and one further down lie from it.
    var (x, y, right, down): (Int, Int, (Int, Int), (Int, Int)) =
      switch rotation {
      case 90: (0, rows - 1, (0, -1), (1, 0))
      case 180: (columns - 1, rows - 1, (-1, 0), (0, -1))
      case 270: (columns - 1, 0, (0, 1), (-1, 0))
      default: (0, 0, (1, 0), (0, 1))
      }
    if isMirrored { (x, right.0, down.0) = (columns - 1 - x, -right.0, -down.0) }
    let first = source + y * stride + x * channels
    let (toRight, toDown) = (right.0 * channels + right.1 * stride, down.0 * channels + down.1 * stride)
    var to = target
    for row in 0..<height {
      var from = first + row * toDown
      for _ in 0..<width {
        for channel in 0..<channels { to[channel] = from[channel] }
        to += channels
        from += toRight
      }
    }
  }
}
