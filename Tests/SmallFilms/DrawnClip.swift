// DrawnClip: a second or two of a drawn pianist, small, of which it is known where the keys lie.
import Conditioning
import Film
import Foundation
import Keyboards
import Scenery
import Score
import Synchronization

public struct DrawnClip: Sendable {
  public let path: String
  public let view: RollView
  /// Of the keys, where all of them are before the camera.
  public let place: KeyboardPlace?

  public static let score = Score(
    notes: [0, 4, 7, 12, 16, 19, 24].enumerated().map { index, step in
      let start = 0.2 + 0.17 * Double(index)
      return Note(key: UInt8(48 + step), velocity: UInt8(60 + 8 * index), start: start, end: start + 0.3)
    }, pedals: [Pedal(kind: .sustain, value: 127, time: 0.4)])

  /// Films that were drawn before, by what they show.
  private static let drawn = Mutex<[String: Data]>([:])

  /// Draws and writes a film.
  ///
  /// - Parameters:
  ///   - seconds: of its length.
  ///   - rate: pictures a second.
  ///   - begin: when its first picture is shown.
  ///   - rotation: how far players turn it.
  public init(
    _ path: String, _ view: RollView = .top, seconds: Double = 1.6, rate: Int = 25, width: Int = 320, height: Int = 180,
    begin: Double = 0, rotation: Int = 0
  ) throws {
    let geometry = KeyboardGeometry.full
    var options = RigOptions()
    (options.width, options.height) = (width, height)
    let camera = FilmCamera(FilmView(rawValue: view.rawValue)!, geometry: geometry, seed: 4, options)
    let filming = Filming(
      Choreography(Self.score, geometry: geometry, handSize: 1, seed: 4), look: Look(seed: 4), camera: camera,
      framesPerSecond: Double(rate))
    let corners = geometry.corners.compactMap { camera.camera.project($0) }
    (self.path, self.view) = (path, view)
    place = corners.count == 4 ? try? KeyboardPlace(corners: corners) : nil
    let name = "\(view) \(seconds) \(rate) \(width) \(height) \(begin) \(rotation)"
    if let data = Self.drawn.withLock({ $0[name] }) {
      try data.write(to: URL(fileURLWithPath: path))
      return
    }
    let film = try FilmWriter(
      path, width: width, height: height, frameRate: FrameRate(rate), ticks: 100, rotation: rotation)
    for frame in 0..<Int((seconds * Double(rate)).rounded()) {
      try film.write(filming.frame(frame), at: begin + Double(frame) / Double(rate))
    }
    try film.close()
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    Self.drawn.withLock { $0[name] = data }
  }
}
