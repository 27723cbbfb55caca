// CauseTests: what is heard is what happens: events follow from physics, and each begins a sound at its own sample.
import Causes
import Glibc
import Score
import Testing

@Suite struct CauseTests {
  static let struck: [CauseKind] = [.bounce, .hammer, .door, .steps]

  func energy(_ sound: [Float], _ range: Range<Int>) -> Float {
    let inside = range.clamped(to: 0..<sound.count)
    return sound[inside].reduce(0) { $0 + $1 * $1 } / Float(max(1, inside.count))
  }

  @Test(arguments: CauseKind.allCases) func `Events are in order, within the film and at whole samples`(kind: CauseKind)
  {
    for seed in 1...40 as ClosedRange<UInt64> {
      let seconds = 4 + Double(seed % 5)
      let events = scene(kind, seed, seconds: seconds).events
      #expect(!events.isEmpty, "seed \(seed)")
      #expect(events.map(\.time) == events.map(\.time).sorted())
      for event in events {
        #expect(event.time >= 0 && event.time < seconds && 0.02...1 ~= event.strength)
        let sample = event.time * Double(sampleRate)
        #expect(abs(sample - sample.rounded()) < 1e-6)
      }
    }
  }

  @Test(arguments: struck) func `A sound begins at the sample of each event, and not before`(kind: CauseKind) {
    for seed in 1...12 as ClosedRange<UInt64> {
      let cause = scene(kind, seed)
      let sound = cause.sound(samples: 6 * sampleRate)
      // Before the first there is silence, but for what a recording has before its blow.
      let first = Int((cause.events[0].time * Double(sampleRate)).rounded())
      #expect(energy(sound, 0..<first - 240) == 0)
      // What was struck before rings on, but not in the highest notes: the second difference.
      let sharp = sound.indices.map { $0 < 2 ? 0 : sound[$0] - 2 * sound[$0 - 1] + sound[$0 - 2] }
      var last = -1.0
      for event in cause.events {
        defer { last = event.time }
        guard event.time - last > 0.15, event.time < 5.9, event.strength > 0.1 else { continue }
        let sample = Int((event.time * Double(sampleRate)).rounded())
        let (before, after) = (energy(sharp, sample - 120..<sample), energy(sharp, sample..<sample + 120))
        #expect(after > 2 * before, "\(kind) \(seed): \(before) before \(event.time) s, \(after) after")
      }
    }
  }

  @Test func `A ball bounces as gravity and restitution have it`() {
    for seed in 1...30 as ClosedRange<UInt64> {
      let events = scene(.bounce, seed, seconds: 8).events
      var compared = 0
      for (a, b) in zip(events, events.dropFirst()) where b.strength < a.strength && b.time - a.time < 0.9 {
        // It leaves with the speed with which it comes back: 2v/g later. Strengths count 5 m/s.
        let flight = 2 * b.strength * 5 / 9.81
        if b.strength > 0.03 {
          #expect(abs(flight - (b.time - a.time)) < 2e-4, "seed \(seed): \(flight), \(b.time - a.time)")
          compared += 1
        }
      }
      #expect(compared > 1)
    }
  }

  @Test func `What strikes harder is louder, in proportion and a little brighter`() {
    // Wood rings shortly.
    let cause = (1...).lazy.map { scene(.bounce, $0, seconds: 8) }.first { $0.category == "ball on wood" }!
    let sound = cause.sound(samples: 8 * sampleRate)
    var loudness: [(strength: Double, level: Double)] = []
    for (event, next) in zip(cause.events, cause.events.dropFirst()) where next.time - event.time > 0.1 {
      let sample = Int((event.time * Double(sampleRate)).rounded())
      loudness.append((event.strength, Double(energy(sound, sample..<sample + 480)).squareRoot()))
    }
    #expect(loudness.count > 3)
    for pair in zip(loudness, loudness.dropFirst()) where pair.1.strength < 0.9 * pair.0.strength {
      let ratio = pair.1.level / pair.0.level / (pair.1.strength / pair.0.strength)
      #expect(0.4...2 ~= ratio, "\(ratio)")
    }
  }

  @Test func `A car is loudest when it is nearest, and its engine falls in pitch`() {
    let cause = scene(.car, 3, seconds: 8)
    let sound = cause.sound(samples: 8 * sampleRate)
    let nearest = cause.events[0].time
    func level(_ time: Double) -> Float {
      let sample = Int(time * Double(sampleRate))
      return energy(sound, sample - 2400..<sample + 2400)
    }
    #expect(level(nearest) > 2 * level(max(0.1, nearest - 1)))
    if nearest + 1 < 7.9, cause.events.count == 1 { #expect(level(nearest) > 2 * level(nearest + 1)) }
  }

  @Test func `Rain is silent until it begins`() {
    for seed in 1...10 as ClosedRange<UInt64> {
      let cause = scene(.rain, seed)
      let first = Int((cause.events[0].time * Double(sampleRate)).rounded())
      let sound = cause.sound(samples: 6 * sampleRate)
      #expect(sound[..<(first - 1)].allSatisfy { $0 == 0 })
      #expect(sound[(first - 1)..<(first + 100)].contains { $0 != 0 })
    }
  }

  @Test(arguments: CauseKind.allCases) func `Captions are several, unlike each other and whole`(kind: CauseKind) {
    for seed in 1...40 as ClosedRange<UInt64> {
      var chance = Chance(seed: seed)
      let captions = scene(kind, seed).wording.captions(4, &chance)
      #expect(captions.count == 4 && Set(captions).count == 4)
      for caption in captions {
        #expect(!caption.contains { "{}".contains($0) } && caption.first?.isLowercase == false, "\(caption)")
      }
    }
  }
}
