// DrillTests: exercises reach every key and every height of the pedal, and leave music without them as it was.
import Score
import Testing
import Training

@Suite struct DrillTests {
  private func score(_ seed: UInt64, drills: Double, seconds: Double = 60) -> Score {
    PerformanceGenerator(seed: seed, drills: drills).performance(seconds: seconds)
  }

  @Test func `Drills reach every key, soft and loud, and half a pedal`() {
    let scores = (0..<40).map { score(UInt64($0), drills: 1) }
    let notes = scores.flatMap(\.notes)
    #expect(Set(notes.map(\.key)) == Set(Keyboard.keys))
    for velocities in [1...40, 41...90, 91...127] as [ClosedRange<UInt8>] {
      #expect(Set(notes.filter { velocities.contains($0.velocity) }.map(\.key)).count > 80)
    }
    #expect(notes.contains { $0.end - $0.start > 6 } && notes.contains { $0.end - $0.start < 0.06 })
    let heights = Set(scores.flatMap(\.pedals).map(\.value))
    #expect(heights.isSuperset(of: 40...60))
  }

  @Test func `Drills of some keys strike those alone one by one, and others in chords only`() {
    let pieces = (0..<20).map {
      PerformanceGenerator(seed: $0, drills: 1, drillKeys: 97...108).performance(seconds: 60).notes
    }
    let notes = pieces.joined()
    #expect(Set(notes.map(\.key)).isSuperset(of: 97...108))
    // Chords are of keys up to 96, at least five at a time.
    for piece in pieces {
      for note in piece where note.key < 97 { #expect(piece.count { $0.start == note.start } >= 3) }
    }
    #expect(notes.count { $0.key > 96 } > notes.count / 4)
  }

  @Test func `Everything ends with the piece, and a key comes up before it goes down again`() {
    for seed in 0..<20 as Range<UInt64> {
      let score = score(seed, drills: 1, seconds: 20)
      #expect(score.duration <= 20 && score.pedals.last?.value == 0)
      for notes in Dictionary(grouping: score.notes, by: \.key).values {
        #expect(zip(notes, notes.dropFirst()).allSatisfy { $0.end <= $1.start })
      }
    }
  }

  @Test func `Without drills the music is what it was, and the same seed drills the same`() {
    #expect(score(3, drills: 0).notes == PerformanceGenerator(seed: 3).performance(seconds: 60).notes)
    #expect(score(3, drills: 0.5).notes == score(3, drills: 0.5).notes)
    #expect(score(3, drills: 0.5).notes != score(3, drills: 0).notes)
  }
}
