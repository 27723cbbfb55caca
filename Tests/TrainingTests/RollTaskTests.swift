// RollTaskTests: shards tell the truth about their frames, follow from their numbers alone, and a predictor learns from them.
import Conditioning
import Foundation
import Kernels
import Score
import Scratch
import Tensors
import Testing
import Training

@Suite struct RollTaskTests {
  let scratch = try! Scratch()

  func set(clips: Int = 3, views: [RollView] = [.top, .front, .pedal]) throws -> RollSet {
    try RollSet(try DrawnStrips(scratch.path + "/strips-\(clips)-\(views.count)", clips: clips, views: views).folder)
  }

  func task(_ set: RollSet, step: Int = 3, varies: Bool = false) throws -> RollTask {
    try RollTask(DrawnStrips.network(step), set: set, seed: 1, windows: 4, varies: varies)
  }

  func shard(_ task: RollTask, _ step: Int, seed: UInt64 = 1) throws -> RollShard {
    var random = ShardRandom(seed: seed, step: step, shard: 0)
    return try task.shard(&random)
  }

  @Test func `What is said of a frame is what its scores say`() throws {
    let task = try task(set())
    var (beginnings, silences) = (0, 0)
    for step in 1...40 {
      let shard = try shard(task, step)
      let strip = try #require(shard.input.strips.values.first)
      let (rows, columns) = (strip.shape[1], strip.shape[2])
      for window in 0..<4 {
        for key in 0..<88 {
          let middle = Int(StripGeometry.centre(key) * 4)
          let seen = strip[((window * rows + 3) * columns + middle) * RollInput.frames + 2]
          // Black keys' middles lie beside white ones': only keys of the set are asked.
          if shard.down[window * 88 + key] == 1 { #expect(seen > 0.9) }
        }
        let truth = (0..<88).filter { shard.onset[window * 88 + $0] == 1 }
        beginnings += truth.count
        silences += (0..<88).allSatisfy { shard.down[window * 88 + $0] == 0 } ? 1 : 0
        for key in truth {
          #expect(shard.isStruck[window * 88 + key] == 1)
          #expect(abs(shard.shift[window * 88 + key]) <= 0.5)
          // 0.21 s lies a quarter behind frame 5; 0.8 s is frame 20.
          let shift = shard.shift[window * 88 + key]
          #expect(abs(shift - 0.25) < 0.01 || abs(shift) < 0.01)
        }
      }
      let feet = try #require(shard.input.pedal)
      for window in 0..<feet.shape[0] {
        let top = feet[(window * 64 * 96) * RollInput.frames + 2]
        let depth = shard.pedals[window * 3]
        if depth == 0 || depth == 1 { #expect((top > 0.5) == (depth == 1)) }
      }
    }
    #expect(beginnings > 3 && silences > 3)
  }

  @Test func `Heights are asked for where a finger is known to hang, and may be unknown`() throws {
    let set = try set()
    let known = try task(set, step: 2)
    var asked = 0
    for step in 1...10 {
      let shard = try shard(known, step)
      for place in 0..<shard.isOver.shape.count where shard.isOver[place] == 1 {
        #expect(
          [40, 45, 50].contains(place % 88 + 21) && 0...RollLogits.logarithm(ofHeight: 30) ~= shard.height[place])
        asked += 1
      }
      #expect(shard.isOver.array.reduce(0, +) <= 4)
    }
    #expect(asked > 20)
    #expect(known.losses(try shard(known, 1)).parts.first { $0.name == "height" }!.value > 0)
    for clip in set.clips {
      try FileManager.default.removeItem(atPath: FingerHeights.path(in: set.folder.appendingPathComponent(clip.name)))
    }
    let unknown = try task(RollSet(set.folder), step: 2)
    let losses = unknown.losses(try shard(unknown, 1))
    #expect(losses.parts.first { $0.name == "height" }!.value == 0 && losses.total.scalar.isFinite)
    // A file of another size is none.
    try FingerHeights.write([Float](repeating: 0, count: 88), in: set.folder.appendingPathComponent(set.clips[0].name))
    let refusal = #expect(throws: DataError.self) { try RollSet(set.folder) }
    #expect(refusal?.description.contains("heights.f32: expected 40 pictures of 88 numbers, found 352 bytes") == true)
  }

  @Test func `A velocity counts as much as is asked`() throws {
    let set = try set()
    func losses(_ weight: Float) throws -> (total: Float, velocity: Float) {
      let task = try RollTask(
        DrawnStrips.network(2), set: set, loss: RollLoss(velocityWeight: weight), seed: 1, windows: 4, varies: false)
      // The first in which a note begins.
      let struck = try (1...40).lazy.map { try shard(task, $0) }.first { $0.isStruck.array.contains(1) }
      let losses = task.losses(try #require(struck))
      return (losses.total.scalar, losses.parts.first { $0.name == "velocity" }!.value)
    }
    let (usual, more) = (try losses(RollLoss.usualVelocityWeight), try losses(60))
    #expect(usual.velocity > 0.3 && more.velocity == usual.velocity)
    #expect(abs(more.total - usual.total - 52 * usual.velocity) < 1e-3)
  }

  @Test func `Velocities are asked for before notes begin, and only where they are known`() throws {
    let strips = try DrawnStrips(scratch.path + "/loud")
    let task = try task(RollSet(strips.folder))
    var ahead = 0
    for step in 1...40 {
      let shard = try shard(task, step)
      for place in 0..<shard.isStruck.shape.count where shard.isStruck[place] == 1 {
        let velocity = (shard.velocity[place] * 127).rounded()
        #expect([40, 60, 80, 90].contains(velocity))
        if shard.down[place] == 0 { ahead += 1 }
      }
    }
    #expect(ahead > 10)
    for clip in 0..<3 {
      let path = RollClip.descriptionPath(strips.folder.appendingPathComponent("clip-\(clip)"))
      var description = try JSONDecoder().decode(
        RollClip.Description.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
      description.tellsVelocities = false
      try JSONEncoder().encode(description).write(to: URL(fileURLWithPath: path))
    }
    let silent = try self.task(RollSet(strips.folder))
    for step in 1...20 { #expect(try shard(silent, step).isStruck.array.allSatisfy { $0 == 0 }) }
  }

  @Test func `A shard follows from its number alone, and looks vary`() throws {
    let task = try task(set(), varies: true)
    let (first, again, other) = (try shard(task, 3), try shard(task, 3), try shard(task, 4))
    let view = try #require(first.input.strips.keys.first)
    #expect(first.input.strips.keys == again.input.strips.keys)
    #expect(first.input.strips[view]!.array == again.input.strips[view]!.array && first.down.array == again.down.array)
    #expect(first.input.pedal!.array == again.input.pedal!.array)
    #expect(first.input.pedal!.array != other.input.pedal!.array)
    let plain = try shard(self.task(set()), 3)
    #expect(first.input.strips[view]!.array != plain.input.strips[view]?.array)
  }

  @Test func `Views come and go, and only those that clips have`() throws {
    let task = try task(set())
    let seen = try Set((1...60).map { Set(try shard(task, $0).input.strips.keys) })
    #expect(seen == [[.top], [.front], [.top, .front]])
    let top = try self.task(set(clips: 4, views: [.top]))
    #expect(try (1...10).allSatisfy { Set(try shard(top, $0).input.strips.keys) == [.top] })
    #expect(try shard(top, 1).input.pedal == nil)
  }

  @Test func `Feet alone are learned without keys`() throws {
    let set = try set(clips: 4, views: [.pedal])
    let task = try RollTask(DrawnStrips.network(), set: set, seed: 1, windows: 4, varies: false, learned: .pedals)
    let shard = try shard(task, 1)
    #expect(shard.input.strips.isEmpty && shard.input.pedal?.shape[0] == 8 && shard.pedals.shape == Shape(8, 3))
    let names = task.weights.entries.filter(\.isParameter).map(\.name)
    #expect(!names.isEmpty && names.allSatisfy { $0.hasPrefix("pedals.") })
    #expect(task.losses(shard).total.scalar > 0)
    #expect(throws: DataError.self) { try RollTask(DrawnStrips.network(), set: set, seed: 1) }
  }

  @Test func `Keys alone are learned without feet`() throws {
    let task = try RollTask(DrawnStrips.network(), set: set(), seed: 1, windows: 4, varies: false, learned: .keys)
    let shard = try shard(task, 1)
    #expect(!shard.input.strips.isEmpty && shard.input.pedal == nil)
    let names = task.weights.entries.filter(\.isParameter).map(\.name)
    #expect(names.count > 20 && names.allSatisfy { !$0.hasPrefix("pedals.") })
    #expect(task.losses(shard).total.scalar > 0)
  }

  @Test func `Feet are read alone as they are beside keys`() throws {
    let set = try set()
    let path = scratch.path + "/feet.safetensors"
    let (_, weights) = try Weights.make(from: RandomWeights(seed: 3)) { StripPredictor($0, DrawnStrips.network()) }
    try RollPredictor.write(
      name: "Random", DrawnStrips.network(), weights, rate: 25, thresholds: RollThresholds(), to: path)
    let predictor = try RollPredictor(path: path)
    let alone = try FeetReading.frames(set.clips[0], predictor)
    let beside = try RollReading(predictor, views: RollView.allCases).frames(set.clips[0])
    #expect(alone.map(\.time) == beside.map(\.time) && alone.count == 40)
    let differences = zip(alone, beside).flatMap { zip($0.pedals, $1.pedals).map { abs($0 - $1) } }
    #expect(differences.count == 120 && differences.allSatisfy { $0 < 1e-5 })
  }

  @Test func `Thresholds are tuned by what kept clips tell, and are else those of the start`() throws {
    let path = scratch.path + "/start.safetensors"
    let (_, weights) = try Weights.make(from: RandomWeights(seed: 3)) { StripPredictor($0, DrawnStrips.network()) }
    var start = RollThresholds()
    (start.onset, start.pedal, start.velocity.constant) = (0.77, 0.66, 1.5)
    try RollPredictor.write(name: "Random", DrawnStrips.network(), weights, rate: 25, thresholds: start, to: path)
    let predictor = try RollPredictor(path: path)
    // One kept clip cannot show a rule: notes are as loud as all of the set.
    let all = try set()
    let usual = try #require(all.usualVelocity)
    let velocities = all.clips.flatMap { $0.precise.notes.map { Double($0.velocity) } }
    #expect(abs(usual - velocities.reduce(0, +) / Double(velocities.count)) < 1e-9)
    let tuned = try RollExport.tuned(predictor, all) { _ in }
    for rule in [tuned.velocity, try #require(tuned.velocityFromAbove)] {
      #expect(abs(127 / (1 + exp(-rule.constant)) - usual) < 1e-6 && rule.weights.allSatisfy { $0 == 0 })
    }
    // Feet alone tell nothing of keys.
    let feet = try RollExport.tuned(predictor, set(clips: 4, views: [.pedal])) { _ in }
    #expect(feet.onset == 0.77)
    // A run that begins with a predictor begins with its thresholds; nothing that is seen from above tells of feet.
    let above = try set(clips: 4, views: [.top])
    let task = try RollTask(
      DrawnStrips.network(), set: above, seed: 1, from: RollStart(path: path), windows: 2, learned: .keys)
    var options = RunOptions()
    (options.threads, options.showsProgress) = (2, false)
    let run = scratch.path + "/further"
    _ = try Trainer(
      task, TrainerConfiguration(shards: 1, schedule: Schedule(peak: 1e-4, warmUp: 1, steps: 2)), folder: run,
      options: options
    ).run()
    let further = scratch.path + "/further.safetensors"
    try RollExport.write(name: "Further", run: run, set: above, to: further) { _ in }
    #expect(try RollPredictor(path: further).thresholds.pedal == 0.66)
    let (before, after) = (try SafeTensors(path: path), try SafeTensors(path: further))
    let pedals = before.names.filter { $0.hasPrefix("pedals.") }
    #expect(!pedals.isEmpty)
    for name in pedals { #expect(try before.tensor(name).array == after.tensor(name).array, "\(name)") }
  }

  @Test func `It learns, and a run that was interrupted is the same to the bit`() throws {
    let set = try set()
    var options = RunOptions()
    (options.threads, options.showsProgress, options.logEvery) = (2, false, 1)
    let trainer = TrainerConfiguration(
      shards: 2, schedule: Schedule(peak: 5e-3, warmUp: 5, steps: 120), averageDecay: 0.9)
    let whole = scratch.path + "/whole"
    let task = try task(set, varies: true)
    _ = try Trainer(task, trainer, folder: whole, options: options).run()
    let losses = try TrainingLog.lines(whole + "/log.jsonl").compactMap { $0["down"]?.float }
    let (early, late) = (losses.prefix(10).reduce(0, +), losses.suffix(10).reduce(0, +))
    #expect(late < 0.4 * early)
    let measures = try #require(try TrainingLog.lines(whole + "/log.jsonl").last { $0["measures"] != nil }?["measures"])
    #expect(measures["frame F1, top"]?.float != nil && measures["onset F, all views"]?.float != nil)
    let parts = scratch.path + "/parts"
    for until in [7, 120] {
      options.until = until
      let again = try self.task(set, varies: true)
      _ = try Trainer(again, trainer, folder: parts, options: options).run()
      if until == 120 { #expect(again.weights.parameters.map(\.array) == task.weights.parameters.map(\.array)) }
    }
    let path = scratch.path + "/roll.safetensors"
    try RollExport.write(name: "Test", run: whole, set: set, to: path) { _ in }
    let predictor = try RollPredictor(path: path)
    #expect(predictor.card["data"]?.contains("of drawn") == true && predictor.rate == 25)
    let row = try RollTable.row("all", predictor, set.clips, views: RollView.allCases)
    #expect(row.clips == 3 && row.frames.frames == 120 && row.notes.onset.wanted == 6)
    #expect(RollTable.markdown([row]).split(separator: "\n").count == 3)
  }

  @Test func `A start gives what fits, and other views what the one from above has`() throws {
    let (_, top) = try Weights.make(from: RandomWeights(seed: 5)) { StripPredictor($0, DrawnStrips.network(1)) }
    let known = Dictionary(uniqueKeysWithValues: top.entries.map { ($0.name, $0.tensor) })
    let (_, weights) = try Weights.make(from: PredictorStart(known, seed: 6)) {
      StripPredictor($0, DrawnStrips.network(3))
    }
    let found = Dictionary(uniqueKeysWithValues: weights.entries.map { ($0.name, $0.tensor) })
    let name = "stem.0.weight"
    #expect(found["views.front." + name]?.array == known["views.top." + name]?.array)
    #expect(found["views.top." + name]?.array == known["views.top." + name]?.array)
    // The head of step 1 has three answers, that of step 3 has four.
    #expect(found["output.weight"]?.shape != known["output.weight"]?.shape)
  }

  @Test func `A set says what is wrong with it`() throws {
    #expect(throws: DataError.self) { try RollSet(URL(fileURLWithPath: scratch.path + "/nowhere")) }
    let strips = try DrawnStrips(scratch.path + "/wrong")
    let path = RollClip.path(.front, in: strips.folder.appendingPathComponent("clip-1"))
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
    let refusal = #expect(throws: DataError.self) { try RollSet(strips.folder) }
    #expect(refusal?.description.contains("clip-1/front.u8: expected") == true)
    let set = try set()
    #expect(set.kept.count + set.learned.count == set.clips.count && !set.kept.isEmpty && !set.learned.isEmpty)
    #expect(throws: TrainingError.self) { try RollTask(.step(3), set: set, seed: 1) }
  }
}

@Suite struct Video2RollTaskTests {
  @Test func `The paper's network learns from strips of its own size`() throws {
    let scratch = try Scratch()
    let small = try RollSet(try DrawnStrips(scratch.path + "/small", clips: 2, views: [.top]).folder)
    #expect(throws: TrainingError.self) { try Video2RollTask(set: small, seed: 1) }
    let set = try RollSet(
      try DrawnStrips(scratch.path + "/full", clips: 2, frames: 8, views: [.top], recipe: .full).folder)
    let task = try Video2RollTask(set: set, loss: RollLoss(.square), seed: 1, windows: 2)
    var random = ShardRandom(seed: 1, step: 1, shard: 0)
    let shard = try task.shard(&random)
    #expect(shard.input.strips[.top]?.shape == Shape(2, 100, 900, 5))
    let losses = task.losses(shard)
    let found = gradients(of: losses.total, for: task.weights.parameters)
    #expect(losses.total.scalar.isFinite && losses.total.scalar > 0)
    #expect(found.allSatisfy { $0.array.allSatisfy(\.isFinite) } && found.contains { $0.array.contains { $0 != 0 } })
  }
}

@Suite struct StripLookTests {
  let rows = 6, columns = 20

  func developed(_ look: StripLook, _ bytes: [UInt8], count: Int = 2) -> [Float] {
    var out = [Float](repeating: -1, count: rows * columns * count)
    out.withUnsafeMutableBufferPointer { out in
      bytes.withUnsafeBufferPointer {
        look.develop($0, rows: rows, columns: columns, count: count, into: out.baseAddress!)
      }
    }
    return out
  }

  @Test func `Plain is the bytes, frames side by side`() {
    let bytes = (0..<rows * columns * 2).map { UInt8($0 % 251) }
    let out = developed(.plain, bytes)
    for (index, grey) in out.enumerated() {
      let expected = Float(bytes[index % 2 * rows * columns + index / 2]) / 255
      #expect(abs(grey - expected) < 1e-6)
    }
  }

  @Test func `A shift moves what is seen, half a column between two`() {
    var bytes = [UInt8](repeating: 0, count: rows * columns)
    for row in 0..<rows { bytes[row * columns + 10] = 255 }
    var look = StripLook.plain
    look.shift = [2.5, 0]
    let out = developed(look, bytes, count: 1)
    for (column, grey) in [(10, 0), (12, 0.5), (13, 0.5)] as [(Int, Float)] {
      #expect(abs(out[columns + column] - grey) < 1e-5)
    }
    look.shift = [0, 0]
    look.blur = 0.25
    let soft = developed(look, bytes, count: 1)
    let found: [Float] = [soft[columns + 9], soft[columns + 10], soft[columns + 11]]
    #expect(found == [0.25, 0.5, 0.25])
  }
}

@Suite struct RollLossTests {
  @Test func `Cross-entropy is −t·ln σ − (1 − t)·ln(1 − σ), and never too large for a number`() {
    let x: [Float] = [-3, 0.5, 2, 80, -80, 200]
    let t: [Float] = [0, 1, 0.25, 1, 1, 0]
    let found = RollLoss.crossEntropy(Tensor(Shape(6), x), Tensor(Shape(6), t)).array
    for (index, (x, t)) in zip(x, t).enumerated() {
      let p = 1 / (1 + exp(-Double(x)))
      let q = 1 / (1 + exp(Double(x)))
      let expected = -Double(t) * log(p) - Double(1 - t) * log(q)
      #expect(abs(Double(found[index]) - expected) < 1e-4 * max(1, abs(expected)), "\(x)")
    }
  }
}
