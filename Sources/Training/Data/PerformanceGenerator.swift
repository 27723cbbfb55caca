// PerformanceGenerator: endless piano performances to learn from, each made from a seed alone.
// Sections of different textures follow each other, in changing keys, tempi and dynamics, with a human's timing and pedal.
import Score

/// Composes and performs.
public struct PerformanceGenerator: Sendable {
  public let seed: UInt64
  /// How many of the sections are drills, 0…1.
  public let drills: Double
  /// The keys that drills strike one by one; nil for all 88.
  public let drillKeys: ClosedRange<Int>?

  public init(seed: UInt64, drills: Double = 0, drillKeys: ClosedRange<Int>? = nil) {
    (self.seed, self.drills, self.drillKeys) = (seed, drills, drillKeys)
  }

  /// A performance of `seconds`; its last keys are up before the end.
  public func performance(seconds: Double) -> Score {
    var chance = Chance(seed: seed &* 0x2545_F491_4F6C_DD1D &+ 11)
    var notes: [Note] = []
    var pedals: [Pedal] = []
    var time = chance.between(0.1, 0.8)
    while time < seconds - 2 {
      let length = min(chance.between(5, 14), seconds - 1.5 - time)
      let passage = passage(Chance(seed: chance.next()), start: time, length: length)
      notes += passage.notes.filter { $0.start < seconds - 1 }
      pedals += passage.pedals.filter { $0.time < seconds - 0.6 }
      time += length + (chance.happens(0.25) ? chance.between(0.3, 2.5) : 0)
    }
    for index in notes.indices { notes[index].end = min(notes[index].end, seconds - 0.5) }
    pedals += [.sustain, .soft].map { Pedal(kind: $0, value: 0, time: seconds - 0.5) }
    return Score(notes: PerformanceGenerator.liftedBeforeStruckAgain(notes), pedals: pedals)
  }

  private func passage(_ chance: Chance, start: Double, length: Double) -> (notes: [Note], pedals: [Pedal]) {
    var decision = chance
    if drills > 0, decision.happens(drills) {
      var drill = Drill(chance: decision, start: start, length: length, keys: drillKeys)
      drill.play()
      return (drill.notes, drill.pedals)
    }
    var section = Section(chance: chance, start: start, length: length)
    section.play()
    return (section.notes, section.pedals)
  }

  /// A key comes up before it goes down again.
  package static func liftedBeforeStruckAgain(_ notes: [Note]) -> [Note] {
    var last: [UInt8: Int] = [:]
    var result: [Note] = []
    for note in notes.sorted(by: { $0.start < $1.start }) {
      if let index = last[note.key] {
        if note.start - result[index].start < 0.04 { continue }
        result[index].end = min(result[index].end, note.start - 0.012)
      }
      last[note.key] = result.count
      result.append(note)
    }
    return result
  }
}
