// FilmClip: what is known of a filmed performance besides its films, scores and sound: clip.json in its folder.
// A recording needs to say its style and its licence only; of what was rendered everything is known.
import Foundation
import Keyboards
import Scenery
import Training

/// What a clip says of itself.
public struct FilmClip: Codable, Equatable, Sendable {
  /// One film.
  public struct Film: Codable, Equatable, Sendable {
    public let view: FilmView
    public let width: Int, height: Int
    /// Where the corners of the keys' plane lie in the pictures: x to the right and y down, in points; the bass at the
    /// pianist's side, the treble at the pianist's side, the treble behind, the bass behind. They may lie outside; nil where
    /// a corner is behind the camera.
    public let corners: [[Float]?]?
    /// Of a camera without its lens: three rows of four (millimetres to points).
    public let matrix: [[Float]]?
    public let camera: FilmCamera?
  }

  /// What sounds: an instrument, a player, a room; to condition a generator on.
  public var style: String?
  public var licence: String?
  public var seconds: Double?, framesPerSecond: Double?
  /// The lowest and the highest MIDI key of the instrument.
  public var keys: [Int]?
  public var films: [Film]?

  /// Of rendered clips: by which numbers, of what music, on which synthesiser.
  public var seed: UInt64?, notes: Int?, music: String?
  public var soundFont: String?, synthesiser: String?
  public var look: Look?

  public init(style: String? = nil, licence: String? = nil) { (self.style, self.licence) = (style, licence) }

  static func path(in folder: URL) -> String { folder.appendingPathComponent("clip.json").path }

  /// Reads a folder's; nil when there is none.
  static func read(in folder: URL) throws -> FilmClip? {
    let path = path(in: folder)
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    do { return try JSONDecoder().decode(FilmClip.self, from: data) } catch {
      throw DataError("\(path): not the description of a clip: \(error)")
    }
  }

  func write(in folder: URL) throws { try writeDescription(self, to: Self.path(in: folder)) }
}

extension FilmClip.Film {
  /// Of a rendered film.
  init(_ camera: FilmCamera, geometry: KeyboardGeometry) {
    view = camera.view
    (width, height) = (camera.camera.width, camera.camera.height)
    corners = geometry.corners.map { corner in camera.camera.project(corner).map { [$0.x, $0.y] } }
    matrix = camera.camera.matrix
    self.camera = camera
  }
}
