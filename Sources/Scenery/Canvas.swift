// Canvas: a picture that is drawn on with cairo: filled polygons, shaded strokes between two discs, pictures over pictures.
import CCairo
import Glibc
import Pictures

/// Red, green, blue; 0…1.
public typealias Colour = SIMD3<Float>

/// A picture in memory. Used by one thread at a time.
public final class Canvas {
  public let width: Int, height: Int
  private let surface: OpaquePointer
  private let context: OpaquePointer

  public init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
    context = cairo_create(surface)
    cairo_set_antialias(context, CAIRO_ANTIALIAS_FAST)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// Puts another picture of the same size over everything.
  package func paint(_ other: Canvas) {
    cairo_set_source_surface(context, other.surface, 0, 0)
    cairo_paint(context)
  }

  /// Blue, green, red and nothing: four bytes a pixel, `stride` bytes a row.
  func withPixels<Result>(_ body: (UnsafePointer<UInt8>, _ stride: Int) -> Result) -> Result {
    cairo_surface_flush(surface)
    return body(cairo_image_surface_get_data(surface), Int(cairo_image_surface_get_stride(surface)))
  }

  /// Writes a PNG file; whether it could.
  public func write(png path: String) -> Bool { cairo_surface_write_to_png(surface, path) == CAIRO_STATUS_SUCCESS }

  /// A copy of a picture.
  public convenience init(_ picture: Picture) {
    self.init(width: picture.width, height: picture.height)
    let stride = Int(cairo_image_surface_get_stride(surface))
    let bytes = cairo_image_surface_get_data(surface)!
    for row in 0..<height {
      for column in 0..<width {
        for channel in 0..<3 {
          bytes[row * stride + 4 * column + 2 - channel] = picture[column, row, picture.channels == 1 ? 0 : channel]
        }
      }
    }
    cairo_surface_mark_dirty(surface)
  }

  /// What is drawn, in colours.
  public var picture: Picture {
    var picture = Picture(width: width, height: height, colours: .rgb)
    withPixels { bytes, stride in
      picture.bytes.withUnsafeMutableBufferPointer { points in
        for row in 0..<height {
          for column in 0..<width {
            let (from, to) = (row * stride + 4 * column, 3 * (row * width + column))
            for channel in 0..<3 { points[to + channel] = bytes[from + 2 - channel] }
          }
        }
      }
    }
    return picture
  }

  /// One colour everywhere.
  package func clear(_ colour: Colour) {
    use(colour, 1)
    cairo_paint(context)
  }

  /// A line of words; `at` is where their foot begins.
  func text(_ words: String, at place: SIMD2<Float>, size: Float, _ colour: Colour) {
    use(colour, 1)
    cairo_set_font_size(context, Double(size))
    cairo_move_to(context, Double(place.x), Double(place.y))
    cairo_show_text(context, words)
    cairo_new_path(context)
  }

  /// A line around.
  package func outline(_ points: [SIMD2<Float>], _ colour: Colour, width: Float) {
    guard points.count > 1 else { return }
    use(colour, 1)
    cairo_set_line_width(context, Double(width))
    trace(points)
    cairo_stroke(context)
  }

  private func use(_ colour: Colour, _ alpha: Float) {
    cairo_set_source_rgba(context, Double(colour.x), Double(colour.y), Double(colour.z), Double(alpha))
  }

  private func trace(_ points: [SIMD2<Float>]) {
    guard let first = points.first else { return }
    cairo_move_to(context, Double(first.x), Double(first.y))
    for point in points.dropFirst() { cairo_line_to(context, Double(point.x), Double(point.y)) }
    cairo_close_path(context)
  }

  package func fill(_ points: [SIMD2<Float>], _ colour: Colour, alpha: Float = 1) {
    guard points.count > 2 else { return }
    use(colour, alpha)
    trace(points)
    cairo_fill(context)
  }

  /// Fills all of them as one: where they overlap it is not darker.
  func fill(union polygons: [[SIMD2<Float>]], _ colour: Colour, alpha: Float) {
    use(colour, alpha)
    for points in polygons { trace(points) }
    cairo_fill(context)
  }

  /// Fills, and draws a line of `border` pixels around, in colours that change from one point to another.
  package func fill(
    _ points: [SIMD2<Float>], from: SIMD2<Float>, to: SIMD2<Float>,
    _ stops: [(at: Float, colour: Colour, alpha: Float)],
    border: Float = 0
  ) {
    guard points.count > 2 else { return }
    withGradient(from, to, stops) {
      trace(points)
      if border > 0 {
        cairo_set_line_width(context, Double(border))
        cairo_fill_preserve(context)
        cairo_stroke(context)
      } else {
        cairo_fill(context)
      }
    }
  }

  private func withGradient(
    _ from: SIMD2<Float>, _ to: SIMD2<Float>, _ stops: [(at: Float, colour: Colour, alpha: Float)], _ draw: () -> Void
  ) {
    let pattern = cairo_pattern_create_linear(Double(from.x), Double(from.y), Double(to.x), Double(to.y))
    for stop in stops {
      cairo_pattern_add_color_stop_rgba(
        pattern, Double(stop.at), Double(stop.colour.x), Double(stop.colour.y), Double(stop.colour.z),
        Double(stop.alpha))
    }
    cairo_set_source(context, pattern)
    draw()
    cairo_pattern_destroy(pattern)
  }

  /// The outline of two discs and what lies between them, in one colour.
  package func capsule(
    _ a: SIMD2<Float>, _ ra: Float, _ b: SIMD2<Float>, _ rb: Float, _ colour: Colour, alpha: Float = 1
  ) {
    use(colour, alpha)
    traceCapsule(a, ra, b, rb)
    cairo_fill(context)
  }

  /// The same, round: `across` gives the colours from its left edge to its right one, looking from `a` to `b`.
  func capsule(_ a: SIMD2<Float>, _ ra: Float, _ b: SIMD2<Float>, _ rb: Float, across: [Colour]) {
    let way = b - a
    let length = max(way.norm, 1e-3)
    let side = SIMD2(way.y, -way.x) / length * max(ra, rb)
    let middle = (a + b) / 2
    let stops = across.enumerated().map { (at: Float($0) / Float(across.count - 1), colour: $1, alpha: Float(1)) }
    withGradient(middle + side, middle - side, stops) {
      traceCapsule(a, ra, b, rb)
      cairo_fill(context)
    }
  }

  private func traceCapsule(_ a: SIMD2<Float>, _ ra: Float, _ b: SIMD2<Float>, _ rb: Float) {
    let way = b - a
    let length = way.norm
    cairo_new_sub_path(context)
    guard length > abs(ra - rb) else {
      let (centre, radius) = ra > rb ? (a, ra) : (b, rb)
      cairo_arc(context, Double(centre.x), Double(centre.y), Double(radius), 0, 2 * .pi)
      return cairo_close_path(context)
    }
    let angle = Double(atan2f(way.y, way.x))
    let touch = Double(acosf((ra - rb) / length))
    cairo_arc(context, Double(a.x), Double(a.y), Double(ra), angle + touch, angle + 2 * .pi - touch)
    cairo_arc(context, Double(b.x), Double(b.y), Double(rb), angle - touch, angle + touch)
    cairo_close_path(context)
  }

  /// A disc that fades towards its edge.
  package func glow(_ centre: SIMD2<Float>, radius: Float, _ colour: Colour, alpha: Float) {
    let (x, y) = (Double(centre.x), Double(centre.y))
    let pattern = cairo_pattern_create_radial(x, y, 0, x, y, Double(radius))
    for (at, share) in [(0.0, 1.0), (0.5, 0.5), (1, 0)] {
      cairo_pattern_add_color_stop_rgba(
        pattern, at, Double(colour.x), Double(colour.y), Double(colour.z), Double(alpha) * share)
    }
    cairo_set_source(context, pattern)
    cairo_paint(context)
    cairo_pattern_destroy(pattern)
  }

  /// Draws inside a polygon only.
  package func clipped(to points: [SIMD2<Float>], _ draw: () -> Void) {
    cairo_save(context)
    trace(points)
    cairo_clip(context)
    draw()
    cairo_restore(context)
  }
}

/// The convex hull (Andrew 1979).
func hull(_ points: [SIMD2<Float>]) -> [SIMD2<Float>] {
  let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
  func half(_ points: some Sequence<SIMD2<Float>>) -> [SIMD2<Float>] {
    var chain: [SIMD2<Float>] = []
    for p in points {
      while chain.count > 1 {
        let (a, b) = (chain[chain.count - 2], chain[chain.count - 1])
        if (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) > 0 { break }
        chain.removeLast()
      }
      chain.append(p)
    }
    return Array(chain.dropLast())
  }
  return half(sorted) + half(sorted.reversed())
}
