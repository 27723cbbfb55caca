// EffectMixture: a clip without a film: recordings of one sound at times of our choosing, perhaps before something steady.
import Causes
import Foundation
import Score

/// What is heard, and when.
struct EffectMixture: Sendable {
  let category: String
  let events: [CauseEvent]
  let wording: Wording
  /// Every recording that is heard.
  let recordings: [Effect]
  private let parts: [(effect: Effect, at: Double, gain: Double)]
  fileprivate let beds: [Bed]

  /// Something steady: a recording that is repeated, from a time on.
  fileprivate struct Bed: Sendable {
    let effect: Effect
    let begin: Double, gain: Double
    /// Where in the recording it begins, of its length.
    let offset: Double
  }

  init(_ chance: inout Chance, seconds: Double, library: EffectLibrary) {
    let categories = Set(library.groups.map(\.category)).sorted()
    category = chance.one(of: categories)
    let category = category
    let group = chance.one(of: library.groups.filter { $0.category == category })
    let kind = EffectClass.named(category)
    var parts: [(effect: Effect, at: Double, gain: Double)] = []
    var beds: [Bed] = []
    switch kind.manner {
    case .steady:
      let begin = chance.happens(0.4) ? 0 : chance.between(0.2, min(2, seconds / 3))
      beds.append(Bed(effect: chance.one(of: group.effects), begin: begin, gain: 1, offset: chance.unit()))
    case .events:
      // One thing makes one sound, or two alike.
      let own = [chance.one(of: group.effects), chance.one(of: group.effects)]
      let length = Double(own[0].samples.count) / Double(sampleRate)
      var time = chance.between(0.1, 1.2)
      let most = chance.between(1...5)
      while parts.count < most, time < seconds - 0.3 {
        parts.append((own[chance.happens(0.75) ? 0 : 1], time, chance.between(0.45, 1)))
        time += min(length, 2) * chance.between(0.6, 1) + chance.between(0.15, 1.5)
      }
    case .steps:
      let pace = chance.between(0.36, 0.75)
      var time = chance.between(0.1, 0.9)
      while time < seconds - 0.2 {
        parts.append((chance.one(of: group.effects), time, chance.between(0.55, 1)))
        time += pace * chance.between(0.92, 1.08)
      }
    }
    let steady = library.groups.filter {
      $0.package == group.package && $0.category != category && EffectClass.named($0.category).manner == .steady
    }
    var behind: EffectClass?
    if kind.manner != .steady, !steady.isEmpty, chance.happens(0.2) {
      let other = chance.one(of: steady)
      behind = EffectClass.named(other.category)
      beds.append(
        Bed(effect: chance.one(of: other.effects), begin: 0, gain: chance.between(0.06, 0.18), offset: chance.unit()))
    }
    let main = kind.manner == .steady ? [CauseEvent(beds[0].begin, 0.7)] : parts.map { CauseEvent($0.at, $0.gain) }
    events = main
    wording = kind.wording(times: main.count, before: behind)
    (self.parts, self.beds) = (parts, beds)
    var seen: Set<String> = []
    recordings = (parts.map(\.effect) + beds.map(\.effect)).filter { seen.insert($0.source + "/" + $0.name).inserted }
  }

  /// What is heard, without a room.
  func sound(samples: Int) -> [Float] {
    var sound = [Float](repeating: 0, count: samples)
    for (part, event) in zip(parts, events) { sound.add(part.effect, at: event.time, gain: part.gain) }
    for bed in beds { bed.add(to: &sound) }
    return sound
  }
}

extension EffectMixture.Bed {
  /// Its end runs into its beginning over a tenth of a second at equal power; it comes in over 30 ms.
  fileprivate func add(to sound: inout [Float]) {
    let source = effect.samples
    let fade = min(sampleRate / 10, source.count / 4)
    let round = source.count - fade
    guard round > 0 else { return }
    let begin = Int((begin * Double(sampleRate)).rounded())
    // What begins within the clip is heard from the recording's own beginning.
    var place = begin > 0 ? min(effect.onset, round - 1) : Int(offset * Double(round))
    for index in begin..<max(begin, sound.count) {
      var value = source[place]
      if place < fade, index - begin >= fade {
        let angle = Float(place) / Float(fade) * .pi / 2
        value = value * sin(angle) + source[round + place] * cos(angle)
      }
      let entry = begin == 0 ? 1 : min(1, Float(index - begin) / Float(sampleRate) / 0.03)
      sound[index] += Float(gain) * entry * value
      place = place + 1 == round ? 0 : place + 1
    }
  }
}
