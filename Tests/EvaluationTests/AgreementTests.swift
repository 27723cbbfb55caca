// Notes and frames are counted as mir_eval, scikit-learn and Audeo count them; what is near an edge is on the right side.
import Evaluation
import Foundation
import Score
import Testing

private struct Fixture: Decodable {
  struct Notes: Decodable {
    let wanted: [[Double]], found: [[Double]]
    /// Precision, recall, F1.
    let onset: [Double], onsetAndEnd: [Double], onsetAndVelocity: [Double], all: [Double]
  }
  struct Frames: Decodable {
    let wanted: [[Int]], found: [[Int]]
    /// Precision, recall, F1, accuracy.
    let perFrame: [Double], pooled: [Double]
  }
  let notes: [Notes], frames: [Frames]

  static func read() throws -> Fixture {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appendingPathComponent("Fixtures/agreements.json"))
    return try JSONDecoder().decode(Fixture.self, from: data)
  }
}

private func score(_ rows: [[Double]]) -> Score {
  Score(notes: rows.map { Note(key: UInt8($0[0]), velocity: UInt8($0[1]), start: $0[2], end: $0[3]) })
}

private func isClose(_ agreement: Agreement, _ expected: [Double], within tolerance: Double = 1e-12) -> Bool {
  zip([agreement.precision, agreement.recall, agreement.f1], expected).allSatisfy { abs($0 - $1) <= tolerance }
}

struct NoteAgreementTests {
  @Test func countsAsMirEvalDoes() throws {
    for (index, expected) in try Fixture.read().notes.enumerated() {
      let found = NoteAgreement(found: score(expected.found), wanted: score(expected.wanted))
      #expect(isClose(found.onset, expected.onset), "case \(index)")
      #expect(isClose(found.onsetAndEnd, expected.onsetAndEnd), "case \(index)")
      // In trills there is more than one largest set of pairs, and the sets' velocities differ.
      let tolerance = index == 2 ? 0.05 : 1e-12
      #expect(isClose(found.onsetAndVelocity, expected.onsetAndVelocity, within: tolerance), "case \(index)")
      #expect(isClose(found.all, expected.all, within: tolerance), "case \(index)")
    }
  }

  @Test func asManyPairsAsThereCanBe() {
    // The first found note may be either true one, the second only the first: the first must make room.
    let wanted = [Note(key: 60, velocity: 64, start: 1, end: 2), Note(key: 60, velocity: 64, start: 1.06, end: 2)]
    let found = [Note(key: 60, velocity: 64, start: 1.02, end: 2), Note(key: 60, velocity: 64, start: 0.96, end: 2)]
    #expect(NoteMatching(found: found, wanted: wanted).pairs.count == 2)
    #expect(NoteMatching(found: found.reversed(), wanted: wanted).pairs.count == 2)
  }

  @Test func errorsOfTimeAndVelocity() throws {
    let wanted = Score(notes: [40, 80, 90].map { Note(key: $0, velocity: $0, start: Double($0), end: 100) })
    var found = wanted
    for (index, change) in [(0.01, 4), (-0.03, -2), (0.2, 0)].enumerated() {
      found.notes[index].start += change.0
      found.notes[index].velocity = UInt8(Int(found.notes[index].velocity) + change.1)
    }
    let agreement = NoteAgreement(found: found, wanted: wanted)
    #expect(agreement.onset == Agreement(hits: 2, found: 3, wanted: 3))
    #expect(abs(try #require(agreement.timingError) - 20) < 1e-9)
    #expect(abs(try #require(agreement.delay) + 10) < 1e-9)
    #expect(agreement.velocityError == 3 && agreement.velocityErrorOfMean == 20)
    var both = agreement
    both += agreement
    #expect(both.onset == Agreement(hits: 4, found: 6, wanted: 6) && both.velocityError == 3)
  }

  @Test func nothingIsNothing() {
    let nothing = NoteAgreement(found: Score(), wanted: Score())
    #expect(nothing.onset.f1 == 0 && nothing.timingError == nil && nothing.velocityErrorOfMean == nil)
    let one = Score(notes: [Note(key: 60, velocity: 64, start: 0, end: 1)])
    #expect(NoteAgreement(found: one, wanted: Score()).onset.precision == 0)
    #expect(NoteAgreement(found: one, wanted: one, keys: 61...70).onset == Agreement())
  }
}

struct FrameAgreementTests {
  @Test func countsAsAudeoDoes() throws {
    for (index, expected) in try Fixture.read().frames.enumerated() {
      func frames(_ rows: [[Int]]) -> [KeySet] { rows.map { KeySet($0.map { UInt8($0 + 21) }) } }
      var agreement = FrameAgreement()
      agreement.add(found: frames(expected.found), wanted: frames(expected.wanted))
      for (scores, numbers) in [
        (agreement.perFrame, expected.perFrame), (AgreementScores(agreement.pooled), expected.pooled),
      ] {
        for (ours, theirs) in zip([scores.precision, scores.recall, scores.f1, scores.accuracy], numbers) {
          #expect(abs(ours - theirs) < 1e-12, "case \(index)")
        }
      }
    }
  }

  @Test func framesOfAScore() {
    let score = Score(
      notes: [
        Note(key: 21, velocity: 1, start: 0.1, end: 0.3), Note(key: 108, velocity: 1, start: 0.2, end: 0.25),
        Note(key: 5, velocity: 1, start: 0, end: 9), Note(key: 50, velocity: 1, start: 0.3, end: 0.2),
      ],
      pedals: [(64, 0.1), (20, 0.2), (127, 0.3)].map { Pedal(kind: .sustain, value: $0, time: $1) }
        + [Pedal(kind: .soft, value: 127, time: 0)])
    let times = [0, 0.1, 0.2, 0.3]
    #expect(score.keysDown(at: times) == [[], [21], [21, 108], []].map { KeySet($0) })
    #expect(score.isDown(.sustain, at: times) == [false, true, false, true])
    #expect(KeySet([21, 108]).count == 2 && KeySet([21]).contains(21) && !KeySet([22]).contains(21))
  }

  @Test func pedals() {
    let agreement = Agreement(found: [true, true, false, false, true], wanted: [true, false, true, false, true])
    #expect(agreement == Agreement(hits: 2, found: 3, wanted: 3))
    #expect(abs(agreement.f1 - 2 / 3) < 1e-12 && agreement.accuracy == 0.5)
  }
}
