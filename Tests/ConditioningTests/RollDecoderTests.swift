// RollDecoderTests: made-up rolls whose notes are known, and rolls that no network would make.
import Conditioning
import Foundation
import Score
import Tensors
import Testing

@Suite struct RollDecoderTests {
  /// A roll of 25 frames a second of one key: 1 where it is down, an onset's peak where it begins.
  func roll(_ down: [Float], onset: [Float] = [], shift: Float = 0, key: Int = 40) -> [RollFrame] {
    down.enumerated().map { index, value in
      func row(_ value: Float) -> [Float] { (0..<88).map { $0 == key ? value : 0 } }
      return RollFrame(
        time: Double(index) / 25, down: row(value), onset: onset.isEmpty ? [] : row(onset[index]), shift: row(shift))
    }
  }

  func decode(_ frames: [RollFrame], _ change: (inout RollThresholds) -> Void = { _ in }) -> DecodedRoll {
    var thresholds = RollThresholds()
    change(&thresholds)
    return RollDecoder.decode(frames, thresholds, rate: 25)
  }

  @Test func `A note begins where its onset says, between frames`() {
    let notes = decode(roll([0, 0, 1, 1, 1, 0, 0], onset: [0, 0.1, 0.9, 0.2, 0, 0, 0], shift: -0.25)).score.notes
    #expect(notes.count == 1)
    #expect(notes[0].key == 61)
    #expect(abs(notes[0].start - (0.08 - 0.01)) < 1e-9)
    // From 1 at 0.16 to 0 at 0.20, through 0.35.
    #expect(abs(notes[0].end - (0.16 + 0.65 * 0.04)) < 1e-6)
    #expect(notes[0].velocity == 64)
  }

  @Test func `Without an onset it begins where its key is seen to sink`() {
    let notes = decode(roll([0, 0, 0.2, 1, 1, 0])).score.notes
    #expect(notes.count == 1)
    #expect(abs(notes[0].start - (0.08 + 0.5 * 0.04)) < 1e-6)
    #expect(decode(roll([0, 0, 0.2, 1, 1, 0])) { $0.down = 2 }.score.notes.isEmpty)
  }

  @Test func `A key that flickers between two thresholds is one note`() {
    let flicker: [Float] = [0, 1, 0.4, 0.7, 0.4, 0.9, 0.5, 0, 0]
    #expect(decode(roll(flicker)).score.notes.count == 1)
    #expect(decode(roll(flicker)) { $0.up = 0.6 }.score.notes.count > 1)
  }

  @Test func `A key that stays down is struck again by an onset`() {
    let frames = roll([0, 1, 1, 1, 1, 1, 0], onset: [0, 0.9, 0, 0, 0.8, 0.1, 0])
    let notes = decode(frames).score.notes
    #expect(notes.count == 2)
    #expect(abs(notes[1].start - 0.16) < 1e-9)
    #expect(abs(notes[0].end - (0.16 - 0.02)) < 1e-9)
    #expect(decode(frames) { $0.again = 0.5 }.score.notes.count == 1)
  }

  @Test func `An onset that comes after its key sank corrects it, and strikes nothing again`() {
    let notes = decode(roll([0, 1, 1, 1, 0], onset: [0, 0, 0.3, 0.9, 0])) { $0.again = 0.1 }.score.notes
    #expect(notes.count == 1)
    #expect(abs(notes[0].start - 0.12) < 1e-9)
  }

  @Test func `An onset of a key that stays up is none`() {
    #expect(decode(roll([0, 0, 0.1, 0], onset: [0, 0.9, 0, 0])).score.notes.isEmpty)
  }

  @Test func `Short notes need an onset`() {
    #expect(decode(roll([0, 0.65, 0, 0])).score.notes.isEmpty)
    let notes = decode(roll([0, 0.65, 0, 0], onset: [0, 0.9, 0, 0])).score.notes
    #expect(notes.count == 1)
    #expect(notes[0].end - notes[0].start >= 0.03 - 1e-9)
  }

  @Test func `What is still down at the end ends with the film`() {
    let notes = decode(roll([0, 1, 1])).score.notes
    #expect(notes.count == 1)
    #expect(abs(notes[0].end - (0.08 + 0.02)) < 1e-9)
  }

  @Test func `Velocity is that of the moments around the onset`() {
    var frames = roll([0, 1, 1, 0], onset: [0.2, 0.6, 0, 0])
    let told: [Float] = [0.2, 0.5, 0.8, 1]
    for index in frames.indices { frames[index].velocity = .init(repeating: told[index], count: 88) }
    // The logits of 0.2 and 0.8 cancel each other.
    #expect(decode(frames).score.notes.map(\.velocity) == [64])
  }

  @Test func `A rule says which moments tell of a velocity, whatever the distance of frames`() {
    for rate in [12.5, 25, 50] {
      var frames = roll(
        [Float](repeating: 0, count: 12) + [1, 1, 1, 0], onset: .init(repeating: 0, count: 12) + [0.9, 0, 0, 0])
      for index in frames.indices {
        frames[index].time = Double(index) / rate
        // Told from 0.12 to 0.2 s before the onset at frame 12.
        let before = (12 - Double(index)) / rate
        frames[index].velocity = .init(repeating: 0.12...0.2 ~= before ? 0.75 : 0.1, count: 88)
      }
      let found = decode(frames) { ($0.velocity.weights, $0.velocity.constant) = ([0, 0, 1, 0, 0, 0, 0, 0], 0) }
      #expect(found.score.notes.map(\.velocity) == [95], "\(rate)")
    }
  }

  private func logit(_ p: Double) -> Double { log(p / (1 - p)) }

  /// Of a note that has no neighbours.
  private func velocity(_ rule: VelocityRule, _ told: [Double]) -> UInt8 {
    rule.velocities(of: [(0, rule.seen(told))])[0]!
  }

  @Test func `Uncertain notes are as loud as their passage, and a note that nothing tells of changes nothing`() {
    let rule = PassageRule(own: 0.2, near: 0.3, far: 0.5, constant: 0.1)
    let seen: [PassageRule.Seen] = [(0, 1), (0.5, 2), (0.6, nil), (1.2, 4), (2, -1), (9, 3)]
    let (far, all) = ((1 + 2 + 4 - 1) / 4.0, (1 + 2) / 2.0)
    let expected: [Double?] = [
      0.1 + 0.2 * 1 + 0.3 * all + 0.5 * far, 0.1 + 0.2 * 2 + 0.3 * all + 0.5 * far, nil,
      0.1 + 0.2 * 4 + 0.3 * 4 + 0.5 * far, 0.1 + 0.2 * -1 + 0.3 * -1 + 0.5 * far, 0.1 + 3,
    ]
    for (found, expected) in zip(rule.loudness(of: seen), expected) {
      #expect((found == nil) == (expected == nil) && abs((found ?? 0) - (expected ?? 0)) < 1e-12)
    }
    #expect(PassageRule().loudness(of: seen).compactMap(\.self) == [1, 2, 4, -1, 3])
    #expect(rule.loudness(of: []).isEmpty)
    // Passages of twenty notes, each as loud as the others; what is seen of a note is off by more than passages differ.
    var chance = Chance(seed: 5)
    let pieces = (0..<4).map { _ -> [VelocityRule.Told] in
      (0..<10).flatMap { passage -> [VelocityRule.Told] in
        let velocity = UInt8(chance.between(30...100))
        return (0..<20).map { note in
          let told = log(Double(velocity) / Double(127 - velocity)) + chance.normal(1)
          return (10 * Double(passage) + 0.1 * Double(note), [Double](repeating: told, count: 8), velocity)
        }
      }
    }
    func error(_ rule: VelocityRule) -> Double {
      let errors = pieces.flatMap { piece in
        zip(piece, rule.velocities(of: piece.map { ($0.time, rule.seen($0.told)) })).map {
          abs(Double($1!) - Double($0.velocity))
        }
      }
      return errors.reduce(0, +) / Double(errors.count)
    }
    let found = VelocityRule.fitted(pieces)
    var alone = found
    alone.passage = PassageRule()
    #expect(error(found) < 0.5 * error(alone), "\(error(found)), \(error(alone))")
  }

  @Test func `Heights tell of a velocity as well, to a rule that weighs them`() throws {
    // A finger hangs 20 mm high two frames before the onset: ln(1 + 20/5) = ln 5.
    var frames = roll(
      [Float](repeating: 0, count: 12) + [1, 1, 1, 0], onset: .init(repeating: 0, count: 12) + [0.9, 0, 0, 0])
    for index in frames.indices {
      frames[index].velocity = .init(repeating: 0.5, count: 88)
      frames[index].height = .init(
        repeating: index == 10 ? RollLogits.logarithm(ofHeight: 20) : index == 11 ? .nan : -1, count: 88)
    }
    var rule = VelocityRule()
    rule.weights = [Double](repeating: 0, count: 16)
    rule.weights[9] = 0.5
    let loud = decode(frames) { $0.velocity = rule }
    #expect(loud.score.notes.map(\.velocity) == [UInt8((127 / (1 + exp(-0.5 * log(5.0)))).rounded())])
    #expect(try VelocityRule(rule.json) == rule)
    // Where no heights are told, a rule that wants them has nothing to say.
    for index in frames.indices { frames[index].height = [] }
    #expect(decode(frames) { $0.velocity = rule }.score.notes.map(\.velocity) == [64])
    rule.weights.removeLast()
    #expect(throws: ConfigurationError.self) { try VelocityRule(rule.json) }
  }

  @Test func `The rule that is found tells what is true, and few notes change nothing`() {
    var chance = Chance(seed: 3)
    let notes = (0..<200).map { index -> VelocityRule.Told in
      let velocity = UInt8(chance.between(10...120))
      // The second moment knows, the others guess.
      let told = VelocityRule.offsets.map { $0 == -3 ? 0.25 + Double(velocity) / 254 : chance.between(0.3, 0.7) }
      // Each by itself, far from its neighbours.
      return (10 * Double(index), told.map(logit), velocity)
    }
    let rule = VelocityRule.fitted([notes])
    let found = rule.velocities(of: notes.map { ($0.time, rule.seen($0.told)) })
    let error = zip(notes, found).map { abs(Double($1!) - Double($0.velocity)) }.reduce(0, +) / 200
    #expect(error < 5, "\(error) with \(rule)")
    #expect(VelocityRule.fitted([Array(notes.prefix(20))]) == VelocityRule())
  }

  @Test func `A rule bends: what rises and falls tells of a velocity, too`() throws {
    var chance = Chance(seed: 4)
    // Soft where a number is near 0, loud far from it to either side: no weighted sum says that.
    let notes = (0..<1000).map { index -> VelocityRule.Told in
      let told = (0..<16).map { _ in chance.between(-2, 2) }
      return (10 * Double(index), told, UInt8(20 + 40 * told[5].magnitude))
    }
    let rule = VelocityRule.fitted([Array(notes.prefix(900))])
    func error(_ rule: VelocityRule) -> Double {
      let errors = notes.suffix(100).map { note -> Double in
        let found = Double(velocity(rule, note.told))
        return abs(found - Double(note.velocity))
      }
      return errors.reduce(0, +) / 100
    }
    var straight = rule
    straight.bends = []
    #expect(rule.bends.count == 45 && error(rule) < 0.75 * error(straight), "\(error(rule)), \(error(straight))")
    #expect(try VelocityRule(rule.json) == rule)
    for wrong in [[], Array(rule.features.spread.dropLast()), [Double](repeating: 0, count: 16)] {
      var broken = rule
      broken.features.spread = wrong
      #expect(throws: ConfigurationError.self) { try VelocityRule(broken.json) }
    }
  }

  @Test func `A rule that tells less than the mean is the mean`() {
    var chance = Chance(seed: 7)
    /// A note a second, all on one key; a share of what is said of it is true.
    func example(truth share: Double) -> RollTuner.Example {
      let velocities = (0..<60).map { _ in UInt8(chance.between(20...110)) }
      let frames = (0..<25 * 61).map { index in
        let next = velocities[min(59, (index + 5) / 25)]
        let said = share * Double(next) / 127 + (1 - share) * chance.between(0.05, 0.95)
        let keys = [Float](repeating: 0, count: 88)
        return RollFrame(time: Double(index) / 25, down: keys, velocity: keys.map { _ in Float(said) })
      }
      let notes = velocities.enumerated().map {
        Note(key: 60, velocity: $1, start: Double($0), end: Double($0) + 0.5)
      }
      return RollTuner.Example(frames: frames, truth: Score(notes: notes))
    }
    let lucky = RollTuner.velocityRule(of: (0..<4).map { _ in example(truth: 0) }, rate: 25)
    #expect(lucky.weights.allSatisfy { $0 == 0 } && 55...75 ~= velocity(lucky, [-5, 5, -5, 5, -5, 5, -5, 5]))
    let usual = RollTuner.velocityRule(of: (0..<4).map { _ in example(truth: 0) }, rate: 25, usual: 90)
    #expect(velocity(usual, [-5, 5, -5, 5, -5, 5, -5, 5]) == 90)
    #expect(RollTuner.velocityRule(of: [], rate: 25) == VelocityRule())
    let rule = RollTuner.velocityRule(of: (0..<4).map { _ in example(truth: 0.8) }, rate: 25)
    func alone(_ told: Double) -> UInt8 { velocity(rule, [Double](repeating: logit(told), count: 8)) }
    #expect(alone(0.8) > alone(0.3) + 30, "\(rule)")
  }

  @Test func `Frames of varying length are timed by themselves`() {
    var frames = roll([0, 0, 0, 1, 1, 1])
    for (index, time) in [0, 0.03, 0.1, 0.2, 0.21, 0.4].enumerated() { frames[index].time = time }
    #expect(abs(decode(frames).score.notes[0].start - (0.1 + 0.6 * 0.1)) < 1e-6)
  }

  @Test func `Doubtful notes are listed`() {
    let found = decode(roll([0, 0.6, 0.6, 0.4, 0], onset: [0, 0.45, 0, 0, 0]))
    #expect(found.doubts.count == 1)
    #expect(found.doubts[0].key == 61)
    let mean = (0.6 + 0.6 + 0.4) / 3
    #expect(abs(found.doubts[0].confidence - (0.45 + mean) / 2) < 1e-6)
    #expect(decode(roll([0, 1, 1, 1, 0], onset: [0, 0.9, 0, 0, 0])).doubts.isEmpty)
  }

  @Test func `Pedals move by degrees, and rest where they are`() {
    let depths: [Float] = [0.02, 0.04, 0.3, 0.52, 0.49, 0.53, 1, 0.97, 0.5, 0]
    let frames = depths.enumerated().map { index, depth in
      RollFrame(time: Double(index) / 25, down: [], pedals: [depth, 0, .nan])
    }
    let found = decode(frames).score.pedals
    #expect(found.map(\.value) == [32, 64, 127, 64, 0])
    #expect(found.allSatisfy { $0.kind == .sustain })
    #expect(abs(found[0].time - 0.08) < 1e-9)
    // What counts as half-way down is a threshold.
    #expect(decode(frames) { $0.pedal = 0.3 }.score.pedals.first?.value == 64)
  }

  @Test func `Whatever comes in, a performance comes out`() {
    var chance = Chance(seed: 7)
    let oddities: [Float] = [.nan, .infinity, -.infinity, -1, 2, 1e30, -0.0, 0.5]
    for round in 0..<60 {
      var time = 0.0
      let length = round < 3 ? round : Int(chance.unit() * 60)
      let frames = (0..<length).map { _ -> RollFrame in
        time += chance.unit() * 0.08
        func list(_ count: Int) -> [Float] {
          if chance.unit() < 0.1 { return [] }
          let count = chance.unit() < 0.1 ? Int(chance.unit() * 200) : count
          return (0..<count).map { _ in
            chance.unit() < 0.05 ? oddities[Int(chance.unit() * 8)] : Float(chance.unit())
          }
        }
        let odd = chance.unit() < 0.05 ? [.nan, .infinity, -5, time - 1, 1e300][Int(chance.unit() * 5)] : time
        return RollFrame(
          time: odd, down: list(88), onset: list(88), shift: list(88), velocity: list(88), pedals: list(3))
      }
      var thresholds = RollThresholds()
      thresholds.onset = chance.unit()
      thresholds.down = chance.unit() * 2
      thresholds.up = chance.unit()
      thresholds.minimum = chance.unit() * 0.2
      thresholds.again = chance.unit() * 0.2
      thresholds.gap = chance.unit() * 0.5
      let rate = [25, 0, -.infinity, .nan, 1e-300][round % 5]
      let score = RollDecoder.decode(frames, thresholds, rate: rate).score
      expectPerformance(score)
      #expect(score.duration <= 2e6)
    }
    #expect(decode([]).score == Score())
  }

  func expectPerformance(_ score: Score) {
    var ends = [UInt8: Double]()
    var last = 0.0
    for note in score.notes {
      #expect(21...108 ~= note.key && 1...127 ~= note.velocity)
      #expect(note.start.isFinite && note.end.isFinite && note.start >= 0 && note.end > note.start)
      #expect(note.start >= last)
      #expect(note.start >= ends[note.key] ?? 0, "key \(note.key) is struck while it is down")
      (last, ends[note.key]) = (note.start, note.end)
    }
    #expect(score.pedals.allSatisfy { $0.value <= 127 && $0.time.isFinite })
  }

  @Test func `The search finds thresholds that were moved away`() {
    let frames = roll([0, 0.3, 0.45, 0.45, 0.3, 0.05, 0], onset: [0, 0.1, 0.22, 0.1, 0, 0, 0])
    let truth = Score(notes: [Note(key: 61, velocity: 64, start: 0.08, end: 0.18)])
    let example = RollTuner.Example(frames: frames, truth: truth)
    func measure(_ found: DecodedRoll, _ truth: Score) -> Double {
      let distances = found.score.notes.map { abs($0.start - truth.notes[0].start) }
      return found.score.notes.count == 1 && distances[0] < 0.02 ? 1 : 0
    }
    var start = RollThresholds()
    start.down = 2
    let found = RollTuner.tuned(start, on: [example], rate: 25, measure: measure)
    #expect(found.measure == 1)
    #expect(found.thresholds.onset <= 0.22)
    #expect(RollTuner.tuned(start, on: [], rate: 25, measure: measure).thresholds == start)
    // A foot that is seen a little way down, and was half-way.
    let depths = (0..<50).map { RollFrame(time: Double($0) / 25, down: [], pedals: [$0 < 25 ? 0 : 0.28, 0, 0]) }
    let foot = RollTuner.Example(
      frames: depths, truth: Score(pedals: [Pedal(kind: .sustain, value: 127, time: 1)]))
    let pedal = RollTuner.tuned(RollThresholds(), on: [foot], rate: 25, grid: RollTuner.pedals) { found, _ in
      found.score.pedals.contains { $0.kind == .sustain && $0.value >= 64 } ? 1 : 0
    }
    #expect(pedal.measure == 1 && pedal.thresholds.pedal < 0.28 && pedal.thresholds.onset == RollThresholds().onset)
  }
}
