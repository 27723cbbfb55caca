// SeenFilm: what was seen in a film, in a file: so that a plugin needs no film reader, and no film is watched twice.
// A safetensors file: `features` [pictures, width], `times` [pictures, 2], `events` [n, 3] if they were looked for, who looked.
import Conditioning
import Performer
import Tensors

public struct SeenFilm: Sendable {
  /// What its pictures show, and what begins in it.
  public let lead: FilmLead
  /// Who looked: a voice knows the features of one.
  public let viewer: String
  /// The name of the film, for people.
  public let name: String

  /// What `viewer` and `name` are called in the file.
  private static let (viewerKey, nameKey) = ("watched", "film")

  public init(_ lead: FilmLead, viewer: String, name: String) {
    (self.lead, self.viewer, self.name) = (lead, viewer, name)
  }

  /// - Throws: `FoleyError` where the file is none of these, or says what cannot be.
  public init(path: String) throws(FoleyError) {
    func wrong(_ found: String) -> FoleyError {
      FoleyError("\(path): expected a film as `fotoplayer watch` writes it, found \(found)")
    }
    let (file, features, ticks, found): (SafeTensors, Tensor, Tensor, Tensor?)
    do throws(WeightsError) {
      let opened = try SafeTensors(path: path)
      guard opened.metadata[Self.viewerKey] != nil else { throw WeightsError("another safetensors file") }
      (file, features, ticks) = (opened, try opened.tensor("features"), try opened.tensor("times"))
      found = opened.shape("events") == nil ? nil : try opened.tensor("events")
    } catch { throw wrong("\(error)") }
    guard features.shape.rank == 2, features.shape[0] > 0, ticks.shape == Shape(features.shape[0], 2) else {
      throw wrong("features \(features.shape) at times \(ticks.shape)")
    }
    let times = ExactTimes.seconds(ticks)
    guard times.allSatisfy(Self.isMoment), zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw wrong("times that do not rise")
    }
    guard features.array.allSatisfy({ $0.isFinite }) else { throw wrong("features that are no numbers") }
    guard found.map({ $0.shape.rank == 2 && $0.shape[1] == 3 }) ?? true else { throw wrong("events \(found!.shape)") }
    let events = found.map { rows in
      zip(ExactTimes.seconds(rows), (0..<rows.shape[0]).map { Double(rows[3 * $0 + 2]) })
    }
    guard events?.allSatisfy({ Self.isMoment($0) && 0...1 ~= $1 }) ?? true else {
      throw wrong("events at no time, or of a strength that is not within 0…1")
    }
    self.init(
      FilmLead(features: features, times: times, events: events.map { $0.map { (time: $0, strength: $1) } }),
      viewer: file.metadata[Self.viewerKey] ?? "", name: file.metadata[Self.nameKey] ?? path)
  }

  /// - Throws: `WeightsError` where the file cannot be written.
  public func write(to path: String) throws(WeightsError) {
    var tensors = [
      (name: "features", tensor: lead.features),
      (name: "times", tensor: ExactTimes.rows(lead.times)),
    ]
    if let events = lead.events {
      let rows = events.flatMap { ExactTimes.pair($0.time) + [Float($0.strength)] }
      tensors.append((name: "events", tensor: Tensor(Shape(events.count, 3), rows)))
    }
    try SafeTensors.write(tensors, metadata: [Self.viewerKey: viewer, Self.nameKey: name], to: path)
  }

  private static func isMoment(_ time: Double) -> Bool { time.isFinite && abs(time) < 1e6 }
}
