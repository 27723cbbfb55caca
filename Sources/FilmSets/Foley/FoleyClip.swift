// FoleyClip: what is known of a clip of Foley: clip.json in its folder, beside audio.wav and, if it was filmed, video.mp4.
import Foundation
import Training

/// What a clip says of itself.
public struct FoleyClip: Codable, Equatable, Sendable {
  public struct Event: Codable, Equatable, Sendable {
    /// Seconds from the beginning, and 0…1.
    public let time: Double, strength: Double
  }

  /// The first of `captions`.
  public let caption: String
  public let captions: [String]
  /// What kind of sound it is.
  public let `class`: String
  public let events: [Event]
  public let seconds: Double
  public let licence: String
  /// The packages whose recordings are heard, or `computed`.
  public let source: String
  /// The recordings that are heard.
  public let recordings: [String]
  public let isFilmed: Bool
  public let framesPerSecond: Int?
  public let seed: UInt64

  enum CodingKeys: String, CodingKey {
    case caption, captions, `class`, events, seconds, licence, source, recordings, framesPerSecond, seed
    case isFilmed = "filmed"
  }

  private static func path(in folder: URL) -> String { folder.appendingPathComponent("clip.json").path }

  /// Reads a folder's.
  ///
  /// - Throws: `DataError` with its path.
  public init(in folder: URL) throws {
    let path = Self.path(in: folder)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DataError("\(path): expected the description of a clip, found nothing that can be read")
    }
    do { self = try JSONDecoder().decode(FoleyClip.self, from: data) } catch {
      throw DataError("\(path): not the description of a clip: \(error)")
    }
  }

  init(_ plan: FoleyPlan) {
    (captions, `class`, seconds, seed) = (plan.captions, plan.category, plan.seconds, plan.seed)
    caption = captions[0]
    events = plan.events.map { Event(time: $0.time, strength: ($0.strength * 1000).rounded() / 1000) }
    let packages = Set(plan.recordings.map(\.source)).sorted()
    source = packages.isEmpty ? "computed" : packages.joined(separator: ", ")
    let licences = Set(plan.recordings.map(\.licence)).sorted()
    licence = licences.isEmpty ? "none needed: computed" : licences.joined(separator: "; ")
    recordings = plan.recordings.map(\.name).sorted()
    isFilmed = plan.cause != nil
    framesPerSecond = isFilmed ? plan.recipe.framesPerSecond : nil
  }

  func write(in folder: URL) throws { try writeDescription(self, to: Self.path(in: folder)) }

  /// The clip as a line of the manifest of the folder above.
  public func line(name: String) -> Clip {
    // What is computed shares nothing with other clips; recordings share their package.
    var clip = Clip(id: name, audio: name + "/audio.wav", key: source == "computed" ? "\(name), seed \(seed)" : source)
    clip.video = isFilmed ? name + "/video.mp4" : nil
    (clip.captions, clip.category, clip.seconds) = (captions, `class`, seconds)
    (clip.licence, clip.source) = (licence, source)
    clip.events = events.map { ClipEvent(time: $0.time, strength: $0.strength) }
    return clip
  }
}
