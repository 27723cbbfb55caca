// ProbeNote: the sound of one note, struck at its beginning, and what can be heard in it at one frequency.

import Foundation
import Numerics

/// A single note.
struct ProbeNote: Sendable {
  static let rate = Double(FluidSynth.sampleRate)
  /// In ±1, from the event on.
  let samples: [Float]

  init(_ samples: some Collection<Int16>) { self.samples = samples.map { Float($0) / 32768 } }

  /// Samples until a tenth of the power of the first 30 ms is reached, in means over 2 ms.
  var lag: Int {
    let mean = Int(0.002 * Self.rate)
    let powers = (0..<Int(0.03 * Self.rate)).map { offset in
      samples[offset..<offset + mean].reduce(0) { $0 + $1 * $1 }
    }
    let threshold = 0.1 * powers.max()!
    return powers.firstIndex { $0 >= threshold }! + mean / 2
  }

  /// The complex amplitude a of Re(a·e^(2πi·hertz·t)), t from sample `origin`, under a Hann window that begins at `start`.
  func amplitude(_ hertz: Double, start: Int, window: Int, origin: Int = 0) -> Complex<Double> {
    let turn = 2 * Double.pi * hertz / Self.rate
    let step = Complex(cos(turn), -sin(turn))
    let hop = 2 * Double.pi / Double(window)
    let across = Complex(cos(hop), sin(hop))
    var wave = Complex(length: 1, phase: -turn * Double(start - origin))
    var circle = Complex<Double>.one
    var sum = Complex<Double>.zero
    for n in start..<min(start + window, samples.count) {
      let value = Double(samples[n]) * (0.5 - 0.5 * circle.real)
      sum += Complex(value * wave.real, value * wave.imaginary)
      wave *= step
      circle *= across
    }
    return sum * Complex(4 / Double(window))
  }
}
