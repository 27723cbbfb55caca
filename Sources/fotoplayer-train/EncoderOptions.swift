// EncoderOptions: who hears, reads and watches the clips that stages learn from.
import ArgumentParser
import Conditioning
import Foundation
import Tensors
import Training

#if Films
import FilmSets
#endif
#if Captions
import Words
#endif

struct EncoderOptions: ParsableArguments {
  @Option(help: "The codec whose latents are learned: its run, or a folder with an EnCodec.") var codec: String?
  @Option(help: "Who reads captions: words, which needs no download, or a folder with a T5 (words).") var words: String?
  @Option(help: "Who watches films: motion, which needs no download, a folder with a CLIP, or none (motion).")
  var films: String?
  @Option(help: "The folder where features of T5 and CLIP are kept; ~/.cache/fotoplayer/features by default.")
  var cache: String?

  /// The encoders that were asked for, or those of the run before, which they must be.
  func opened(_ before: TrainedStage? = nil) throws -> ClipEncoders {
    var places = try before.map { try ClipEncoders.Places($0.encoders) }
    if places == nil, let codec { places = ClipEncoders.Places(codec: codec) }
    guard var places else { throw ValidationError("expected --codec, a codec's run or a folder with an EnCodec") }
    (places.codec, places.words, places.films) = (
      codec ?? places.codec, words ?? places.words, films ?? places.films
    )
    let encoders = try open(places)
    if let before, let identity = before.encoders["identity"]?.string, identity != encoders.identity {
      throw TrainingError(
        "\(before.path): expected the encoders that it learned with (\(identity)), found others (\(encoders.identity))")
    }
    return encoders
  }

  private func open(_ places: ClipEncoders.Places) throws -> ClipEncoders {
    let cache = FeatureCache(cache ?? FeatureCache.usualFolder)
    let codec = try TrainedCodec(path: places.codec)
    let reader: any CaptionReader = try places.words == "words" ? FixedReader() : T5Reader.open(places.words, cache)
    #if Films
    let viewer: (any FilmViewer)? =
      switch places.films {
      case "none": nil
      case "motion": MotionViewer()
      default: CLIPViewer(try ImageEncoder(places.films), cache: cache)
      }
    return ClipEncoders(codec: codec, words: reader, films: viewer, places: places, sound: ClipSound.samples)
    #else
    guard places.films == "none" else {
      throw DataError(
        "--films \(places.films): this build has no films; add --films none, or use a fotoplayer-train that was built as "
          + "usual (make build)")
    }
    return ClipEncoders(codec: codec, words: reader, films: nil, places: places)
    #endif
  }
}

/// Captions read by a T5.
enum T5Reader {
  #if Captions
  private struct Reader: CaptionReader {
    let encoder: TextEncoder
    var identity: String { encoder.identity }
    var width: Int { encoder.width }
    func features(of caption: String) throws -> Tensor { try encoder.features(of: caption).features }
  }

  static func open(_ place: String, _ cache: FeatureCache) throws -> any CaptionReader {
    Reader(encoder: try TextEncoder(place, cache: cache))
  }
  #else
  static func open(_ place: String, _ cache: FeatureCache) throws -> any CaptionReader {
    throw DataError(
      "--words \(place): this build reads no captions with a T5; leave it out, or use a fotoplayer-train that was built "
        + "as usual (make build)")
  }
  #endif
}
