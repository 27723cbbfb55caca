// SeenFilm: what was seen in a film, in a file: so that a plugin needs no film reader, and no film is watched twice.
// A safetensors file: `features` [pictures, width], `times` [pictures, 2], and who looked.
import Tensors

public struct SeenFilm: Sendable {
  /// One a picture, [pictures, width].
  public let features: Tensor
  /// When each is shown, in seconds from the film's zero; rising.
  public let times: [Double]
  /// Who looked: a voice knows the features of one.
  public let viewer: String
  /// The name of the film, for people.
  public let name: String

  /// What `viewer` and `name` are called in the file.
  private static let (viewerKey, nameKey) = ("watched", "film")

  public init(features: Tensor, times: [Double], viewer: String, name: String) {
    (self.features, self.times, self.viewer, self.name) = (features, times, viewer, name)
  }

  /// - Throws: `FoleyError` where the file is none of these, or says what cannot be.
  public init(path: String) throws(FoleyError) {
    func wrong(_ found: String) -> FoleyError {
      FoleyError("\(path): expected a film as `fotoplayer watch` writes it, found \(found)")
    }
    let (file, features, ticks): (SafeTensors, Tensor, Tensor)
    do throws(WeightsError) {
      let found = try SafeTensors(path: path)
      guard found.metadata[Self.viewerKey] != nil else { throw WeightsError("another safetensors file") }
      (file, features, ticks) = (found, try found.tensor("features"), try found.tensor("times"))
    } catch { throw wrong("\(error)") }
    guard features.shape.rank == 2, features.shape[0] > 0, ticks.shape == Shape(features.shape[0], 2) else {
      throw wrong("features \(features.shape) at times \(ticks.shape)")
    }
    let times = (0..<ticks.shape[0]).map { Double(ticks[2 * $0]) + Double(ticks[2 * $0 + 1]) }
    guard times.allSatisfy({ $0.isFinite && abs($0) < 1e6 }), zip(times, times.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw wrong("times that do not rise") }
    guard features.array.allSatisfy({ $0.isFinite }) else { throw wrong("features that are no numbers") }
    self.init(
      features: features, times: times, viewer: file.metadata[Self.viewerKey] ?? "",
      name: file.metadata[Self.nameKey] ?? path)
  }

  /// - Throws: `WeightsError` where the file cannot be written.
  public func write(to path: String) throws(WeightsError) {
    let ticks = Tensor(zeros: Shape(times.count, 2))
    for (index, time) in times.enumerated() {
      ticks[2 * index] = Float(time)
      ticks[2 * index + 1] = Float(time - Double(Float(time)))
    }
    try SafeTensors.write(
      [("features", features), ("times", ticks)], metadata: [Self.viewerKey: viewer, Self.nameKey: name], to: path)
  }
}
