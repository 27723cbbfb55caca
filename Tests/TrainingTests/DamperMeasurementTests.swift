// DamperMeasurementTests: how quickly a sound font's keys fall silent is what its synthesiser was told.
import Codec
import Foundation
import Scratch
import Testing
import Training

@Suite struct DamperMeasurementTests {
  /// The release of FluidR3's grand, 0.9 s for 100 dB, is 78 ms a neper on every key (SoundFont 2.01, generator 38).
  @Test func `Dampers of a sound font take a neper in the time that it says`() throws {
    let scratch = try Scratch()
    let damper = try DamperMeasurement(FluidSynth(soundFont: PianoSetTests.font))
      .measure(scratch: URL(fileURLWithPath: scratch.path))
    #expect((0.066...0.090).contains(damper.bass), "\(damper)")
    #expect((0.066...0.090).contains(damper.treble), "\(damper)")
  }

  @Test func `A run keeps what was measured, and says what is no time`() throws {
    let damper = Damper(bass: 0.08, treble: 0.05)
    #expect(try Damper(metadata: damper.metadata) == damper)
    #expect(try Damper(metadata: ["lag": "3"]) == nil)
    for wrong in ["none", "nan", "0", "2"] {
      #expect(throws: TrainingError.self) { try Damper(metadata: ["bassDamper": wrong, "trebleDamper": "0.05"]) }
    }
  }
}
