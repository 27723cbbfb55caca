// Picture: the points of a still picture, grey or in colours, as bytes. What films are made of, and what is seen in them.
// It knows no file and no library, so that whoever draws or looks needs none.

/// What the bytes of a point mean.
public enum PictureColours: Int, Sendable {
  /// One byte: 0 is black, 255 white.
  case grey = 1
  /// Three bytes, red, green and blue, as displays take them (sRGB): 0 is none, 255 all.
  case rgb = 3
}

/// `bytes[(y · width + x) · channels + c]`: row after row from the top, each from the left.
public struct Picture: Sendable, Equatable {
  public let width: Int, height: Int
  public let colours: PictureColours
  public var bytes: [UInt8]

  /// Bytes a point: 1 or 3.
  public var channels: Int { colours.rawValue }

  /// - Parameter bytes: width · height · channels of them.
  public init(width: Int, height: Int, colours: PictureColours, bytes: [UInt8]) {
    precondition(
      width >= 0 && height >= 0 && bytes.count == width * height * colours.rawValue,
      "\(bytes.count) bytes for \(width) × \(height) points of \(colours.rawValue)")
    self.width = width
    self.height = height
    self.colours = colours
    self.bytes = bytes
  }

  /// A picture of one shade everywhere.
  public init(width: Int, height: Int, colours: PictureColours, shade: UInt8 = 0) {
    self.init(
      width: width, height: height, colours: colours,
      bytes: [UInt8](repeating: shade, count: width * height * colours.rawValue))
  }

  /// The byte of channel `channel` of the point in column `x` and row `y`.
  public subscript(x: Int, y: Int, channel: Int = 0) -> UInt8 {
    get { bytes[(y * width + x) * channels + channel] }
    set { bytes[(y * width + x) * channels + channel] = newValue }
  }
}
