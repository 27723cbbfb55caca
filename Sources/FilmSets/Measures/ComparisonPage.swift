// ComparisonPage: how near made sounds come to real ones, as a page for a browser: the measures, and for each pair its words,
// both sounds to listen to, and both as spectrograms.
import Foundation
import Training

public struct ComparisonPage {
  /// What was compared.
  public let title: String
  public let comparison: SoundComparison
  public let measures: [SoundMeasure]
  /// Of clips, by the names of their sounds.
  public var words: [String: String] = [:], events: [String: [Double]] = [:]
  /// The most pairs that are shown.
  public static let limit = 40

  public init(_ title: String, _ comparison: SoundComparison, _ measures: [SoundMeasure]) {
    (self.title, self.comparison, self.measures) = (title, comparison, measures)
  }

  /// How many pairs are shown.
  public var count: Int { min(comparison.pairs.count, Self.limit) }

  /// Writes index.html, and pictures beside it.
  ///
  /// - Parameter progress: is told how many pairs are drawn; what it throws ends the work.
  /// - Throws: `DataError` with the path of what cannot be read or written.
  public func write(to folder: URL, progress: (Int) throws -> Void = { _ in }) throws {
    let pictures = folder.appendingPathComponent("pictures")
    try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
    var body = "<h1>\(Self.escaped(title))</h1>\n" + table
    let hidden = comparison.pairs.count - count
    body += "<p>Above the real sound, below the made one; dark is loud. Ticks: where something begins to sound."
    body += " Dotted lines: where something happened.\(hidden > 0 ? " \(hidden) more pairs are not shown." : "")</p>\n"
    for (index, name) in comparison.pairs.prefix(Self.limit).enumerated() {
      let pair = [comparison.real[name]!, comparison.made[name]!]
      let path = pictures.appendingPathComponent(name + ".png")
      let sheet = SoundSheet(try pair.map(Self.samples), events: events[name] ?? [])
      guard sheet.write(png: path.path) else { throw DataError("\(path.path): cannot be written") }
      body += "<section>\n<h2>\(Self.escaped(name))</h2>\n"
      if let words = words[name] { body += "<p>\(Self.escaped(words))</p>\n" }
      body += "<img src=\"\(Self.link(path, from: folder))\" alt=\"Spectrograms of \(Self.escaped(name))\">\n"
      for (sound, words) in zip(pair, ["real", "made"]) {
        let link = Self.link(URL(fileURLWithPath: sound), from: folder)
        body += "<p><audio controls preload=\"none\" src=\"\(link)\"></audio> \(words)</p>\n"
      }
      body += "</section>\n"
      try progress(index + 1)
    }
    let page = Self.page(Self.escaped(title), body)
    let place = folder.appendingPathComponent("index.html")
    do { try Data(page.utf8).write(to: place, options: .atomic) } catch {
      throw DataError("\(place.path): cannot be written: \(error.localizedDescription)")
    }
  }

  private static func samples(_ path: String) throws -> [Float] {
    try MonoSound.samples(path, rate: SoundSheet.rate)
  }

  private var table: String {
    var rows = "<table>\n<tr><th>measure</th><th>value</th><th>of</th><th>with</th></tr>\n"
    for measure in measures {
      rows += "<tr><td>\(Self.escaped(measure.name))</td><td>\(measure.text)</td><td>\(measure.count)</td>"
      rows += "<td>\(Self.escaped(measure.note))</td></tr>\n"
    }
    return rows + "</table>\n"
  }

  /// Relative where it lies below the page, so that the folder can be moved.
  private static func link(_ file: URL, from folder: URL) -> String {
    let (path, base) = (file.standardizedFileURL.path, folder.standardizedFileURL.path + "/")
    let link = path.hasPrefix(base) ? String(path.dropFirst(base.count)) : path
    return link.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? link
  }

  private static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: "\"", with: "&quot;")
  }

  private static func page(_ title: String, _ body: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <title>\(title)</title>
    <style>
    body { font-family: sans-serif; margin: 2em; max-width: 75em; color: #222; }
    table { border-collapse: collapse; }
    td, th { border-bottom: 1px solid #ccc; padding: 0.3em 0.8em; text-align: left; }
    img { max-width: 100%; image-rendering: pixelated; border: 1px solid #ddd; }
    section { margin: 2em 0; }
    </style>
    </head>
    <body>
    \(body)</body>
    </html>

    """
  }
}
