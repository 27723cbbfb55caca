// Look: everything about a clip that is not the music: the piano, the pianist, the room and the light, drawn from a seed.
import Score

/// What a clip looks like.
public struct Look: Sendable, Codable, Equatable {
  /// The piano: its wood and how much that mirrors, 0…1; its keys; how unlike each other they are, 0…1; the felt behind.
  public var wood: Colour, gloss: Float
  public var ivory: Colour, ebony: Colour, wear: Float
  public var felt: Colour, brass: Colour

  /// The pianist. A sleeve begins at this share of the forearm, 0 the wrist … 1 the elbow.
  public var skin: Colour, nails: Colour
  public var sleeve: Colour, sleeveFrom: Float
  public var trousers: Colour, shoes: Colour, hair: Colour
  /// 1 for a hand of 185 mm.
  public var handSize: Float

  /// The room.
  public var wall: Colour, floor: Colour
  public var planks: Bool, paper: Bool

  /// The lamp: where it is, how wide it is (both mm), its colour, and the share of light that comes from everywhere.
  public var lamp: Vector, lampSize: Float, lampColour: Colour, ambient: Float

  /// Of everything small: stains, sway, clutter.
  public var seed: UInt64

  /// - Parameter width: of the keyboard, mm.
  public init(seed: UInt64, width: Float = 1225) {
    var chance = Chance(seed: seed &* 0xD6E8_FEB8_6659_FD93 &+ 3)
    func colour(_ r: Double, _ g: Double, _ b: Double, spread: Double = 0.04) -> Colour {
      let shift = chance.normal(spread)
      func one(_ value: Double) -> Float { Float(min(max(value + shift + chance.normal(spread / 3), 0.01), 0.98)) }
      return [one(r), one(g), one(b)]
    }
    let woods: [(Double, Double, Double, Double)] = [
      (0.05, 0.05, 0.055, 0.75), (0.05, 0.045, 0.045, 0.3), (0.28, 0.15, 0.08, 0.45), (0.42, 0.25, 0.13, 0.2),
      (0.62, 0.46, 0.29, 0.1), (0.88, 0.87, 0.84, 0.35), (0.18, 0.19, 0.21, 0.1),
    ]
    let kind = chance.one(of: woods)
    wood = colour(kind.0, kind.1, kind.2, spread: 0.02)
    gloss = Float(kind.3 * chance.between(0.6, 1.2))
    let aged = chance.happens(0.3)
    ivory = aged ? colour(0.9, 0.85, 0.72, spread: 0.02) : colour(0.93, 0.925, 0.9, spread: 0.02)
    ebony = colour(0.075, 0.07, 0.075, spread: 0.02)
    wear = Float(aged ? chance.between(0.2, 1) : chance.between(0, 0.25))
    felt = chance.one(of: [[0.5, 0.06, 0.08], [0.08, 0.22, 0.12], [0.1, 0.1, 0.12], [0.45, 0.1, 0.12]])
    brass = colour(0.83, 0.66, 0.33)
    let skins: [(Double, Double, Double)] = [
      (0.95, 0.79, 0.70), (0.90, 0.71, 0.59), (0.84, 0.63, 0.50), (0.76, 0.55, 0.41), (0.62, 0.42, 0.30),
      (0.48, 0.31, 0.22), (0.34, 0.22, 0.16),
    ]
    let tone = chance.one(of: skins)
    skin = colour(tone.0, tone.1, tone.2, spread: 0.02)
    nails =
      chance.happens(0.12)
      ? colour(0.65, 0.1, 0.18, spread: 0.1)
      : Colour(
        min(skin.x * 1.05 + 0.04, 0.99), min(skin.y * 1.02 + 0.04, 0.96), min(skin.z * 1.05 + 0.04, 0.95))
    let cloths: [(Double, Double, Double)] = [
      (0.06, 0.06, 0.07), (0.92, 0.92, 0.93), (0.16, 0.2, 0.36), (0.45, 0.12, 0.14), (0.4, 0.42, 0.45),
      (0.2, 0.34, 0.28), (0.72, 0.62, 0.5), (0.36, 0.5, 0.68),
    ]
    let cloth = chance.one(of: cloths)
    sleeve = colour(cloth.0, cloth.1, cloth.2)
    sleeveFrom = Float(chance.happens(0.6) ? chance.between(0.06, 0.2) : chance.between(0.45, 1.15))
    let trouser = chance.one(of: [(0.07, 0.07, 0.08), (0.15, 0.19, 0.3), (0.35, 0.33, 0.3), (0.25, 0.25, 0.28)])
    trousers = colour(trouser.0, trouser.1, trouser.2, spread: 0.03)
    let shoe = chance.one(of: [(0.05, 0.05, 0.05), (0.28, 0.17, 0.1), (0.8, 0.8, 0.8), (0.15, 0.17, 0.3)])
    shoes = colour(shoe.0, shoe.1, shoe.2, spread: 0.03)
    let locks = chance.one(of: [(0.08, 0.06, 0.05), (0.3, 0.2, 0.12), (0.6, 0.48, 0.3), (0.55, 0.55, 0.55)])
    hair = colour(locks.0, locks.1, locks.2, spread: 0.02)
    handSize = Float(chance.between(0.9, 1.1))
    let walls = chance.one(of: [
      (0.8, 0.79, 0.75), (0.55, 0.6, 0.64), (0.35, 0.3, 0.27), (0.12, 0.12, 0.14), (0.7, 0.6, 0.48),
    ])
    wall = colour(walls.0, walls.1, walls.2, spread: 0.05)
    let floors = chance.one(of: [
      (0.5, 0.34, 0.2), (0.32, 0.22, 0.15), (0.45, 0.42, 0.4), (0.35, 0.15, 0.15), (0.62, 0.5, 0.36),
    ])
    floor = colour(floors.0, floors.1, floors.2, spread: 0.05)
    planks = chance.happens(0.6)
    paper = chance.happens(0.7)
    lamp = [
      width / 2 + Float(chance.between(-900, 900)), Float(chance.between(-500, 900)), Float(chance.between(900, 2000)),
    ]
    lampSize = Float(chance.between(60, 420))
    let warmth = Float(chance.between(-0.05, 0.12))
    lampColour = [1 + warmth / 2, 1, 1 - warmth]
    ambient = Float(chance.between(0.4, 0.72))
    self.seed = chance.next()
  }

  /// A surface in the light: colour·(a + (1 − a)·max(0, n·l)·1.15).
  package func shade(_ colour: Colour, _ normal: Vector, at point: Vector) -> Colour {
    let light = ambient + (1 - ambient) * 1.15 * max(0, normal.dot((lamp - point).unit))
    return (colour * lampColour * light).clamped(lowerBound: .zero, upperBound: .one)
  }
}
