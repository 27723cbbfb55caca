// ClipFeatures: a clip as it is learned from: latents of its sound, features of its captions and of its film, its events; in a
// file. Made once by whoever has the encoders; training reads it where it wants it.
import Foundation
import Tensors

public struct ClipFeatures: Sendable {
  /// Not normalised, [frames, latentWidth].
  public let latents: Tensor
  /// Of each caption, [tokens, width].
  public let captions: [Tensor]
  /// One a picture, [pictures, width], and when each is shown, seconds from the clip's beginning; nil without a film.
  public let film: (features: Tensor, times: [Double])?
  /// None where nothing is known of them.
  public let events: [ClipEvent]

  public init(
    latents: Tensor, captions: [Tensor] = [], film: (features: Tensor, times: [Double])? = nil,
    events: [ClipEvent] = []
  ) {
    precondition(film.map { $0.features.shape[0] == $0.times.count } ?? true, "a picture without a time")
    (self.latents, self.captions, self.film, self.events) = (latents, captions, film, events)
  }

  /// Reads a file.
  ///
  /// - Throws: an error with the path, when it cannot be read or holds something else.
  public init(_ path: String) throws {
    let file = try SafeTensors(path: path)
    func optional(_ name: String) throws -> Tensor? { try file.shape(name).map { _ in try file.tensor(name) } }
    latents = try file.tensor("latents")
    captions = try (0..<file.names.count { $0.hasPrefix("caption.") }).map { try file.tensor("caption.\($0)") }
    let (features, moments) = (try optional("film"), try optional("events"))
    let times = try features.map { _ in try file.tensor("times").array.map(Double.init) } ?? []
    func areRows(_ x: Tensor) -> Bool { x.shape.rank == 2 && x.shape[0] > 0 }
    let isFilm = features.map { areRows($0) && $0.shape[0] == times.count } ?? true
    guard areRows(latents), captions.allSatisfy(areRows), isFilm, moments.map({ $0.shape.width == 2 }) ?? true else {
      throw DataError("\(path): expected rows of latents, of captions, and of pictures with a time each, found others")
    }
    film = features.map { ($0, times) }
    events =
      moments.map { moments in
        (0..<moments.shape[0]).map {
          ClipEvent(time: Double(moments[2 * $0]), strength: Double(moments[2 * $0 + 1]))
        }
      } ?? []
  }

  /// - Parameter identity: what it was made from.
  public func write(to path: String, identity: String) throws {
    var tensors: [(name: String, tensor: Tensor)] = [("latents", latents)]
    for (index, caption) in captions.enumerated() { tensors.append(("caption.\(index)", caption)) }
    if let film {
      tensors += [("film", film.features), ("times", Tensor(Shape(film.times.count), film.times.map { Float($0) }))]
    }
    if !events.isEmpty {
      let moments = events.flatMap { [Float($0.time), Float($0.strength)] }
      tensors.append(("events", Tensor(Shape(events.count, 2), moments)))
    }
    try SafeTensors.write(tensors, metadata: ["identity": identity], to: path)
  }
}
