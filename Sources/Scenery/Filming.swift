// Filming: a performance before one camera becomes frames, each a function of its number alone.
import Pictures
import Score

/// Films for one camera. Used by one thread at a time.
public final class Filming {
  public let camera: FilmCamera
  public let framesPerSecond: Double
  public var width: Int { camera.camera.width }
  public var height: Int { camera.camera.height }
  private let choreography: Choreography
  private let canvas: Canvas, backdrop: Canvas
  private let brush: Brush
  private let room: RoomPainter, keyboard: KeyboardPainter, hands: HandPainter, pedals: PedalPainter
  private let exposure: Exposure

  public init(_ choreography: Choreography, look: Look, camera: FilmCamera, framesPerSecond: Double) {
    self.choreography = choreography
    self.camera = camera
    self.framesPerSecond = framesPerSecond
    let (width, height) = (camera.camera.width, camera.camera.height)
    let geometry = choreography.geometry
    canvas = Canvas(width: width, height: height)
    backdrop = Canvas(width: width, height: height)
    let still = Brush(canvas: backdrop, camera: camera.camera, look: look)
    brush = Brush(canvas: canvas, camera: camera.camera, look: look)
    let surroundings = RoomPainter(geometry, still, view: camera.view)
    if camera.view == .pedal {
      surroundings.underKeyboard()
      PedalPainter(geometry, still).backdrop()
    } else {
      surroundings.backdrop()
    }
    room = RoomPainter(geometry, brush, view: camera.view)
    keyboard = KeyboardPainter(geometry, brush)
    hands = HandPainter(brush, middle: geometry.width / 2)
    pedals = PedalPainter(geometry, brush)
    exposure = Exposure(camera.sensor, width: width, height: height)
  }

  /// The time in whose middle the shutter of a frame is open, seconds.
  public func time(_ frame: Int) -> Double { Double(frame) / framesPerSecond }

  /// A frame.
  public func frame(_ number: Int) -> Picture {
    exposure.picture(of: canvas, frame: number) { offset in draw(at: (Double(number) + offset) / framesPerSecond) }
  }

  private func draw(at time: Double) {
    let moment = choreography.moment(at: time)
    canvas.paint(backdrop)
    guard camera.view != .pedal else { return pedals.draw(moment) }
    keyboard.draw(moment.keys) { ShadowPainter.draw(moment.hands, on: choreography.geometry, brush) }
    room.foreground()
    hands.draw(moment.hands)
  }
}
