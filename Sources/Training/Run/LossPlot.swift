// LossPlot: the log as a picture: every loss over the steps, on a logarithmic scale, and the learning rate below.
// An SVG file, written by hand: it opens in any browser and needs no library.
import Foundation
import Tensors

/// Draws a log.
public enum LossPlot {
  private static let size = (width: 960.0, height: 600.0), left = 70.0, right = 940.0
  private static let colours = ["#0b7285", "#c92a2a", "#5f3dc4", "#2b8a3e", "#e67700", "#364fc7", "#862e9c", "#495057"]
  private static let apart: Set<String> = [
    "step", "rate", "gradient norm", "steps/s", "sound s/s", "waited", "left", "measures",
  ]

  /// Writes the picture of the log at `log`; nothing when it has no line yet.
  public static func draw(log: String, to path: String) throws {
    let svg = svg(try TrainingLog.lines(log))
    guard let svg else { return }
    var file = try FileReplacement(path: path)
    try file.write(Array(svg.utf8))
    try file.commit()
  }

  /// The picture; nil of a log without losses.
  static func svg(_ lines: [JSON]) -> String? {
    var curves: [Curve] = []
    for line in lines {
      guard let step = line["step"]?.double, let members = line.members else { continue }
      for member in members where !apart.contains(member.name) {
        guard let value = member.value.double, value > 0 else { continue }
        if let index = curves.firstIndex(where: { $0.name == member.name }) {
          curves[index].points.append((step, value))
        } else {
          curves.append(Curve(name: member.name, points: [(step, value)]))
        }
      }
    }
    let rates = Curve(
      name: "rate",
      points: lines.compactMap { line in line["step"]?.double.flatMap { s in line["rate"]?.double.map { (s, $0) } } })
    guard !curves.isEmpty else { return nil }
    let last = curves.flatMap(\.points).map(\.0).max() ?? 1
    let values = curves.flatMap(\.points).map { log10($0.1) }
    let losses = Panel(top: 30, bottom: 430, low: values.min()!, high: values.max()!, last: last)
    let rate = Panel(top: 470, bottom: 560, low: 0, high: max(1e-12, rates.points.map(\.1).max() ?? 0), last: last)

    var svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(size.width)) \(Int(size.height))\" "
      + "font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    svg += losses.grid { String(format: "%.3g", pow(10, $0)) } + rate.grid { String(format: "%.2g", $0) }
    for (index, curve) in curves.enumerated() {
      let colour = colours[index % colours.count]
      svg += losses.line(curve.points.map { ($0.0, log10($0.1)) }, colour)
      let y = 46 + 18 * Double(index)
      svg += "<text x=\"\(right - 10)\" y=\"\(y)\" fill=\"\(colour)\" text-anchor=\"end\">\(escaped(curve.name)) "
      svg += String(format: "%.4g", curve.points.last!.1) + "</text>\n"
    }
    svg += rate.line(rates.points, "#495057")
    svg += "<text x=\"\(left)\" y=\"464\">learning rate</text>\n"
    svg += "<text x=\"\(right)\" y=\"590\" text-anchor=\"end\">step \(Int(last))</text>\n</svg>\n"
    return svg
  }

  private struct Curve {
    let name: String
    var points: [(Double, Double)]
  }

  /// A box with its own vertical scale.
  private struct Panel {
    let top: Double, bottom: Double, low: Double, high: Double, last: Double

    func line(_ points: [(Double, Double)], _ colour: String) -> String {
      let places = points.map { String(format: "%.1f,%.1f", x($0.0), y($0.1)) }.joined(separator: " ")
      return "<polyline points=\"\(places)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.5\"/>\n"
    }

    func grid(_ label: (Double) -> String) -> String {
      (0...4).map { part in
        let value = low + (high - low) * Double(part) / 4
        let height = String(format: "%.1f", y(value))
        return "<path d=\"M\(left) \(height)H\(right)\" stroke=\"#dee2e6\"/>"
          + "<text x=\"\(left - 6)\" y=\"\(height)\" text-anchor=\"end\">\(label(value))</text>\n"
      }.joined()
    }

    private func x(_ step: Double) -> Double { left + (right - left) * step / max(last, 1) }
    private func y(_ value: Double) -> Double { bottom - (bottom - top) * (value - low) / max(high - low, 1e-12) }
  }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
  }
}
