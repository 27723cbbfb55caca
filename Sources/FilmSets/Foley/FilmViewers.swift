// FilmViewers: who watches the films of clips, and listens to the sound of those that have their own.
import Conditioning
import Film
import Foundation
import Resampling
import Tensors
import Training
import Watching

/// What happens in a film, without a network.
public struct MotionViewer: FilmViewer {
  public let identity = "motion 1, \(MotionView.width) wide"
  public let width = MotionView.width

  public init() {}

  public func features(ofFilm path: String) throws -> (features: Tensor, times: [Double]) {
    let found = try FilmFeatures.motion(path)
    return (found.features, found.times)
  }

  public var mirror: (@Sendable (Tensor) -> Tensor)? {
    { features in
      let (values, width) = (features.array, MotionView.width)
      let rows = stride(from: 0, to: values.count, by: width)
      return Tensor(features.shape, rows.flatMap { MotionView.mirrored(values[$0..<$0 + width]) })
    }
  }
}

/// What a CLIP sees, eight times a second.
public struct CLIPViewer: FilmViewer {
  private let encoder: ImageEncoder, cache: FeatureCache?
  private static let rate = 8.0

  public init(_ encoder: ImageEncoder, cache: FeatureCache?) { (self.encoder, self.cache) = (encoder, cache) }

  public var identity: String { "\(encoder.identity) at \(Self.rate)" }
  public var width: Int { encoder.width }

  public func features(ofFilm path: String) throws -> (features: Tensor, times: [Double]) {
    let found = try FilmFeatures.of(path, encoder, rate: Self.rate, cache: cache)
    return (found.features, found.times)
  }
}

/// The sound of a clip, be it a sound file or a film.
public enum ClipSound {
  /// The mean of the channels at a rate, from the file's zero.
  ///
  /// - Throws: `DataError` with the path, where it has no sound that can be read.
  @Sendable public static func samples(_ path: String, rate: Int) throws -> [Float] {
    do { return try MonoSound.samples(path, rate: rate) } catch {
      // What libsndfile does not know, libav may.
      guard (try? FilmInformation(path))?.hasSound == true else { throw error }
    }
    let film = try FilmSound(path)
    let all = try film.readAll()
    guard StreamingResampler.supports(from: film.sampleRate, to: rate), all.count >= film.channels else {
      throw DataError("\(path): expected sound near \(rate) Hz, found \(film.sampleRate) Hz")
    }
    let mono = stride(from: 0, to: all.count, by: film.channels).map { first in
      all[first..<first + film.channels].reduce(0, +) / Float(film.channels)
    }
    let silence = [Float](repeating: 0, count: max(0, Int(film.start * Double(rate))))
    return silence + resample(mono, from: film.sampleRate, to: rate).map { $0.isFinite ? $0 : 0 }
  }
}
