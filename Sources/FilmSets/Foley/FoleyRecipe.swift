// FoleyRecipe: how a Foley set is made: manifest.json in its folder. The same recipe makes the same clips.
import Causes
import Film
import Foundation
import Score

/// How every clip of a set is made; a folder keeps to one recipe.
public struct FoleyRecipe: Codable, Equatable, Sendable {
  public var kind = "foley"
  public var format = 1
  public var seed: UInt64
  /// The shortest and the longest clip, seconds.
  public var seconds = [4.0, 8.0]
  public var framesPerSecond = 25
  /// Of the clips, 0…1: the others are sound and words alone.
  public var filmed: Double
  public var causes = CauseKind.allCases
  /// Whether it is made of the packages that are kept for testing.
  public var isHeldOut: Bool
  /// What was found of the catalogue.
  public var packages: [String: String]

  public init(seed: UInt64, filmed: Double, isHeldOut: Bool, _ library: EffectLibrary) {
    (self.seed, self.filmed, self.isHeldOut, packages) = (seed, filmed, isHeldOut, library.packages)
  }
}

/// One clip of a recipe: everything follows from its number.
package struct FoleyPlan: Sendable {
  let recipe: FoleyRecipe
  let seed: UInt64
  package let seconds: Double
  package let captions: [String], category: String, events: [CauseEvent], recordings: [Effect]
  package let cause: (any Cause)?
  let codec: FilmCodec, quality: Double
  private let mixture: EffectMixture?
  private let stage: Stage

  /// - Parameter index: of the clip, from 0.
  package init(_ recipe: FoleyRecipe, index: Int, library: EffectLibrary) {
    self.recipe = recipe
    seed = recipe.seed &* 0xD134_2543_DE82_EF95 &+ UInt64(index)
    var chance = Chance(seed: seed)
    // Whole pictures, and whole samples: 24000 is a multiple of most rates.
    let frames = chance.between(recipe.seconds[0], recipe.seconds[1]) * Double(recipe.framesPerSecond)
    seconds = frames.rounded() / Double(recipe.framesPerSecond)
    let wording: Wording
    if chance.happens(recipe.filmed) {
      let cause = recipe.causes[index % recipe.causes.count].cause(&chance, seconds: seconds, shelf: library.shelf)
      (self.cause, mixture) = (cause, nil)
      (category, events, recordings, wording) = (cause.category, cause.events, cause.recordings, cause.wording)
    } else {
      let mixture = EffectMixture(&chance, seconds: seconds, library: library)
      (self.mixture, cause) = (mixture, nil)
      (category, events, recordings, wording) = (mixture.category, mixture.events, mixture.recordings, mixture.wording)
    }
    stage = Stage(&chance, isOutdoors: ["car", "rain"].contains(category) || chance.happens(0.2))
    captions = wording.captions(4, &chance)
    codec = chance.happens(0.8) ? .h264 : .mpeg4
    quality = codec == .h264 ? chance.between(0.42, 0.62) : chance.between(0.75, 0.93)
  }

  package var frames: Int { Int((seconds * Double(recipe.framesPerSecond)).rounded()) }

  /// The sound as it is written: mono, at 24 kHz.
  package func sound() -> [Float] {
    let samples = Int((seconds * Double(sampleRate)).rounded())
    return stage.record(cause?.sound(samples: samples) ?? mixture?.sound(samples: samples) ?? [])
  }
}
