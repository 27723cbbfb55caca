// Measures of made sounds are those of the reference implementations; where these lose digits, the exact number's.
import Evaluation
import Foundation
import Testing

private struct Fixture: Decodable {
  struct Frechet: Decodable {
    let width: Int, one: [Double], other: [Double], trace: Double, exact: Double, said: [String: Double]
  }
  struct Divergence: Decodable {
    let width: Int, made: [Double], real: [Double], audioldmEval: Double, avBenchmark: Double
  }
  struct Inception: Decodable {
    let width: Int, made: [Double], parts: Int, seed: UInt32?, mean: Double, deviation: Double
  }
  struct Permutation: Decodable { let count: Int, seed: UInt32, order: [Int] }
  struct Cosines: Decodable { let width: Int, one: [Double], other: [Double], clip: Double, clap: Double }
  struct Ratio: Decodable { let made: [Double], real: [Double], ratio: Double }
  struct Alignment: Decodable {
    let onsets: [Double], flow: [Double], rate: Double, peaks: [Double], score: Double
  }
  let frechet: [Frechet], divergence: [Divergence], inception: [Inception], permutations: [Permutation]
  let cosines: [Cosines], ratios: [Ratio], alignment: [Alignment]

  static func read() throws -> Fixture {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appendingPathComponent("Fixtures/metrics.json"))
    return try JSONDecoder().decode(Fixture.self, from: data)
  }
}

struct FrechetDistanceTests {
  @Test func isTheReferences() throws {
    let cases = try Fixture.read().frechet
    #expect(cases.count == 7)
    for (index, expected) in cases.enumerated() {
      let (one, other) = (
        Embeddings(width: expected.width, expected.one), Embeddings(width: expected.width, expected.other)
      )
      let found = try frechetDistance(one, other)
      #expect(abs(found - expected.exact) < 1e-11 * expected.trace, "case \(index): \(found), \(expected.exact)")
      #expect(try abs(frechetDistance(other, one) - found) < 1e-11 * expected.trace, "case \(index)")
      // They lose digits where points are fewer than dimensions.
      for (name, theirs) in expected.said {
        #expect(abs(found - theirs) < 1e-7 * expected.trace, "case \(index): \(found), \(name) \(theirs)")
      }
      #expect(expected.said.count == 4)
    }
  }

  @Test func statisticsDoInsteadOfPoints() throws {
    let expected = try Fixture.read().frechet[1]
    let gaussians = try [expected.one, expected.other].map { values in
      let points = Embeddings(width: expected.width, values)
      let mean = points.mean
      var covariance = [Double](repeating: 0, count: points.width * points.width)
      for row in 0..<points.count {
        let x = zip(points[row], mean).map { $0 - $1 }
        for i in x.indices {
          for j in x.indices { covariance[i * points.width + j] += x[i] * x[j] / Double(points.count - 1) }
        }
      }
      return try Gaussian(mean: mean, covariance: covariance)
    }
    #expect(abs(try frechetDistance(gaussians[0], gaussians[1]) - expected.exact) < 1e-11 * expected.trace)
  }

  /// |m|² + d(σ − τ)² of two spheres.
  @Test func spheres() throws {
    func sphere(_ mean: Double, _ deviation: Double) throws -> Gaussian {
      try Gaussian(
        mean: [Double](repeating: mean, count: 3),
        covariance: (0..<9).map { $0 % 4 == 0 ? deviation * deviation : 0 })
    }
    #expect(abs(try frechetDistance(sphere(0, 1), sphere(2, 4)) - 39) < 1e-12)
    #expect(abs(try frechetDistance(sphere(1, 0), sphere(2, 2)) - 15) < 1e-12)
    #expect(try frechetDistance(sphere(1, 0), sphere(1, 0)) == 0)
  }

  @Test func whatCannotBeMeasured() {
    let (two, wide) = (Embeddings(width: 2, [0, 1, 2, 3]), Embeddings(width: 4, [0, 1, 2, 3, 4, 5, 6, 7]))
    #expect(throws: MetricError("expected embeddings of one width, found 2 and 4")) { try frechetDistance(two, wide) }
    #expect(throws: MetricError("expected at least two embeddings for a covariance, found 1")) {
      try frechetDistance(two, Embeddings(width: 2, [0, 1]))
    }
    #expect(throws: MetricError("expected finite embeddings, found NaN or infinity")) {
      try frechetDistance(two, Embeddings(width: 2, [0, 1, .nan, 3]))
    }
    #expect(throws: MetricError.self) { try Gaussian(mean: [1, 2], covariance: [1, 2]) }
  }
}

struct EigenvalueTests {
  /// Of 2 on and −1 beside the diagonal: 2 − 2cos(πk/(n + 1)).
  @Test func ofASecondDifference() {
    let size = 40
    let matrix = (0..<size * size).map { (index: Int) -> Double in
      let distance = abs(index / size - index % size)
      return distance == 0 ? 2.0 : distance == 1 ? -1 : 0
    }
    let found = symmetricEigenvalues(matrix, size: size).sorted()
    for k in 1...size {
      let expected: Double = 2 - 2 * cos(Double.pi * Double(k) / Double(size + 1))
      #expect(abs(found[k - 1] - expected) < 1e-13)
    }
  }

  /// V·diag(λ)·Vᵀ with V a reflection, values of many magnitudes, some equal.
  @Test func ofWhatWasPutTogether() {
    for size in [1, 2, 3, 17, 33] {
      let values = (0..<size).map { (index: Int) -> Double in
        if index % 5 == 0 { return 1 }
        let sign: Double = index % 2 == 0 ? 1 : -1
        return sign * pow(10, 3 - Double(index % 7))
      }
      let v: [Double] = (0..<size).map { sin(Double(3 * $0 + 1)) }
      let length: Double = v.map { $0 * $0 }.reduce(0, +)
      func reflection(_ i: Int, _ j: Int) -> Double {
        let own: Double = i == j ? 1 : 0
        return own - 2 * v[i] * v[j] / length
      }
      var matrix: [Double] = []
      for row in 0..<size {
        for column in 0..<size {
          var sum = 0.0
          for k in 0..<size { sum += reflection(row, k) * values[k] * reflection(k, column) }
          matrix.append(sum)
        }
      }
      let found = symmetricEigenvalues(matrix, size: size).sorted()
      #expect(zip(found, values.sorted()).allSatisfy { abs($0 - $1) < 1e-11 }, "\(size)")
    }
    #expect(symmetricEigenvalues([], size: 0).isEmpty)
  }
}

struct ClassifierMetricTests {
  @Test func divergenceIsTheReferences() throws {
    for (index, expected) in try Fixture.read().divergence.enumerated() {
      let (made, real) = (
        Embeddings(width: expected.width, expected.made), Embeddings(width: expected.width, expected.real)
      )
      let found = try softmaxDivergence(made: made, real: real)
      #expect(abs(found - expected.audioldmEval) < 1e-12 * max(1, found), "case \(index)")
      let plain = try softmaxDivergence(made: made, real: real, epsilon: 0)
      #expect(abs(plain - expected.avBenchmark) < 1e-12 * max(1, plain), "case \(index)")
      #expect(abs(try softmaxDivergence(made: made, real: made, epsilon: 0)) < 1e-14)
    }
    let one = Embeddings(width: 2, [1, 2])
    #expect(throws: MetricError("expected embeddings in pairs, found 1 and 2")) {
      try softmaxDivergence(made: one, real: Embeddings(width: 2, [1, 2, 3, 4]))
    }
    #expect(throws: MetricError.self) { try softmaxDivergence(made: Embeddings(width: 2), real: Embeddings(width: 2)) }
  }

  @Test func inceptionIsTheReferences() throws {
    for (index, expected) in try Fixture.read().inception.enumerated() {
      let made = Embeddings(width: expected.width, expected.made)
      let found = try InceptionScore(made, parts: expected.parts, seed: expected.seed)
      #expect(abs(found.mean - expected.mean) < 1e-12 * expected.mean, "case \(index)")
      #expect(abs(found.deviation - expected.deviation) < 1e-11, "case \(index)")
    }
    #expect(throws: MetricError.self) { try InceptionScore(Embeddings(width: 2, [1, 2]), parts: 2) }
    // Impossible outcomes add nothing.
    let sure = try InceptionScore(Embeddings(width: 2, [0, -1e6, -1e6, 0]), parts: 1)
    #expect(abs(sure.mean - 2) < 1e-12)
  }

  @Test func clipsAreDealtOutAsNumpyDoes() throws {
    for expected in try Fixture.read().permutations {
      #expect(numpyPermutation(of: expected.count, seed: expected.seed) == expected.order)
    }
  }

  @Test func cosinesAreTheReferences() throws {
    for expected in try Fixture.read().cosines {
      let score = try CosineScore(
        Embeddings(width: expected.width, expected.one), Embeddings(width: expected.width, expected.other))
      #expect(abs(score.hundredfold - expected.clip) < 1e-11)
      // Theirs adds a little to the lengths.
      #expect(abs(score.mean - expected.clap) < 1e-8)
    }
    #expect(try CosineScore(Embeddings(width: 2, [0, 0]), Embeddings(width: 2, [1, 0])).mean == 0)
  }
}

struct SoundMetricTests {
  @Test func ratioIsTheReference() throws {
    for (index, expected) in try Fixture.read().ratios.enumerated() {
      let found = scaleInvariantRatio(made: expected.made, real: expected.real)
      #expect(abs(found - expected.ratio) < 1e-9, "case \(index): \(found), \(expected.ratio)")
    }
  }

  @Test func alignmentIsTheReference() throws {
    for (index, expected) in try Fixture.read().alignment.enumerated() {
      let peaks = PeakAlignment.peaks(flow: expected.flow, rate: expected.rate)
      #expect(peaks == expected.peaks, "case \(index)")
      let found = PeakAlignment(onsets: expected.onsets, peaks: peaks, rate: expected.rate)
      // Theirs adds 1e-9 below the line.
      #expect(abs(found.score - expected.score) < 2e-9, "case \(index): \(found.score), \(expected.score)")
      #expect(0...1 ~= found.score)
    }
    #expect(PeakAlignment.peaks(flow: [], rate: 25).isEmpty && PeakAlignment.peaks(flow: [1], rate: 25).isEmpty)
  }
}
