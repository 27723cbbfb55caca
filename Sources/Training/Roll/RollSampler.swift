// RollSampler: draws windows of frames from a set of strips, as different cameras could have seen them, and what is true of them.
// Which views a shard has is drawn first: what is absent is not computed, and a predictor learns to do without it.
import Conditioning
import Score
import Tensors

/// What a shard of a roll's training is made of.
public struct RollShard: Sendable {
  public var input: RollInput
  /// [windows, 88] each, and of as many windows as there are of the feet [windows, 3]; see `RollTargets`.
  package var down: Tensor, onset: Tensor, shift: Tensor, velocity: Tensor, isStruck: Tensor
  package var height: Tensor, isOver: Tensor, pedals: Tensor
}

/// Draws shards.
struct RollSampler: Sendable {
  /// How often which views are seen, of all shards: the top one alone; all; else some of them.
  enum Share { static let top: Float = 0.4, all: Float = 0.35 }
  /// How often a window is of every second frame, as a slower camera takes them, and how often it shows fewer keys.
  enum Change { static let slower: Float = 0.12, cropped: Float = 0.12 }
  /// How often a window is one from which a velocity can be told, where velocities are to be learned.
  private static let struck: Float = 0.4

  let set: RollSet
  /// Windows a shard.
  let windows: Int
  /// Pictures a second of a window.
  let rate: Double
  /// Whether looks are changed; whether velocities are to be learned.
  let varies: Bool, velocity: Bool
  private let views: [RollView]
  /// Where feet are seen: pedal down, up, and on its way. Feet are drawn apart from keys, which do not tell of them.
  private let feet: RollClasses?, learnsKeys: Bool
  /// By the views that a clip must have.
  private let classes: [[RollView]: RollClasses]
  private let choices: [[RollView]]

  /// - Parameters:
  ///   - clips: indices of those that are drawn from.
  ///   - views: of the keys, that the network knows.
  /// - Throws: `DataError` when no clip has what is needed.
  init(
    _ set: RollSet, clips: [Int], views: [RollView], velocity: Bool = false, pedals: Bool, windows: Int, rate: Double,
    varies: Bool, learned: RollPart = .everything
  ) throws {
    (self.set, self.windows, self.rate, self.varies) = (set, windows, rate, varies)
    learnsKeys = learned != .pedals
    self.velocity = velocity
    let subsets = (1..<1 << views.count).map { bits in views.indices.filter { bits >> $0 & 1 == 1 }.map { views[$0] } }
    var classes: [[RollView]: RollClasses] = [:]
    for subset in subsets {
      let found = clips.filter { set.clips[$0].has(subset) }
      // Few sets need lists of their own: those of equal clips share one.
      if let same = classes.first(where: { other in
        clips.filter { set.clips[$0].has(other.key) } == found
      }) {
        classes[subset] = same.value
      } else {
        classes[subset] = RollClasses(set, clips: found)
      }
    }
    classes = classes.filter { !$0.value.isEmpty }
    guard !learnsKeys || !classes.isEmpty else {
      throw DataError(
        "\(set.folder.path): expected clips with views of \(views.map(\.rawValue)), found none to learn from")
    }
    self.classes = classes
    choices = subsets.filter { classes[$0] != nil }
    self.views = views.filter { view in classes.keys.contains { $0.contains(view) } }
    guard learnsKeys || clips.contains(where: { set.clips[$0].has([.pedal]) }) else {
      throw DataError("\(set.folder.path): expected clips that show the feet, found none to learn from")
    }
    feet =
      pedals && learned != .keys ? RollClasses(feet: set, clips: clips.filter { set.clips[$0].has([.pedal]) }) : nil
  }

  /// The views of one shard.
  private func look(_ random: inout ShardRandom) -> [RollView] {
    let chance = random.uniform()
    if chance < Share.top, classes[[.top]] != nil { return [.top] }
    if chance < Share.top + Share.all, classes[views] != nil { return views }
    return choices[random.integer(in: 0..<choices.count)]
  }

  func shard(_ random: inout ShardRandom) throws -> RollShard {
    let look = learnsKeys ? look(&random) : []
    let drawn = classes[look].map { places in (0..<windows).map { _ in near(places.drawn(&random), &random) } } ?? []
    let strip = set.recipe
    var input = RollInput()
    for view in look {
      input.strips[view] = Tensor(zeros: Shape(windows, strip.rows, strip.columns, RollInput.frames))
    }
    var targets: [RollTargets] = []
    for (window, place) in drawn.enumerated() {
      let clip = set.clips[Int(place.clip)]
      let stride = varies && random.uniform() < Change.slower ? 2 : 1
      let seen = varies && random.uniform() < Change.cropped ? cropped(clip.keys, &random) : clip.keys
      targets.append(RollTargets(clip, frame: Int(place.frame), stride: stride, keys: seen, rate: rate))
      for view in look {
        try develop(
          clip, view, place, stride: stride, keys: seen, into: input.strips[view]!, window: window, &random)
      }
    }
    var pedals = [Float](repeating: 0, count: 3)
    if let feet, !feet.isEmpty {
      let count = 2 * windows
      let pictures = Tensor(zeros: Shape(count, RollInput.pedalRows, RollInput.pedalColumns, RollInput.frames))
      pedals = try (0..<count).flatMap { window in
        let place = feet.drawn(&random)
        let clip = set.clips[Int(place.clip)]
        try develop(clip, .pedal, place, stride: 1, keys: clip.keys, into: pictures, window: window, &random)
        return RollTargets(clip, frame: Int(place.frame), stride: 1, keys: clip.keys, rate: rate).pedals
      }
      input.pedal = pictures
    }
    func tensor(_ width: Int, _ part: (RollTargets) -> [Float]) -> Tensor {
      Tensor(Shape(targets.count, width), targets.flatMap(part))
    }
    let keys = RollTargets.keys
    return RollShard(
      input: input, down: tensor(keys, \.down), onset: tensor(keys, \.onset), shift: tensor(keys, \.shift),
      velocity: tensor(keys, \.velocity), isStruck: tensor(keys, \.isStruck),
      height: tensor(keys, \.height), isOver: tensor(keys, \.isOver),
      pedals: Tensor(Shape(pedals.count / 3, 3), pedals))
  }

  /// A frame as it was drawn, or one about the next beginning of a note.
  private func near(_ place: RollClasses.Place, _ random: inout ShardRandom) -> RollClasses.Place {
    guard velocity, random.uniform() < Self.struck else { return place }
    let clip = set.clips[Int(place.clip)]
    let time = clip.times[Int(place.frame)]
    guard let note = clip.precise.notes.first(where: { $0.start > time }) else { return place }
    let offsets = VelocityRule.offsets
    let offset = random.integer(in: 0..<offsets.count) + offsets.lowerBound
    let frame = Int(((note.start - clip.times[0]) / clip.period).rounded()) + offset
    return RollClasses.Place(clip: place.clip, frame: UInt32(min(max(frame, 0), clip.times.count - 1)))
  }

  /// Five octaves or more of a keyboard.
  private func cropped(_ keys: ClosedRange<UInt8>, _ random: inout ShardRandom) -> ClosedRange<UInt8> {
    guard keys.count > 61 else { return keys }
    let count = random.integer(in: 61..<keys.count)
    let first = random.integer(in: 0..<keys.count - count)
    let low = keys.lowerBound + UInt8(first)
    return low...low + UInt8(count - 1)
  }

  /// One window of a view, looked at otherwise, where it belongs in a shard.
  private func develop(
    _ clip: RollClip, _ view: RollView, _ place: RollClasses.Place, stride: Int, keys: ClosedRange<UInt8>,
    into tensor: Tensor, window: Int, _ random: inout ShardRandom
  ) throws {
    let (rows, columns) = (tensor.shape[1], tensor.shape[2])
    let frames = clip.window(around: Int(place.frame), stride: stride, rate: rate)
    var bytes = try clip.pictures(view, frames)
    let pitch = set.recipe.pitch
    if view.seesKeys, keys != clip.keys {
      let half: Float = 0.5
      let low = Int((StripGeometry.centre(Int(keys.lowerBound) - 21) - half) * pitch)
      let high = Int((StripGeometry.centre(Int(keys.upperBound) - 21) + half) * pitch)
      for line in 0..<rows * RollInput.frames {
        for column in 0..<columns where column < low || column >= high { bytes[line * columns + column] = 0 }
      }
    }
    let look = varies ? StripLook(&random, pitch: view.seesKeys ? pitch : 0, rows: rows) : .plain
    bytes.withUnsafeBufferPointer {
      look.develop(
        $0, rows: rows, columns: columns, count: RollInput.frames,
        into: tensor.data + window * rows * columns * RollInput.frames)
    }
  }
}
