// `features`: what a caption says or a film shows, as a generator takes it, by the encoders of others.
import ArgumentParser
import Conditioning
import Foundation
import Tensors
import Training

struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features", abstract: "Write what a caption says, or what a film shows, as features.",
    discussion: """
      Examples:
        fotoplayer-train features --text "footsteps on gravel" --encoder flan-t5-base -o steps.safetensors
        fotoplayer-train features --video clip.mp4 --encoder clip-vit-base-patch32 -o clip.safetensors
        fotoplayer-train features --video clip.mp4 --rate 8 --feature pooled \\
          --encoder openai/clip-vit-base-patch32 -o clip.safetensors

      The encoder is a folder as it was downloaded: of google/flan-t5-base or another T5 for captions, of
      openai/clip-vit-base-patch32 or another CLIP for films (docs/encoders.md); or the name of a model that Hugging Face's
      tools have downloaded. What was computed once is found again, by content.

      The file holds `features` (float32): of a caption [tokens, width] and `mask` [tokens]; of a film
      [pictures, width] and `times` [pictures], in seconds.
      """)

  @Option(help: "A caption; it may be empty.") var text: String?
  @Option(help: "A film, in any container and codec.") var video: String?
  @Option(help: "The encoder's folder, or the name of a model that was downloaded.") var encoder: String
  @Option(name: .shortAndLong, help: "The safetensors file to write.") var output: String
  @Option(help: "Of a film, at most so many pictures a second; all of them by default.") var rate: Double?
  @Option(help: "Of a film: projected (into the space of captions) or pooled; projected where the model can.")
  var feature: ImageFeature?
  @Option(help: "The folder where features are kept; ~/.cache/fotoplayer/features by default.") var cache: String?
  @Flag(help: "Compute anew, and keep nothing.") var noCache = false

  func validate() throws {
    guard (text == nil) != (video == nil) else { throw ValidationError("expected --text or --video, one of them") }
    if let rate, !(0.01...1000 ~= rate) { throw ValidationError("--rate \(rate): expected 0.01…1000") }
    if text != nil, rate != nil || feature != nil { throw ValidationError("--rate and --feature are for --video") }
    if noCache, cache != nil { throw ValidationError("--cache and --no-cache: expected one of them") }
  }

  func run() throws {
    let cache = noCache ? nil : FeatureCache(self.cache ?? FeatureCache.usualFolder)
    if let text { try writeFeatures(ofText: text, cache) }
    if let video { try writeFeatures(ofFilm: video, cache) }
    if let counts = cache?.counts {
      if counts.damaged > 0 { print("note: what was kept of it was damaged, and was computed anew") }
      if let fault = counts.fault { print("note: the features are right, but could not be kept: \(fault)") }
    }
  }
}

extension ImageFeature: ExpressibleByArgument {}
