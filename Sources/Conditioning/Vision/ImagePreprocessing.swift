// ImagePreprocessing: from a picture to the numbers that CLIP was trained on: the shorter side brought to a length, the
// middle cut out, bytes to numbers, each colour by its mean and deviation. As `preprocessor_config.json` says.
import Pictures
import Tensors

/// The rules, and what they make of pictures.
public struct ImagePreprocessing: Sendable, Equatable {
  public enum Size: Sendable, Equatable {
    /// The shorter side becomes so long; the longer one follows, cut down to a whole number.
    case shorter(Int)
    case exactly(width: Int, height: Int)
  }

  /// nil: pictures keep their size.
  public let size: Size?
  /// Side of the square that is cut out of the middle, which is the model's.
  public let side: Int
  /// Of a byte, before the mean is taken off.
  public let scale: Float
  /// Of red, green and blue.
  public let mean: [Float], deviation: [Float]

  /// Reads the rules.
  ///
  /// - Parameter side: what the model takes.
  /// - Throws: `ConfigurationError` with the key, what was expected and what was found.
  public init(_ json: JSON, side: Int) throws(ConfigurationError) {
    let path = "preprocessor"
    let read = try ConfigurationReader(json, path: path)
    func wrong(_ key: String, _ expected: String) -> ConfigurationError {
      ConfigurationError("\(path).\(key): expected \(expected), found \(json[key].map { $0.text() } ?? "nothing")")
    }
    func does(_ key: String) throws(ConfigurationError) -> Bool { read.isAbsent(key) ? true : try read.flag(key) }
    self.side = side
    if try does("do_resize") {
      let resample = read.isAbsent("resample") ? 3 : try read.integer("resample", in: 0...5)
      guard resample == 3 else { throw wrong("resample", "3 (bicubic)") }
      if let side = json["size"]?.integer ?? json["size"]?["shortest_edge"]?.integer, 1...4096 ~= side {
        size = .shorter(side)
      } else if let width = json["size"]?["width"]?.integer, let height = json["size"]?["height"]?.integer,
        1...4096 ~= width, 1...4096 ~= height
      {
        size = .exactly(width: width, height: height)
      } else {
        throw wrong("size", "a length in 1...4096, as shortest_edge, or width and height")
      }
    } else {
      size = nil
    }
    let smallest: Int? =
      switch size {
      case .shorter(let side): side
      case .exactly(let width, let height): min(width, height)
      case nil: nil
      }
    if let smallest, smallest < side { throw wrong("size", "at least the image_size \(side)") }
    if try does("do_center_crop") {
      let crop = json["crop_size"]
      let (width, height) = (crop?.integer ?? crop?["width"]?.integer, crop?.integer ?? crop?["height"]?.integer)
      guard width == side, height == side else { throw wrong("crop_size", "the model's image_size \(side)") }
    } else if size != .exactly(width: side, height: side) {
      throw wrong("do_center_crop", "true, or a size of \(side) × \(side)")
    }
    scale =
      try does("do_rescale")
      ? (read.isAbsent("rescale_factor") ? 1 / 255 : Float(try read.number("rescale_factor", in: 1e-6...1))) : 1
    guard try does("do_normalize") else {
      (mean, deviation) = ([0, 0, 0], [1, 1, 1])
      return
    }
    func colours(_ key: String, _ usual: [Float], _ range: ClosedRange<Double>) throws(ConfigurationError) -> [Float] {
      if read.isAbsent(key) { return usual }
      let values = try read.numbers(key, in: range, most: 3).map { Float($0) }
      guard values.count == 3 else { throw wrong(key, "three numbers") }
      return values
    }
    mean = try colours("image_mean", [0.48145466, 0.4578275, 0.40821073], -255...255)
    deviation = try colours("image_std", [0.26862954, 0.26130258, 0.27577711], 1e-6...255)
  }

  /// (byte · scale − mean) / deviation of the middle of each picture, [pictures, side, side, 3].
  ///
  /// - Parameter pictures: in colours or grey, of any size but none at all.
  public func callAsFunction(_ pictures: [Picture]) -> Tensor {
    let count = side * side * 3
    let pixels = Tensor(zeros: Shape(pictures.count, side, side, 3))
    for (index, picture) in pictures.enumerated() {
      let middle = middle(picture)
      let target = pixels.data + index * count
      for at in 0..<count { target[at] = (Float(middle.bytes[at]) * scale - mean[at % 3]) / deviation[at % 3] }
    }
    return pixels
  }

  /// The square in the middle of a picture that was brought to its size, in colours.
  package func middle(_ picture: Picture) -> Picture {
    precondition(picture.width > 0 && picture.height > 0, "an empty picture")
    let picture = picture.colours == .rgb ? picture : picture.coloured
    let (width, height) = resized(picture.width, picture.height)
    let (left, top) = (Self.half(width - side), Self.half(height - side))
    return picture.resized(width: width, height: height, columns: left..<left + side, rows: top..<top + side)
  }

  private func resized(_ width: Int, _ height: Int) -> (width: Int, height: Int) {
    switch size {
    case nil: return (width, height)
    case .exactly(let width, let height): return (width, height)
    case .shorter(let short):
      let long = Int(Double(short * max(width, height)) / Double(min(width, height)))
      return width <= height ? (short, long) : (long, short)
    }
  }

  /// Half, downwards.
  private static func half(_ value: Int) -> Int { value >> 1 }
}

extension Picture {
  /// Grey as colours.
  fileprivate var coloured: Picture {
    Picture(width: width, height: height, colours: .rgb, bytes: bytes.flatMap { [$0, $0, $0] })
  }
}
