// ClipEncoders: who makes features of clips: a codec hears their sound, a reader reads their captions, a viewer watches their
// films. Each may be one that was downloaded, or one that needs no download.
import Codec
import Conditioning
import Foundation
import Tensors

/// Captions to features.
public protocol CaptionReader: Sendable {
  /// Tells it from others.
  var identity: String { get }
  var width: Int { get }
  /// [tokens, width].
  func features(of caption: String) throws -> Tensor
}

/// Films to features.
public protocol FilmViewer: Sendable {
  var identity: String { get }
  var width: Int { get }
  /// One a picture, [pictures, width], and when each is shown, in seconds from the film's zero.
  func features(ofFilm path: String) throws -> (features: Tensor, times: [Double])
  /// Features, [pictures, width], as they are of the film in a mirror; nil where it cannot tell.
  var mirror: (@Sendable (Tensor) -> Tensor)? { get }
}

extension FilmViewer {
  public var mirror: (@Sendable (Tensor) -> Tensor)? { nil }
}

/// A sound, or the sound of a film, as one channel at a rate.
public typealias ClipSoundReader = @Sendable (_ path: String, _ rate: Int) throws -> [Float]

public struct ClipEncoders: Sendable {
  /// The most words of a caption.
  public static let longest = 512

  public let codec: TrainedCodec
  public let words: any CaptionReader
  /// Nil where films are not watched.
  public let films: (any FilmViewer)?
  private let sound: ClipSoundReader
  /// Where each was opened, for runs that go on from one with these.
  public let places: Places

  /// What names the encoders: a codec's run or folder; `words`, or a folder with a T5; `motion`, `none`, or a folder with a CLIP.
  public struct Places: Sendable, Equatable {
    public var codec: String, words: String, films: String

    public init(codec: String, words: String = "words", films: String = "motion") {
      (self.codec, self.words, self.films) = (codec, words, films)
    }

    /// As a run says.
    public init(_ json: JSON) throws {
      guard let codec = json["codec"]?.string, let words = json["words"]?.string, let films = json["films"]?.string
      else { throw TrainingError("encoders: expected codec, words and films, found \(json.text())") }
      self.init(codec: codec, words: words, films: films)
    }
  }

  /// - Parameter sound: reads a clip's sound; by default what is a sound file, and no film.
  public init(
    codec: TrainedCodec, words: any CaptionReader, films: (any FilmViewer)?, places: Places,
    sound: ClipSoundReader? = nil
  ) {
    (self.codec, self.words, self.films, self.places) = (codec, words, films, places)
    self.sound = sound ?? { try MonoSound.samples($0, rate: $1) }
  }

  /// Everything that features depend on but for the clips.
  public var identity: String {
    [places.codec + " " + codec.version, words.identity, films?.identity ?? "no films"].joined(separator: "; ")
  }

  public var latentWidth: Int { codec.model.configuration.latentWidth }
  public var sampleRate: Int { codec.model.configuration.sampleRate }

  /// For a run's description.
  public var json: JSON {
    [
      "codec": JSON(places.codec), "words": JSON(places.words), "films": JSON(places.films),
      "identity": JSON(identity),
    ]
  }

  /// The features of a clip.
  ///
  /// - Throws: `DataError` with the clip and what is wrong with it, or an error with the path of a file.
  public func features(of clip: Clip, in manifest: ClipManifest) throws -> ClipFeatures {
    let samples = try samples(of: clip, in: manifest)
    let frames = samples.count / codec.model.configuration.hop
    guard frames > 0 else { throw DataError("\(manifest.audio(clip)): expected sound, found \(samples.count) samples") }
    let piece = Piece(events: [], sound: HeldSound(values: samples))
    let latents = codec.model.latents(try codec.model.excerpt(piece, frames: frames))
    return ClipFeatures(
      latents: latents.reshaped(frames, latentWidth), captions: try clip.captions.map { try read($0, of: clip.id) },
      film: try film(clip, in: manifest), events: clip.events)
  }

  /// The first seconds of a performance as the codec returns them: what is made from its latents comes no nearer.
  ///
  /// - Throws: an error with the path where the sound cannot be read.
  public func returned(_ piece: Piece, seconds: Double) throws -> [Float] {
    let frames = max(1, min(Int(seconds * 75), piece.samples / codec.model.configuration.hop))
    let excerpt = try codec.model.excerpt(piece, frames: frames)
    return codec.model.sound(codec.model.latents(excerpt), excerpt).array
  }

  /// A clip's sound.
  public func samples(of clip: Clip, in manifest: ClipManifest) throws -> [Float] {
    let path = manifest.audio(clip)
    let whole = try sound(path, sampleRate)
    let first = Int(((clip.start ?? 0) * Double(sampleRate)).rounded())
    let count = clip.seconds.map { Int(($0 * Double(sampleRate)).rounded()) } ?? whole.count
    guard first < whole.count else {
      throw DataError("\(path): expected sound from \(clip.start ?? 0) s on, found \(whole.count / sampleRate) s")
    }
    return Array(whole[first..<min(whole.count, first + count)])
  }

  /// The features of a caption.
  ///
  /// - Parameter place: whose caption it is, for a message.
  public func read(_ caption: String, of place: String) throws -> Tensor {
    let count = caption.split(whereSeparator: \.isWhitespace).count
    guard 1...Self.longest ~= count else {
      throw DataError("\(place): expected a caption of 1…\(Self.longest) words, found \(count)")
    }
    let features = try words.features(of: caption)
    guard features.shape[0] > 0 else {
      throw DataError("\(place): expected a caption with words, found \"\(caption)\"")
    }
    return features
  }

  private func film(_ clip: Clip, in manifest: ClipManifest) throws -> (features: Tensor, times: [Double])? {
    guard let films, let path = manifest.video(clip) else { return nil }
    return try Self.part(try films.features(ofFilm: path), from: clip.start ?? 0, seconds: clip.seconds, of: path)
  }

  /// The pictures that are shown in a part of a film, and the one before, which is shown when it begins.
  static func part(
    _ film: (features: Tensor, times: [Double]), from start: Double, seconds: Double?, of path: String
  ) throws -> (features: Tensor, times: [Double]) {
    let first = max(0, (film.times.firstIndex { $0 > start } ?? film.times.count) - 1)
    let end = seconds.flatMap { length in film.times.firstIndex { $0 >= start + length } } ?? film.times.count
    guard first < end else { throw DataError("\(path): expected a film with pictures from \(start) s on, found none") }
    return (
      film.features.slice(axis: 0, start: first, length: end - first), film.times[first..<end].map { $0 - start }
    )
  }
}
