// LogisticClassifierTests: two clouds are told apart as scikit-learn does; what cannot be told apart is even.
import Evaluation
import Foundation
import Testing

struct LogisticClassifierTests {
  private struct Case: Decodable {
    let width: Int, decay: Double, one: [Double], other: [Double], probabilities: [Double]
  }

  @Test func isTheReference() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let cases = try JSONDecoder().decode(
      [Case].self, from: Data(contentsOf: folder.appendingPathComponent("Fixtures/classifier.json")))
    #expect(cases.count == 4)
    for (index, expected) in cases.enumerated() {
      var points = Embeddings(width: expected.width, expected.one)
      let other = Embeddings(width: expected.width, expected.other)
      let classifier = try LogisticClassifier(points, other, decay: expected.decay)
      points += other
      for (row, wanted) in expected.probabilities.enumerated() {
        let found = classifier(points[row])
        #expect(abs(found - wanted) < 1e-6, "case \(index), row \(row): \(found), \(wanted)")
      }
    }
  }

  @Test func whatIsAlikeIsEven() throws {
    let cloud = Embeddings(width: 2, [1, 2, 3, 5, 0, 7])
    let classifier = try LogisticClassifier(cloud, cloud)
    #expect(abs(classifier([4, 4]) - 0.5) < 1e-9)
    let single = try LogisticClassifier(Embeddings(width: 1, [3]), Embeddings(width: 1, [3]))
    #expect(single([9]) == 0.5)
  }

  @Test func whatIsNoExampleIsRefused() {
    let some = Embeddings(width: 2, [1, 2])
    for other in [Embeddings(width: 2), Embeddings(width: 3, [1, 2, 3]), Embeddings(width: 2, [.nan, 1])] {
      #expect(throws: MetricError.self) { try LogisticClassifier(some, other) }
    }
  }
}
