// FilmRecipe: how a film set is made: manifest.json in its folder. The same recipe films the same clips.
import Film
import Foundation
import Keyboards
import Scenery
import Score
import Training

/// How every clip of a set is made; a folder keeps to one recipe.
public struct FilmRecipe: Codable, Equatable, Sendable {
  /// 2: hands are raised before they strike.
  public var format = 2
  public var seed: UInt64
  public var seconds = 20.0
  public var framesPerSecond = 25
  public var views = FilmView.allCases
  public var rig = RigOptions()
  /// Whose piano, hands, room and cameras all clips have: the seed of one; nil for others in each clip.
  public var place: UInt64?
  /// The lowest and the highest key.
  public var keys = [21, 108]
  /// Bits a second of a film; nil for a quality that is constant.
  public var bitRate: Int?
  public var licence: String
  public var soundFont: String, synthesiser: String, lag: Int
  /// The scores that are played; nil when everything is composed.
  public var scores: ScoreFolder.Identity?

  public init(seed: UInt64, licence: String, scores: ScoreFolder.Identity? = nil, _ synthesiser: FluidSynth) {
    (self.seed, self.licence, self.scores) = (seed, licence, scores)
    soundFont = synthesiser.soundFont.path
    (self.synthesiser, lag) = (synthesiser.version, synthesiser.lag)
  }

  var geometry: KeyboardGeometry { KeyboardGeometry(keys: keys[0]...keys[1]) }
  var frames: Int { Int((seconds * Double(framesPerSecond)).rounded()) }
  var quality: FilmQuality { bitRate.map { .bitRate($0) } ?? .constant(0.55) }
}

/// One clip of a recipe: everything follows from its number.
package struct ClipPlan {
  let recipe: FilmRecipe
  let seed: UInt64
  /// Of what is filmed, and from where.
  private let place: UInt64
  let score: Score
  let look: Look
  let choreography: Choreography
  private let isComposed: Bool

  /// - Parameter index: of the clip, from 0.
  package init(_ recipe: FilmRecipe, index: Int, scores: ScoreFolder?) {
    self.recipe = recipe
    seed = recipe.seed &+ UInt64(index)
    place = recipe.place ?? seed
    let found = scores?.performance(seed: seed, seconds: recipe.seconds)
    isComposed = found == nil
    let performance = found ?? PerformanceGenerator(seed: seed).performance(seconds: recipe.seconds)
    let geometry = recipe.geometry
    score = FluidSynth.exact(Self.folded(performance, into: geometry.keys))
    look = Look(seed: place, width: geometry.width)
    choreography = Choreography(score, geometry: geometry, handSize: look.handSize, seed: look.seed)
  }

  /// What a smaller keyboard lacks is played by octaves higher or lower.
  package static func folded(_ score: Score, into keys: ClosedRange<Int>) -> Score {
    guard score.notes.contains(where: { !keys.contains(Int($0.key)) }) else { return score }
    let notes = score.notes.map { note in
      var (note, key) = (note, Int(note.key))
      while key < keys.lowerBound { key += 12 }
      while key > keys.upperBound { key -= 12 }
      note.key = UInt8(key)
      return note
    }
    return Score(notes: PerformanceGenerator.liftedBeforeStruckAgain(notes), pedals: score.pedals)
  }

  func camera(_ view: FilmView) -> FilmCamera {
    FilmCamera(view, geometry: recipe.geometry, seed: place, recipe.rig)
  }

  package func filming(_ view: FilmView) -> Filming {
    Filming(choreography, look: look, camera: camera(view), framesPerSecond: Double(recipe.framesPerSecond))
  }

  /// The three scores.
  package func score(_ part: ClipFolder.Part) -> Score {
    switch part {
    case .coarse:
      var seen = choreography.seen
      for index in seen.notes.indices { seen.notes[index].end = min(seen.notes[index].end, recipe.seconds) }
      return seen
    case .precise: return Score(notes: score.notes)
    case .fine: return score
    }
  }

  /// What clip.json says.
  package var clip: FilmClip {
    var clip = FilmClip(
      style: URL(fileURLWithPath: recipe.soundFont).deletingPathExtension().lastPathComponent, licence: recipe.licence)
    (clip.seconds, clip.framesPerSecond) = (recipe.seconds, Double(recipe.framesPerSecond))
    clip.keys = recipe.keys
    clip.films = recipe.views.map { FilmClip.Film(camera($0), geometry: recipe.geometry) }
    (clip.seed, clip.notes, clip.music) = (seed, score.notes.count, isComposed ? "composed" : "from scores")
    (clip.soundFont, clip.synthesiser, clip.look) = (recipe.soundFont, recipe.synthesiser, look)
    return clip
  }
}
