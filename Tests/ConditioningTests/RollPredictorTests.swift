// RollPredictorTests: the file, what is wrong with files, batches that change no bit, and films of any rate.
import Conditioning
import Foundation
import Score
import Tensors
import Testing

@Suite struct RollPredictorTests {
  let scratch = ScratchFile()
  let predictor: RollPredictor

  init() throws {
    let (_, weights) = try Weights.make(from: RandomWeights(seed: 2)) { StripPredictor($0, smallPredictor) }
    var thresholds = RollThresholds()
    (thresholds.onset, thresholds.pedalDegrees) = (0.25, 4)
    try RollPredictor.write(
      name: "Small", smallPredictor, weights, rate: 25, thresholds: thresholds, card: ["licence": "ISC"],
      to: scratch.path)
    predictor = try RollPredictor(path: scratch.path)
  }

  @Test func `A file holds all that was written`() throws {
    #expect(predictor.configuration == smallPredictor)
    #expect(predictor.thresholds.onset == 0.25 && predictor.thresholds.pedalDegrees == 4)
    #expect(predictor.rate == 25 && predictor.name == "Small" && predictor.card == ["licence": "ISC"])
    #expect(predictor.parameterCount == Weights.parameterCount { StripPredictor($0, smallPredictor) })
    let other = ScratchFile()
    var thresholds = predictor.thresholds
    thresholds.down = 0.7
    try predictor.write(thresholds: thresholds, to: other.path)
    let again = try RollPredictor(path: other.path)
    #expect(again.thresholds == thresholds && again.card == predictor.card)
    let input = windows(smallPredictor, [.top], batch: 1)
    #expect(again.network(input).down.array == predictor.network(input).down.array)
    let coded = try JSONEncoder().encode(thresholds)
    #expect(try JSONDecoder().decode(RollThresholds.self, from: coded) == thresholds)
  }

  @Test func `Velocities are read otherwise where keys are seen from above alone`() throws {
    var thresholds = RollThresholds()
    #expect(thresholds.seen(from: [.top]) == thresholds)
    thresholds.velocityFromAbove = VelocityRule()
    thresholds.velocityFromAbove?.constant = 0.5
    #expect(try RollThresholds(thresholds.json) == thresholds)
    for views in [[RollView.top], [.top, .pedal]] {
      #expect(thresholds.seen(from: views).velocity == thresholds.velocityFromAbove)
    }
    for views in [[RollView.top, .left], [.front], RollView.allCases] {
      #expect(thresholds.seen(from: views) == thresholds)
    }
  }

  @Test func `What is no predictor says what it is instead`() throws {
    func message(_ metadata: [String: String], tensors: Bool = true) throws -> String {
      let file = ScratchFile()
      let (_, weights) = try Weights.make(from: RandomWeights(seed: 2)) { StripPredictor($0, smallPredictor) }
      let entries = tensors ? weights.entries.map { ($0.name, $0.tensor) } : [("x", Tensor(1))]
      try SafeTensors.write(entries, metadata: metadata, to: file.path)
      do { _ = try RollPredictor(path: file.path) } catch {
        #expect(error.path == file.path)
        return "\(error)"
      }
      return "opened"
    }
    let good = try SafeTensors(path: scratch.path).metadata["fotoplayer"]!
    func changed(_ from: String, _ to: String) throws -> String {
      #expect(good.contains(from))
      return try message(["fotoplayer": good.replacingOccurrences(of: from, with: to)])
    }
    #expect(try message(["fotoplayer": good]) == "opened")
    #expect(try message([:]).contains("metadata"))
    #expect(try message(["fotoplayer": "{"]).contains("byte"))
    #expect(try changed("\"roll\"", "\"voice\"").contains("expected a roll predictor, found voice"))
    #expect(try changed("\"format\":1", "\"format\":2").contains("expected format 1, found 2"))
    #expect(try changed("\"top\",", "\"above\",").contains("network.views"))
    #expect(try changed("\"taps\":7", "\"taps\":6").contains("odd"))
    #expect(try changed("\"rows\":16", "\"rows\":32").contains("collapse"))
    #expect(try changed("\"onset\":0.25", "\"onset\":25").contains("thresholds.onset"))
    #expect(try changed("\"frames\":5", "\"frames\":7").contains("5 frames"))
    #expect(try message(["fotoplayer": good], tensors: false).contains("faults"))
    #expect(throws: RollPredictorError.self) { try RollPredictor(path: scratch.path + ".not") }
    // Cut off anywhere, it says so.
    let bytes = try Data(contentsOf: URL(fileURLWithPath: scratch.path))
    for length in stride(from: 0, to: bytes.count, by: 997) {
      let file = ScratchFile()
      try bytes.prefix(length).write(to: URL(fileURLWithPath: file.path))
      #expect(throws: RollPredictorError.self) { try RollPredictor(path: file.path) }
    }
  }

  @Test func `It takes what views there are`() {
    #expect(predictor.usable([.front, .top, .pedal]) == [.top, .front, .pedal])
    #expect(predictor.usable([.pedal]) == [])
    #expect(predictor.usable([.right]) == [.right])
    #expect((try? RollModels.open(scratch.path))?.name == "Small")
  }

  @Test(arguments: [[RollView.top], [.left, .front, .pedal]])
  func `A window says the same whatever lies beside it`(_ views: [RollView]) {
    let few = RollRunner(predictor, views: views, batch: 1)
    let many = RollRunner(predictor, views: views, batch: 5)
    let shown = (0..<5).map { window in
      views.enumerated().map { place, view in
        (0..<5).map { picture(predictor.size(view), seed: UInt64(100 * window + 10 * place + $0)) }
      }
    }
    for window in 0..<5 { for place in views.indices { many.set(window, view: place, shown[window][place]) } }
    let together = many.run(times: [0, 1, 2, 3])
    #expect(together.count == 4)
    for window in 0..<4 {
      for place in views.indices { few.set(0, view: place, shown[window][place]) }
      #expect(few.run(times: [Double(window)]) == [together[window]])
    }
    #expect(together[0].velocity.count == 88 && together[0].pedals.count == (views.contains(.pedal) ? 3 : 0))
    #expect(together[0].down != together[1].down)
  }

  @Test func `A runner says what the network says`() {
    let runner = RollRunner(predictor, views: [.top], batch: 1)
    let size = predictor.size(.top)
    let pictures = (0..<5).map { picture(size, seed: UInt64($0)) }
    runner.set(0, view: 0, pictures)
    let strip = Tensor(zeros: Shape(1, size.rows, size.columns, 5))
    for index in 0..<strip.shape.count { strip[index] = Float(pictures[index % 5][index / 5]) / 255 }
    let expected = predictor.network(RollInput(strips: [.top: strip])).down.array
    for (a, b) in zip(runner.run(times: [0])[0].down, expected) { #expect(abs(a - 1 / (1 + exp(-b))) < 1e-5) }
  }

  @Test func `A window is the frames nearest to its moments`() {
    let regular = (0..<10).map { Double($0) / 25 + 0.0004 * Double($0 % 2) }
    #expect(RollWindow.frames(around: 4, times: regular, rate: 25) == [2, 3, 4, 5, 6])
    #expect(RollWindow.frames(around: 0, times: regular, rate: 25) == [0, 0, 0, 1, 2])
    #expect(RollWindow.frames(around: 9, times: regular, rate: 25) == [7, 8, 9, 9, 9])
    let fast = (0..<30).map { Double($0) / 50 }
    #expect(RollWindow.frames(around: 10, times: fast, rate: 25) == [6, 8, 10, 12, 14])
    #expect(RollWindow.middles(times: fast, rate: 25) == Array(stride(from: 0, to: 30, by: 2)))
    let slow = (0..<9).map { Double($0) / 12.5 }
    #expect(RollWindow.frames(around: 4, times: slow, rate: 25) == [3, 3, 4, 4, 5])
    #expect(RollWindow.middles(times: slow, rate: 25) == Array(0..<9))
    #expect(RollWindow.frames(around: 0, times: [3], rate: 25) == [0, 0, 0, 0, 0])
  }

  @Test(arguments: [12.0, 25, 30, 59.94]) func `A stream says what its windows say`(_ filmed: Double) {
    var chance = Chance(seed: UInt64(filmed))
    let times = (0..<40).map { (Double($0) + chance.between(-0.2, 0.2)) / filmed + 1 }
    let size = predictor.size(.top)
    let pictures = times.indices.map { picture(size, seed: UInt64($0)) }
    let stream = RollStream(RollRunner(predictor, views: [.top], batch: 3))
    let single = RollRunner(predictor, views: [.top], batch: 1)
    for _ in 0..<2 {
      var said: [RollFrame] = []
      for (time, picture) in zip(times, pictures) {
        said += stream.add(time: time, [picture])
        // A time that goes back is left out.
        said += stream.add(time: time - 0.5, [picture])
      }
      said += stream.finish()
      let expected = RollWindow.middles(times: times, rate: 25).map { middle in
        single.set(0, view: 0, RollWindow.frames(around: middle, times: times, rate: 25).map { pictures[$0] })
        return single.run(times: [times[middle]])[0]
      }
      #expect(said == expected)
    }
    #expect(stream.finish().isEmpty)
  }
}
