// RollClip: one filmed performance as a roll predictor wants it: every picture cut to a strip of the keys, and the scores.
// A folder: strips.json, times.f64, and of every view a file of grey bytes, frame after frame; coarse, precise and fine.mid.
import Conditioning
import Foundation
import Score
import Tensors

/// A clip of a set of strips. Pictures are read where they are wanted.
public struct RollClip: Sendable {
  /// What strips.json says.
  public struct Description: Codable, Equatable, Sendable {
    /// Views that there are, of `RollView`'s.
    public var views: [String]
    public var frames: Int
    /// The lowest and the highest key that the view from above shows, or else the instrument has.
    public var keys: [Int]
    public var style: String?, licence: String?
    /// Whether precise.mid tells how loud notes are; nil where it does.
    public var tellsVelocities: Bool?
    /// The bytes of each view's film, or what else tells where the pictures come from, to notice others.
    public var films: [String: Int]

    public init(
      views: [RollView], frames: Int, keys: ClosedRange<Int>, style: String?, licence: String?, films: [String: Int]
    ) {
      (self.views, self.frames, self.keys) = (views.map(\.rawValue), frames, [keys.lowerBound, keys.upperBound])
      (self.style, self.licence, self.films) = (style, licence, films)
    }
  }

  public let name: String
  public let description: Description
  public let recipe: RollSet.Recipe
  public let views: [RollView]
  /// When each frame is seen, seconds, rising.
  public let times: [Double]
  /// Those that the view from above shows.
  public let keys: ClosedRange<UInt8>
  /// As it is seen; with velocities; with pedals.
  public let coarse: Score, precise: Score, fine: Score
  /// How high fingers hang over the keys, where that is known.
  public let heights: FingerHeights?
  private let folder: String

  public static func descriptionPath(_ folder: URL) -> String { folder.appendingPathComponent("strips.json").path }
  public static func timesPath(_ folder: URL) -> String { folder.appendingPathComponent("times.f64").path }
  public static func path(_ view: RollView, in folder: URL) -> String {
    folder.appendingPathComponent(view.rawValue + ".u8").path
  }

  /// Those of one frame.
  private static func bytes(_ view: RollView, _ recipe: RollSet.Recipe) -> Int {
    let size = recipe.size(view)
    return size.rows * size.columns
  }

  /// - Throws: `DataError` with the path when something lacks or does not fit.
  public init(_ folder: URL, recipe: RollSet.Recipe) throws {
    (name, self.folder, self.recipe) = (folder.lastPathComponent, folder.path, recipe)
    let path = Self.descriptionPath(folder)
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      description = try JSONDecoder().decode(Description.self, from: data)
    } catch { throw DataError("\(path): not the description of strips: \(error)") }
    views = description.views.compactMap { RollView(rawValue: $0) }
    let range = description.keys
    guard views.count == description.views.count, Set(views).count == views.count, !views.isEmpty,
      description.frames > 0, range.count == 2, range[0] <= range[1], range[0] >= 0, range[1] <= 127
    else { throw DataError("\(path): expected frames of some views, and a range of keys") }
    keys = UInt8(range[0])...UInt8(range[1])
    for view in views {
      let path = Self.path(view, in: folder)
      let expected = description.frames * Self.bytes(view, recipe)
      let size = (try? OpenFile(path))?.count
      guard size == expected else {
        throw DataError("\(path): expected \(expected) bytes, found \(size.map(String.init) ?? "no file")")
      }
    }
    times = try Self.times(in: folder)
    guard times.count == description.frames else {
      throw DataError(
        "\(Self.timesPath(folder)): expected the times of \(description.frames) frames, found \(times.count)")
    }
    heights = try FingerHeights(in: folder, frames: times.count)
    func score(_ part: String) throws -> Score {
      let path = folder.appendingPathComponent(part + ".mid").path
      guard let data = FileManager.default.contents(atPath: path) else { throw DataError("\(path): cannot read") }
      do { return try Score(midi: Array(data)) } catch { throw DataError("\(path): \(error)") }
    }
    (coarse, precise, fine) = (try score("coarse"), try score("precise"), try score("fine"))
  }

  /// When each frame of a clip is seen.
  ///
  /// - Throws: `DataError` with the path when they are not there, or do not rise.
  public static func times(in folder: URL) throws -> [Double] {
    let path = timesPath(folder)
    guard let data = FileManager.default.contents(atPath: path), data.count % 8 == 0 else {
      throw DataError("\(path): expected the times of frames")
    }
    let times = data.withUnsafeBytes { bytes in
      (0..<data.count / 8).map {
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)))
      }
    }
    guard zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else { throw DataError("\(path): times must rise") }
    return times
  }

  public static func write(times: [Double], in folder: URL) throws {
    var file = try FileReplacement(path: timesPath(folder))
    try times.map { $0.bitPattern.littleEndian }.withUnsafeBytes { try file.write($0) }
    try file.commit()
  }

  /// Seconds from one frame to the next, the median.
  public var period: Double {
    let steps = zip(times, times.dropFirst()).map { $1 - $0 }.sorted()
    return steps.isEmpty ? 0.04 : steps[steps.count / 2]
  }

  /// The frames of the window around frame `index`, as a film that keeps every `stride`th frame shows it.
  public func window(around index: Int, stride: Int, rate: Double) -> [Int] {
    let reach = Int((Double(RollInput.frames / 2) / rate / (period * Double(stride))).rounded(.up)) + 2
    let near = (-min(reach, index / stride)...min(reach, (times.count - 1 - index) / stride)).map {
      index + $0 * stride
    }
    let places = RollWindow.frames(around: near.firstIndex(of: index)!, times: near.map { times[$0] }, rate: rate)
    return places.map { near[$0] }
  }

  /// The bytes of some frames, one after the other.
  ///
  /// - Throws: an error with the path when the file is gone or became shorter.
  public func pictures(_ view: RollView, _ frames: [Int]) throws -> [UInt8] {
    let bytes = Self.bytes(view, recipe)
    let file = try OpenFile(Self.path(view, in: URL(fileURLWithPath: folder)))
    var result = [UInt8](repeating: 0, count: frames.count * bytes)
    try result.withUnsafeMutableBytes { result in
      for (place, frame) in frames.enumerated() {
        try file.read(at: frame * bytes, into: .init(rebasing: result[place * bytes..<(place + 1) * bytes]))
      }
    }
    return result
  }

  /// Whether all of these views are there.
  public func has(_ wanted: some Sequence<RollView>) -> Bool { wanted.allSatisfy(views.contains) }
}
