// CauseFilm: a scene becomes a film's pictures, each a function of its number alone.
import Pictures
import Scenery

/// Films a scene. Used by one thread at a time.
package final class CauseFilm {
  package let framesPerSecond: Double
  package var width: Int { camera.width }
  package var height: Int { camera.height }
  private let cause: any Cause
  private let camera: Camera
  private let canvas: Canvas, backdrop: Canvas
  private let brush: Brush
  private let exposure: Exposure

  package init(_ cause: any Cause, framesPerSecond: Double) {
    (self.cause, self.framesPerSecond, camera) = (cause, framesPerSecond, cause.setting.camera)
    canvas = Canvas(width: camera.width, height: camera.height)
    backdrop = Canvas(width: camera.width, height: camera.height)
    cause.backdrop(Brush(canvas: backdrop, camera: camera, look: cause.setting.look))
    brush = Brush(canvas: canvas, camera: camera, look: cause.setting.look)
    exposure = Exposure(cause.setting.sensor, width: camera.width, height: camera.height)
  }

  /// A picture; its shutter is open around `number / framesPerSecond` seconds.
  package func frame(_ number: Int) -> Picture {
    exposure.picture(of: canvas, frame: number) { offset in
      canvas.paint(backdrop)
      cause.draw(brush, at: (Double(number) + offset) / framesPerSecond)
    }
  }
}
