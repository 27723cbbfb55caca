// DamperMeasurementTests: how quickly a sound font's keys fall silent is what its synthesiser was told.
import Codec
import Foundation
import Scratch
import Testing
import Training

@Suite struct DamperMeasurementTests {
  /// FluidR3's grand lets go the more quickly the softer it was struck, over the whole keyboard alike: by 96 dB in 0.9 s
  /// at velocity 100, in 0.4 s at velocity 48.
  @Test func `Dampers of a sound font take a neper in the time that it says, hard and soft`() throws {
    let scratch = try Scratch()
    let dampers = try DamperMeasurement(FluidSynth(soundFont: PianoSetTests.font))
      .measure(velocities: [48, 100], scratch: URL(fileURLWithPath: scratch.path))
    #expect(dampers.count == 2)
    for (damper, seconds) in zip(dampers, [0.4, 0.9]) {
      let neper = Float(seconds * 20 / 96 * 0.4343)
      #expect(abs(damper.bass / neper - 1) < 0.05 && abs(damper.treble / neper - 1) < 0.05, "\(damper), not \(neper)")
    }
  }

  @Test func `A run keeps what was measured, and says what is no time`() throws {
    let dampers = [Damper(bass: 0.08, treble: 0.05), Damper(bass: 0.125, treble: 0.07)]
    #expect(try Damper.all(Damper.metadata(dampers), velocities: 2) == dampers)
    #expect(try Damper.all(["lag": "3"], velocities: 2) == [])
    for wrong in ["", "0.08", "0.08 none", "nan 0.08", "0.08 0", "0.08 2", "0.08 0.08 0.08"] {
      #expect(throws: TrainingError.self) {
        try Damper.all(["bassDampers": wrong, "trebleDampers": "0.05 0.06"], velocities: 2)
      }
    }
  }
}
