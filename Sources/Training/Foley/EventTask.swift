// EventTask: a predictor learns from films of which the events are known when something is to be heard in one.
// What it learns from are the same clips, with the same features, as the stages that make the sound.
import Conditioning
import Foundation
import Generator
import Tensors

/// Trains an `EventPredictor` on a set of clips.
public struct EventTask: TrainingTask {
  public struct Shard: Sendable {
    /// [1, frames, features], and of each frame, [1, frames]: how near an event is, how strong the nearest is, and whether it is
    /// near enough to ask.
    package let seen: Tensor, onset: Tensor, strength: Tensor, isNear: Tensor
  }

  public let name = "events"
  public let configuration: JSON
  public let weights: Weights
  public let model: EventPredictor
  private let learned: FoleySet, kept: FoleySet?
  private let drawn: [Int]
  private let frames: Int
  private let mirror: (@Sendable (Tensor) -> Tensor)?

  /// Seconds by which an event is smeared: about a latent frame.
  private static let smear = 0.015
  /// How much more a frame with an event weighs than one without.
  private static let weight: Float = 4

  /// - Parameters:
  ///   - learned: what is learned from: clips with a film and events; `kept`: what is measured on, never learned.
  ///   - frames: of an example; the sets were opened for as many.
  ///   - encoders: who made the features.
  ///   - mirror: what is seen of pictures, [pictures, width], as it is seen in a mirror; nil where nobody can tell.
  /// - Throws: `TrainingError` where no clip has a film and events.
  public init(
    learned: FoleySet, kept: FoleySet?, frames: Int, encoders: JSON, seed: UInt64,
    mirror: (@Sendable (Tensor) -> Tensor)? = nil
  ) throws {
    drawn = Self.usable(learned)
    guard let first = drawn.first, let width = try learned.features(first).film?.features.shape.width else {
      throw TrainingError("none of \(learned.count) clips has a film and events to learn from")
    }
    let c = EventConfiguration(features: width)
    (model, weights) = try Weights.make(from: RandomWeights(seed: seed), tracked: true) { EventPredictor($0, c) }
    (self.learned, self.kept, self.frames, self.mirror) = (learned, kept, frames, mirror)
    configuration = [
      "events": c.json, "encoders": encoders, "frames": JSON(frames), "clips": JSON(drawn.count),
      "mirrors": .bool(mirror != nil),
    ]
  }

  private static func usable(_ set: FoleySet) -> [Int] {
    set.clips.indices.filter { set.clips[$0].video != nil && !set.clips[$0].events.isEmpty }
  }

  public func shard(_ random: inout ShardRandom) throws -> Shard {
    let clip = try learned.features(drawn[random.integer(in: 0..<drawn.count)])
    let first = random.integer(in: 0..<max(1, clip.latents.shape[0] - frames + 1))
    let isMirrored = random.uniform() < 0.5
    // Films of stronger and of weaker contrast.
    var level: Float = 0
    random.normal(into: &level, count: 1)
    guard let film = clip.film, film.features.shape.width == model.configuration.features else {
      throw TrainingError("expected a film of \(model.configuration.features) numbers a picture")
    }
    let features = isMirrored ? mirror?(film.features) ?? film.features : film.features
    let seen = ShownFeatures.atLatentRate(features, times: film.times, first: first, frames: frames) * exp(0.2 * level)
    return shard(seen, clip.events, first: first)
  }

  private func shard(_ seen: Tensor, _ events: [ClipEvent], first: Int) -> Shard {
    var (onset, strength, isNear) = ([Float](), [Float](), [Float]())
    for frame in first..<first + frames {
      let moment = (Double(frame) + 0.5) / 75
      let nearest = events.min { abs($0.time - moment) < abs($1.time - moment) }!
      let off = (nearest.time - moment) / Self.smear
      onset.append(Float(exp(-0.5 * off * off)))
      strength.append(Float(nearest.strength))
      isNear.append(abs(off) <= 2 ? 1 : 0)
    }
    func row(_ values: [Float]) -> Tensor { Tensor(Shape(1, frames), values) }
    return Shard(seen: seen, onset: row(onset), strength: row(strength), isNear: row(isNear))
  }

  /// L = mean (1 + 3y)·H(o, y) + ½·mean over frames near an event of H(s, strength); H: the cross-entropy.
  public func losses(_ shard: Shard) -> Losses {
    let said = model(shard.seen)
    let onset = mean(RollLoss.crossEntropy(said.onset, shard.onset) * (shard.onset * (Self.weight - 1) + 1))
    let near = max(1, shard.isNear.array.reduce(0, +))
    let strength =
      mean(RollLoss.crossEntropy(said.strength, shard.strength) * shard.isNear) * (Float(frames) / near)
    return Losses(onset + strength * 0.5, [Measure("onset", onset.scalar), Measure("strength", strength.scalar)])
  }

  /// How many of the events of kept clips are found within 50 ms, how many of those that are found are none, and how far off
  /// they are in the median.
  public func evaluate(step: Int, folder: String) throws -> [Measure] {
    guard let kept else { return [] }
    var agreement = EventAgreement()
    for index in Self.usable(kept) {
      let clip = try kept.features(index)
      guard let film = clip.film else { continue }
      let said = model.answers(frames: clip.latents.shape[0]) {
        ShownFeatures.atLatentRate(film.features, times: film.times, first: $0.lowerBound, frames: $0.count)
      }
      let found = EventPicker()(onset: said.onset, strength: said.strength).map { (Double($0.frame) + 0.5) / 75 }
      agreement.add(found: found, wanted: clip.events.map(\.time))
    }
    return agreement.measures
  }
}

/// Events that were found beside those that are.
struct EventAgreement {
  private static let reach = 0.05
  private var wanted = 0, found = 0, met = 0
  private var errors: [Double] = []

  /// Each is met by one at most, the nearest pairs first.
  mutating func add(found: [Double], wanted: [Double]) {
    self.wanted += wanted.count
    self.found += found.count
    errors += EventTiming.errors(events: wanted, onsets: found)
    var pairs = wanted.indices.flatMap { w in found.indices.map { (w, $0, abs(wanted[w] - found[$0])) } }
    pairs.sort { $0.2 < $1.2 }
    var (usedWanted, usedFound) = (Set<Int>(), Set<Int>())
    for (w, f, error) in pairs where error <= Self.reach && !usedWanted.contains(w) && !usedFound.contains(f) {
      usedWanted.insert(w)
      usedFound.insert(f)
      met += 1
    }
  }

  var measures: [Measure] {
    guard wanted > 0 else { return [] }
    return [
      Measure("recall", Float(met) / Float(wanted)), Measure("precision", Float(met) / Float(max(1, found))),
      Measure("median error (ms)", Float(1000 * (EventTiming.median(errors) ?? 0))),
    ]
  }
}
