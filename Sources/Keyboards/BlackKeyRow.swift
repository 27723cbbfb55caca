// BlackKeyRow: dark pieces of a straight line through a picture that follow each other as black keys do.
// Their distances are S L S S L and so on, S 1.14…1.2 and L 1.76 white keys: nothing else in a room has that rhythm.

/// Black keys counted through all octaves: 0 is C sharp, 4 is A sharp, −1 the A sharp below.
enum BlackKeys {
  private static let places: [Float] = [61, 63, 66, 68, 70].map {
    (KeyboardGeometry.full.centre($0) - KeyboardGeometry.full.centre(60)) / KeyboardGeometry.pitch + 0.5
  }

  /// The middle of black key `number`, in white keys from the left edge of a C.
  static func place(_ number: Int) -> Float {
    let (octave, step) = split(number)
    return Float(7 * octave) + places[step]
  }

  /// The octave, and 0 for C sharp … 4 for A sharp.
  static func split(_ number: Int) -> (octave: Int, step: Int) {
    let octave = number >= 0 ? number / 5 : -((4 - number) / 5)
    return (octave, number - 5 * octave)
  }

  /// That of a mirror image: places x become 3 − x.
  static func mirrored(_ number: Int) -> Int { 1 - number }
}

/// A dark piece of a line.
struct Valley {
  /// Where its middle is and how wide it is, at half its depth: points along the line.
  var at: Float, width: Float
  /// How much darker than its lighter shore it is, than its darker one, and its shade.
  var depth: Float, shade: Float
}

/// A straight line through a picture.
struct ScanLine {
  let start: SIMD2<Float>, direction: SIMD2<Float>
  let length: Float

  func point(_ at: Float) -> SIMD2<Float> { start + direction * at }

  /// What of the line through `through` lies in the picture; nil where that is less than 32 points.
  init?(through: SIMD2<Float>, direction: SIMD2<Float>, in shades: Shades) {
    var (from, to) = (-Float.infinity, Float.infinity)
    let far = SIMD2(Float(shades.width) - 1, Float(shades.height) - 1)
    for axis in 0..<2 {
      let (p, d) = (through[axis], direction[axis])
      if abs(d) < 1e-6 {
        guard p >= 1, p <= far[axis] else { return nil }
      } else {
        let (a, b) = ((1 - p) / d, (far[axis] - p) / d)
        (from, to) = (max(from, min(a, b)), min(to, max(a, b)))
      }
    }
    guard to - from >= 32 else { return nil }
    start = through + direction * from
    self.direction = direction
    length = to - from
  }

  /// The dark pieces along it.
  ///
  /// - Parameter depth: how much darker than what is beside it a piece must be.
  func valleys(in shades: Shades, depth: Float) -> [Valley] {
    let count = Int(length) + 1
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { line in
      for index in 0..<count { line[index] = shades[point(Float(index))] }
      return Self.valleys(line, depth: depth)
    }
  }

  private static func valleys(_ line: UnsafeMutableBufferPointer<Float>, depth: Float) -> [Valley] {
    var result: [Valley] = []
    var (high, highAt, low, lowAt) = (line[0], 0, line[0], 0)
    var shore: (value: Float, at: Int)?
    var isFalling = false
    // Crossing of a level between two places, from the low one outwards.
    func crossing(from: Int, to: Int, _ level: Float) -> Float {
      var index = from
      let step = to > from ? 1 : -1
      while index != to && line[index + step] < level { index += step }
      guard index != to else { return Float(to) }
      let (a, b) = (line[index], line[index + step])
      return Float(index) + Float(step) * (b > a ? (level - a) / (b - a) : 0.5)
    }
    func close(_ right: (value: Float, at: Int)) {
      guard let left = shore else { return }
      let a = crossing(from: lowAt, to: left.at, (low + left.value) / 2)
      let b = crossing(from: lowAt, to: right.at, (low + right.value) / 2)
      result.append(Valley(at: (a + b) / 2, width: b - a, depth: min(left.value, right.value) - low, shade: low))
    }
    for (index, value) in line.enumerated() {
      if isFalling {
        if value < low { (low, lowAt) = (value, index) }
        if value > low + depth {
          (isFalling, high, highAt) = (false, value, index)
        }
      } else {
        if value > high { (high, highAt) = (value, index) }
        if value < high - depth {
          close((high, highAt))
          shore = (high, highAt)
          (isFalling, low, lowAt) = (true, value, index)
        }
      }
    }
    if !isFalling { close((high, highAt)) }
    return result
  }
}

/// A chain of valleys that are black keys.
struct BlackKeyRow {
  let line: ScanLine
  /// By the black key's number, of which the octave is arbitrary.
  var keys: [Int: Valley] = [:]
  /// How many keys are found, less what lacks between; less, too, where they are not dark.
  var score: Float = 0

  /// The longest chain of a line; nil where there is none of eight keys.
  ///
  /// - Parameter depth: that of a valley which is hardly one.
  init?(_ line: ScanLine, valleys all: [Valley], depth: Float) {
    self.line = line
    let valleys = Self.deep(all)
    guard valleys.count >= 8 else { return nil }
    var best: (keys: [Int: Valley], score: Float)?
    var covered = Set<Int>()
    for first in 0...(valleys.count - 6) {
      for phase in 0..<5 where !covered.contains(first * 5 + phase) {
        guard let seed = Self.seed(valleys, first, phase) else { continue }
        let chain = Self.grown(seed, first, phase, valleys, length: line.length)
        for (index, number) in chain.used { covered.insert(index * 5 + (number % 5 + 5) % 5) }
        let score = Float(chain.keys.count) - 0.5 * Float(chain.missing)
        if score > best?.score ?? 0 { best = (chain.keys, score) }
      }
    }
    guard let best, best.keys.count >= 8 else { return nil }
    keys = best.keys
    // What shines in polish has the rhythm, too.
    score = best.score * (0.6 + 0.4 * min(Self.contrast(Array(keys.values)) / (6 * depth), 1))
  }

  /// The middle of its keys.
  var middle: SIMD2<Float> {
    let places = keys.values.map(\.at)
    return line.point((places.min()! + places.max()!) / 2)
  }

  static func contrast(_ valleys: [Valley]) -> Float { Keyboards.median(valleys.map(\.depth)) }

  /// Those that are about as deep and as wide as their neighbours: the lines between white keys are not.
  private static func deep(_ valleys: [Valley]) -> [Valley] {
    valleys.indices.compactMap { index in
      let around = valleys[max(0, index - 4)...min(valleys.count - 1, index + 4)]
      let (valley, depth) = (valleys[index], Keyboards.median(around.map(\.depth)))
      let width = Keyboards.median(around.filter { $0.depth >= 0.5 * depth }.map(\.width))
      return valley.depth >= 0.5 * depth && valley.width >= 0.5 * width ? valley : nil
    }
  }

  /// Where a black key's middle is by (α·place + β)/(γ·place + 1), places counted from `origin`.
  struct Model {
    var alpha: Double, beta: Double, gamma: Double
    let origin: Float, from: Float

    func at(_ number: Int) -> Float? {
      let x = Double(BlackKeys.place(number) - origin)
      let depth = gamma * x + 1
      return depth > 0.05 ? from + Float((alpha * x + beta) / depth) : nil
    }

    /// Points that a white key takes there.
    func pitch(_ number: Int) -> Float {
      let depth = gamma * Double(BlackKeys.place(number) - origin) + 1
      return Float(abs(alpha - beta * gamma) / max(depth * depth, 1e-3))
    }

    init?(_ keys: [(number: Int, at: Float)]) {
      origin = BlackKeys.place(keys[keys.count / 2].number)
      from = keys[keys.count / 2].at
      var equations = LeastSquares(3)
      let span = Double(abs(keys[keys.count - 1].at - keys[0].at))
      for key in keys {
        let (x, c) = (Double(BlackKeys.place(key.number) - origin), Double(key.at - from))
        equations.add([x, 1, -x * c], c, weight: 1)
      }
      // Keys that are close together say little of perspective.
      equations.hold(2, 0.02 * span * span)
      guard let x = equations.solution() else { return nil }
      (alpha, beta, gamma) = (x[0], x[1], x[2])
      guard alpha > 0 else { return nil }
    }
  }

  /// Six valleys in the rhythm that begins with black key `phase`.
  private static func seed(_ valleys: [Valley], _ first: Int, _ phase: Int) -> Model? {
    var (least, most) = (Float.infinity, Float(0))
    for step in 0..<5 {
      let distance = valleys[first + step + 1].at - valleys[first + step].at
      let expected = BlackKeys.place(phase + step + 1) - BlackKeys.place(phase + step)
      (least, most) = (min(least, distance / expected), max(most, distance / expected))
      if most > 1.45 * least { return nil }
    }
    let widths = valleys[first..<first + 6].map(\.width)
    guard widths.max()! < 2.4 * widths.min()!, widths.min()! > 0.18 * least, widths.max()! < 0.95 * most else {
      return nil
    }
    guard let model = Model((0..<6).map { (phase + $0, valleys[first + $0].at) }) else { return nil }
    for step in 0..<6 {
      guard let at = model.at(phase + step),
        abs(at - valleys[first + step].at) < 0.13 * model.pitch(phase + step) + 0.3
      else { return nil }
    }
    return model
  }

  private static func grown(
    _ seed: Model, _ first: Int, _ phase: Int, _ valleys: [Valley], length: Float
  ) -> (keys: [Int: Valley], missing: Int, used: [(Int, Int)]) {
    var keys: [Int: Valley] = [:]
    var used: [(Int, Int)] = []
    for step in 0..<6 {
      keys[phase + step] = valleys[first + step]
      used.append((first + step, phase + step))
    }
    let width = Keyboards.median(valleys[first..<first + 6].map { $0.width }) / seed.pitch(phase + 2)
    let depth = contrast(Array(valleys[first..<first + 6]))
    var missing = 0
    for way in [1, -1] {
      var (number, gap, model) = (way > 0 ? phase + 5 : phase, 0, seed)
      while gap < 6 {
        number += way
        guard abs(number) < 80, let at = model.at(number), at > 0, at < length else { break }
        let pitch = model.pitch(number)
        guard pitch > 2.5, pitch < length / 4 else { break }
        let reach = (0.2 + 0.04 * Float(gap)) * pitch + 0.4
        let near = nearest(valleys, at)
        if let near, abs(valleys[near].at - at) < reach, valleys[near].width < 1.8 * width * pitch,
          valleys[near].width > 0.45 * width * pitch, valleys[near].depth > 0.3 * depth
        {
          keys[number] = valleys[near]
          used.append((near, number))
          missing += gap
          gap = 0
          let close = stride(from: number, through: number - 16 * way, by: -way).compactMap { key in
            keys[key].map { (number: key, at: $0.at) }
          }
          if let better = Model(way > 0 ? close.reversed() : close) { model = better }
        } else {
          gap += 1
        }
      }
    }
    return (keys, missing, used)
  }

  private static func nearest(_ valleys: [Valley], _ at: Float) -> Int? {
    var (low, high) = (0, valleys.count)
    while low < high {
      let middle = (low + high) / 2
      if valleys[middle].at < at { low = middle + 1 } else { high = middle }
    }
    return [low - 1, low].filter(valleys.indices.contains).min { abs(valleys[$0].at - at) < abs(valleys[$1].at - at) }
  }
}
