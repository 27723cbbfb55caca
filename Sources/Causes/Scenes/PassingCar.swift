// PassingCar: cars pass before the camera at an even speed. An event is the moment at which one is nearest.
import Glibc
import Scenery
import Score

struct PassingCar: Cause {
  private struct Car {
    /// When it is nearest, s; m/s, to the right where positive; metres.
    let time: Double, speed: Double, distance: Double
    let colour: Colour, length: Float, height: Float, isVan: Bool
    let sound: CarSound
  }

  private static let fastest = 25.0
  let events: [CauseEvent]
  let setting: Setting
  private let cars: [Car]

  init(_ chance: inout Chance, seconds: Double) {
    let nearest = chance.between(4, 8)
    var cars: [Car] = []
    var time = chance.between(1.2, max(1.3, seconds - 2))
    repeat {
      let speed = chance.between(6, 22)
      let toRight = chance.happens(0.5)
      let isVan = chance.happens(0.25)
      let colour: Colour = chance.one(of: [
        [0.75, 0.1, 0.1], [0.1, 0.2, 0.5], [0.85, 0.85, 0.83], [0.1, 0.1, 0.12], [0.5, 0.52, 0.55], [0.15, 0.4, 0.2],
        [0.9, 0.7, 0.15],
      ])
      cars.append(
        Car(
          time: time, speed: toRight ? speed : -speed, distance: nearest + (toRight ? 0 : 2.6),
          colour: colour * Float(chance.between(0.8, 1.1)), length: Float(chance.between(3700, 4800)),
          height: Float(isVan ? chance.between(1900, 2300) : chance.between(1350, 1550)), isVan: isVan,
          sound: CarSound(&chance, speed: speed)))
      time += chance.between(2, 4)
    } while time < seconds - 0.8 && chance.happens(0.5)
    self.cars = cars
    events = cars.map { CauseEvent($0.time, abs($0.speed) / Self.fastest) }
    setting = Setting(
      &chance, target: [0, Float(nearest) * 1000, 700], distance: Float(nearest) * 1000, height: 1500, field: 62,
      isOutdoors: true)
  }

  func backdrop(_ brush: Brush) {
    setting.backdrop(brush)
    let near = Float(cars.map(\.distance).min() ?? 5) * 1000
    let tar = Float(0.3)
    let edge: Float = 60_000
    brush.sheet(
      [[-edge, near - 1400, 1], [edge, near - 1400, 1], [edge, near + 4500, 1], [-edge, near + 4500, 1]],
      [tar, tar, tar * 1.03])
    for index in -10...10 {
      let x = Float(index) * 3000
      brush.sheet(
        [[x, near + 1500, 2], [x + 1500, near + 1500, 2], [x + 1500, near + 1620, 2], [x, near + 1620, 2]],
        [0.85, 0.85, 0.82])
    }
  }

  func draw(_ brush: Brush, at time: Double) {
    for car in cars.sorted(by: { $0.distance > $1.distance }) {
      let x = Float(car.speed * (time - car.time)) * 1000
      guard abs(x) < 40_000 else { continue }
      draw(car, at: x, time, brush)
    }
  }

  private func draw(_ car: Car, at x: Float, _ time: Double, _ brush: Brush) {
    let (near, half, height) = (Float(car.distance) * 1000, car.length / 2, car.height)
    let way: Float = car.speed > 0 ? 1 : -1
    brush.sheet(
      [
        [x - half, near - 100, 3], [x + half, near - 100, 3], [x + half, near + 1800, 3], [x - half, near + 1800, 3],
      ],
      .zero, alpha: 0.4)
    brush.box([x - half, near, 280], [x + half, near + 1700, height * 0.58], car.colour)
    let glass: Colour = [0.2, 0.25, 0.3]
    // The cabin, as it is seen from the side, and its roof.
    let (back, front): (Float, Float) = car.isVan ? (-0.98, 0.62) : (-0.75, 0.35)
    func at(_ share: Float, _ z: Float, _ y: Float = 0) -> Vector { [x + way * share * half, near + y, z] }
    let (low, top) = (height * 0.58, height)
    let lean: Float = 0.2
    for y in [Float(1700), 0] {
      brush.sheet(
        [at(back, low, y), at(front, low, y), at(front - lean, top, y), at(back + lean * 0.7, top, y)], car.colour * 0.9
      )
    }
    brush.sheet(
      [
        at(back + lean * 0.7, top), at(front - lean, top), at(front - lean, top, 1700),
        at(back + lean * 0.7, top, 1700),
      ], car.colour * 1.1)
    let (sill, roof) = (low + 40, top - 90)
    if !car.isVan {
      brush.sheet(
        [at(back + 0.1, sill, -2), at(-0.22, sill, -2), at(-0.22, roof, -2), at(back + 0.24, roof, -2)], glass)
    }
    brush.sheet(
      [at(-0.16, sill, -2), at(front - 0.06, sill, -2), at(front - 0.22, roof, -2), at(-0.16, roof, -2)], glass)
    for share in [Float(-0.62), 0.62] {
      let centre: Vector = [x + share * half, near - 8, 320]
      brush.disc(centre, 330, [1, 0, 0], [0, 0, 1], [0.06, 0.06, 0.07])
      brush.disc(centre + [0, -4, 0], 190, [1, 0, 0], [0, 0, 1], [0.6, 0.6, 0.62])
      let turn = Float(car.speed * time / 0.33)
      let spoke: Vector = [cosf(turn), 0, -sinf(turn)]
      brush.sheet(
        [centre - spoke * 180, centre + [spoke.z * 30, -6, -spoke.x * 30], centre + spoke * 180], [0.2, 0.2, 0.22])
    }
    brush.disc(at(0.97, height * 0.42, -3), 80, [1, 0, 0], [0, 0, 1], [0.95, 0.93, 0.75])
  }

  func sound(samples: Int) -> [Float] {
    var sound = [Float](repeating: 0, count: samples)
    for (car, event) in zip(cars, events) {
      car.sound.add(to: &sound, at: event.time, speed: abs(car.speed), distance: car.distance)
    }
    return sound
  }

  var category: String { "car" }

  var wording: Wording {
    let isFast = abs(cars[0].speed) > 14
    let passes =
      isFast ? ["speeds past", "rushes by", "drives past fast"] : ["drives past", "passes", "goes by", "passes by"]
    return cars.count == 1
      ? Wording(
        [
          "a {car} {passes}", "a {car} {passes} on a road", "a {car} approaches, {passes} and drives away",
          "traffic: a single {car}", "the engine of a passing {car}", "the sound of a {car} passing by", "car passing",
        ],
        [
          "car": cars[0].isVan ? ["van", "delivery van", "vehicle"] : ["car", "motor car", "vehicle"], "passes": passes,
        ])
      : Wording(
        [
          "cars {pass} on a road", "{count} cars {pass}", "vehicles {pass} one after another", "traffic on a road",
          "the engines of passing cars", "one car passes, then another", "cars passing",
        ], ["pass": ["drive past", "pass", "go by"], "count": cars.count == 2 ? ["two"] : ["several", "a few"]])
  }
}
