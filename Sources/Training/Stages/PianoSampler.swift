// PianoSampler: draws some seconds of a performance with its roll, as a generator of clips takes them.
import Generator
import Layers
import Score
import Tensors

struct PianoSampler: Sendable {
  /// How often the roll is left out, of all examples; words likewise.
  private enum Share { static let roll: Float = 0.1, words: Float = 0.1 }

  let set: PianoSet, latents: LatentSet
  private let configuration: GeneratorConfiguration
  let frames: Int
  /// What may be said of any performance, as features; none where nothing is said.
  private let captions: [Tensor]

  /// Where in which piece an example begins.
  struct Place: Sendable {
    let piece: Int, first: Int
  }

  /// - Parameters:
  ///   - latents: of the set, brought to the model's mean and deviation.
  ///   - captions: features of some captions, each [tokens, width].
  /// - Throws: `TrainingError` where the set, its latents and the model do not fit together.
  init(
    _ set: PianoSet, _ latents: LatentSet, _ configuration: GeneratorConfiguration, frames: Int, captions: [Tensor] = []
  ) throws {
    let (width, wanted) = (latents.mean.shape[0], configuration.latentWidth)
    guard width == wanted else {
      throw TrainingError("expected latents \(wanted) wide, as the model's are, found \(width)")
    }
    guard latents.frames.count == set.pieces.count else {
      throw TrainingError("expected the latents of \(set.pieces.count) pieces, found those of \(latents.frames.count)")
    }
    if let shortest = latents.frames.min(), shortest < frames {
      throw TrainingError("the shortest piece has \(shortest) frames, fewer than the \(frames) of an example")
    }
    (self.set, self.latents, self.configuration, self.frames) = (set, latents, configuration, frames)
    self.captions = captions
  }

  /// Somewhere in a piece that is learned.
  func place(_ random: inout ShardRandom) -> Place {
    let piece = set.drawn(&random)
    return Place(piece: piece, first: random.integer(in: 0..<latents.frames[piece] - frames + 1))
  }

  /// Somewhere in the piece that is kept: the `index`-th of `count` places.
  func kept(_ index: Int, of count: Int) -> Place {
    Place(piece: set.kept, first: (latents.frames[set.kept] - frames) * index / count)
  }

  /// - Parameter leavesOut: whether roll and words are left out now and then.
  func example(_ place: Place, leavesOut: Bool = true, _ random: inout ShardRandom) throws -> ClipExample {
    let flow = FlowExample(try latents.normalised(place.piece, first: place.first, frames: frames), &random)
    let (noRoll, noWords) = (random.uniform() < Share.roll, random.uniform() < Share.words)
    let choice = random.uniform()
    let rows =
      leavesOut && noRoll
      ? Condition.absent(frames: frames, width: configuration.conditionWidth) : try roll(place, frames: frames)
    var guides = Guides(roll: Guide(concatenate([rows, rows], axis: 0)))
    if !captions.isEmpty, configuration.textFeatures > 0, !(leavesOut && noWords) {
      guides.text = Captions([captions[Int(choice * Float(captions.count))]])
    }
    return ClipExample(
      flow: flow, guides: guides, place: FlowExample.place(frames: frames, window: configuration.window, &random))
  }

  /// What the roll stream reads, [1, frames, conditionWidth].
  func roll(_ place: Place, frames: Int) throws -> Tensor {
    let energy = try latents.energy(place.piece, first: place.first, frames: frames)
    let bands = energy.shape[1]
    let rows = Condition.rows(
      roll: Excerpt.roll(set.pieces[place.piece], first: place.first, frames: frames), energy: energy.data,
      stride: bands, harmonicBands: bands)
    guard rows.shape[2] == configuration.conditionWidth else {
      throw TrainingError(
        "expected a roll \(configuration.conditionWidth) wide, as the model's, found \(rows.shape[2])")
    }
    return rows
  }
}
