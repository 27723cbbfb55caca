// Shelf: recordings for scenes, of clicks: a tone that begins at a known sample.
import Causes
import Glibc
import Score

/// 10 ms of a quiet creak, and then a blow.
func click(_ name: String) -> Effect {
  let onset = 240
  let samples = (0..<3000).map { index -> Float in
    let t = Float(index - onset) / 24_000
    return index < onset ? 0.02 * sinf(Float(index)) : expf(-t * 60) * cosf(2 * .pi * 900 * t)
  }
  return Effect(samples: samples, onset: onset, name: name, source: "clicks", licence: "none")
}

let shelf = EffectShelf(
  doors: [click("door")], grounds: [EffectShelf.Ground(name: "wood", steps: [click("left"), click("right")])])

/// A scene of a kind by a number.
func scene(_ kind: CauseKind, _ seed: UInt64, seconds: Double = 6) -> any Cause {
  var chance = Chance(seed: seed)
  return kind.cause(&chance, seconds: seconds, shelf: shelf)
}
