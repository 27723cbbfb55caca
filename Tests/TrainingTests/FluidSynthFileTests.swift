// FluidSynthFileTests: what the synthesiser is told of pedals that it does not know.
import Foundation
import Score
import Scratch
import Testing
import Training

@Suite(.serialized) struct FluidSynthFileTests {
  /// The power of the sound between two times of a middle C that is let go at half a second.
  private static func power(_ pedals: [Pedal], velocity: UInt8 = 90, from: Double, to: Double) throws -> Double {
    let synthesiser = try FluidSynth(soundFont: PianoSetTests.font)
    let scratch = try Scratch()
    let score = Score(notes: [Note(key: 60, velocity: velocity, start: 0.1, end: 0.5)], pedals: pedals)
    let sound = try synthesiser.render(
      FluidSynth.exact(score), seconds: 2, scratch: URL(fileURLWithPath: scratch.path))
    return sound[Int(from * 24000)..<Int(to * 24000)].reduce(0) { $0 + Double($1) * Double($1) }
  }

  @Test func `Half a pedal is a longer release`() throws {
    func left(_ value: UInt8) throws -> Double {
      try Self.power(
        [Pedal(kind: .sustain, value: value, time: 0.2), Pedal(kind: .sustain, value: 0, time: 1.9)], from: 0.6, to: 1.2
      )
    }
    let powers = try [UInt8(0), 40, 48, 56, 127].map(left)
    for (less, more) in zip(powers, powers.dropFirst()) { #expect(1.5 * less < more) }
    #expect(try left(20) == left(0) && left(64) == left(127))
  }

  @Test func `The left pedal is a softer strike`() throws {
    let soft = try Self.power([Pedal(kind: .soft, value: 127, time: 0)], velocity: 100, from: 0.1, to: 0.5)
    #expect(try soft == Self.power([], velocity: 70, from: 0.1, to: 0.5))
  }

  @Test func `Another instrument plays the same notes`() throws {
    let score = FluidSynth.exact(Score(notes: [Note(key: 60, velocity: 90, start: 0.1, end: 0.5)]))
    let (grand, honky) = (FluidSynth.instructions(score), FluidSynth.instructions(score, instrument: 3))
    #expect(try grand != honky && Score(midi: grand).notes == Score(midi: honky).notes)
    let scratch = try Scratch()
    func sound(_ instrument: UInt8) throws -> [Int16] {
      try FluidSynth(soundFont: PianoSetTests.font, instrument: instrument).render(
        score, seconds: 1, scratch: URL(fileURLWithPath: scratch.path))
    }
    #expect(try sound(0) != sound(3))
  }

  @Test func `A file lasts as long as its score`() throws {
    let score = Score(
      notes: [Note(key: 60, velocity: 90, start: 0, end: 0.25)], pedals: [Pedal(kind: .soft, value: 0, time: 3)])
    let read = try Score(midi: FluidSynth.instructions(FluidSynth.exact(score)))
    #expect(abs(read.duration - 3) < 0.01)
  }
}
