// DecoderProgram: a codec's decoder laid flat for one block size, with the latents brought back from unit variance.
import Codec
import Kernels
import Tensors

/// A streaming decoder.
final class DecoderProgram {
  private let program: Program
  private let frames: Int, hop: Int, latentWidth: Int
  private let mean: Tensor, deviation: Tensor

  private enum Port { static let latents = 0, source = 1, energy = 2 }

  init(_ voice: Voice, frames: Int) {
    let c = voice.codec
    (self.frames, hop, latentWidth) = (frames, c.hop, c.latentWidth)
    (mean, deviation) = (voice.mean, voice.deviation)
    let latents = Tensor(zeros: Shape(1, frames, c.latentWidth)).tracked
    let source = Tensor(zeros: Shape(1, frames, c.bands, c.hop)).tracked
    let energy = Tensor(zeros: Shape(1, frames, c.bands)).tracked
    let before = voice.decoder.silence().tracked
    var state = before
    let sound = voice.decoder(latents, source: source, energy: energy, state: &state)
    program = Program(
      inputs: [latents, source, energy] + before.tensors, outputs: [sound] + state.tensors,
      carry: before.tensors.count)
  }

  /// Silence stands before the next block.
  func reset() { program.reset() }

  /// Where the source's bands are to be written: [frames, bands, hop]; a codec without a source has no bands.
  var source: UnsafeMutablePointer<Float> { program.inputs[Port.source].data }
  /// The source's energies, [frames, bands], once measured.
  var energy: UnsafeMutablePointer<Float> { program.inputs[Port.energy].data }

  /// Measures the energies of the source.
  func measure() {
    withUnsafePointer(to: program.inputs[Port.source]) { source in
      BandEnergy(floor: FrameDecoder.energyFloor).run(Views(start: source, count: 1), program.inputs[Port.energy])
    }
  }

  /// Decodes normalised latents [frames, latentWidth] into frames·hop samples.
  func decode(_ latents: UnsafePointer<Float>, into audio: UnsafeMutablePointer<Float>) {
    let input = program.inputs[Port.latents].data
    for index in 0..<frames * latentWidth {
      let channel = index % latentWidth
      input[index] = latents[index] * deviation[channel] + mean[channel]
    }
    program.run()
    audio.update(from: program.outputs[0].data, count: frames * hop)
  }
}
