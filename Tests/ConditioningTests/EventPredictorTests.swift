// EventPredictorTests: hills become events at their tops; what is answered does not depend on the stretches a film is looked at in.
import Conditioning
import Tensors
import Testing

@Suite struct EventPredictorTests {
  @Test func `An event is the first of the highest, and no other is near it`() {
    func picked(_ p: [Float], _ threshold: Float = 0.3) -> [Int] {
      EventPicker(threshold: threshold)(onset: p, strength: p).map(\.frame)
    }
    #expect(picked([]) == [] && picked([0.9]) == [0] && picked([0.2]) == [])
    #expect(picked([0, 0.5, 0.9, 0.5, 0]) == [2])
    #expect(picked([0, 0.9, 0.9, 0.9, 0]) == [1])
    // The lower of two that are too near is none; of two that are not, both are.
    #expect(picked([0, 0.6, 0, 0, 0, 0.8, 0]) == [5])
    #expect(picked([0, 0.6, 0, 0, 0, 0, 0.8, 0]) == [1, 6])
    #expect(picked([0.1, 0.2, 0.1], 0.15) == [1])
    #expect(picked([.nan, .nan]) == [])
    #expect(EventPicker()(onset: [0, 1, 0], strength: [0.1, 0.7, 0.2]).map(\.strength) == [0.7])
  }

  @Test func `A long film is looked at in stretches, and nothing is to be seen of them`() throws {
    var c = EventConfiguration(features: 3)
    (c.width, c.depth, c.taps) = (8, 2, 5)
    let (predictor, _) = try Weights.make(from: RandomWeights(seed: 3)) { EventPredictor($0, c) }
    let frames = 4096 + 700
    let seen = Tensor(Shape(1, frames, 3), (0..<3 * frames).map { Float(($0 * 7919) % 101) / 50 - 1 })
    var asked: [Range<Int>] = []
    let said = predictor.answers(frames: frames) {
      asked.append($0)
      return seen.slice(axis: 1, start: $0.lowerBound, length: $0.count)
    }
    #expect(asked == [0..<4096 + c.reach, 4096 - c.reach..<frames] && c.reach == 4)
    let whole = predictor(seen)
    let (onset, strength) = (sigmoid(whole.onset).array, sigmoid(whole.strength).array)
    #expect(said.onset.count == frames && said.strength.count == frames)
    let off = zip(said.onset + said.strength, onset + strength).map { abs($0 - $1) }.max()!
    #expect(off < 1e-6, "\(off)")
    #expect(predictor.answers(frames: 0) { _ in seen }.onset.isEmpty)
  }

  @Test func `A configuration is read as it was written, and what cannot be is said`() throws {
    var c = EventConfiguration(features: 196)
    (c.width, c.depth, c.taps, c.expansion) = (32, 3, 7, 4)
    #expect(try EventConfiguration(c.json) == c)
    for (name, value) in [("taps", JSON(4)), ("depth", JSON(0)), ("features", JSON("many")), ("width", JSON.null)] {
      let json = JSON.object(c.json.members!.map { $0.name == name ? JSON.Member(name, value) : $0 })
      let error = try #require(throws: ConfigurationError.self) { try EventConfiguration(json) }
      #expect("\(error)".contains("events.\(name)"), "\(error)")
    }
  }
}
