// VoiceEngine: what a block size needs of a voice: the programs of flow and decoder, and room for what leads and what comes out.
import Generator
import Tensors

/// Of one player; used by one thread at a time.
final class VoiceEngine {
  let frames: Int
  let generator: BlockGenerator, decoder: DecoderProgram
  /// What leads each frame: [frames, conditionWidth] and [frames, videoFeatures].
  let conditions: UnsafeMutablePointer<Float>, pictures: UnsafeMutablePointer<Float>
  /// [frames, latentWidth].
  let latents: UnsafeMutablePointer<Float>
  private let samples: Int

  private init(_ voice: Voice, _ lead: BlockLead, frames: Int) {
    self.frames = frames
    generator = BlockGenerator(voice.transformer, frames: frames, precision: .float32, lead: lead)
    decoder = DecoderProgram(voice, frames: frames)
    conditions = .allocate(capacity: frames * voice.generator.conditionWidth)
    pictures = .allocate(capacity: frames * voice.generator.videoFeatures)
    latents = .allocate(capacity: frames * voice.codec.latentWidth)
    samples = frames * voice.codec.hop
  }

  deinit {
    conditions.deallocate()
    pictures.deallocate()
    latents.deallocate()
  }

  /// The engine that is there, if its blocks are as long, or another in its place.
  static func of(_ kept: inout VoiceEngine?, _ voice: Voice, _ lead: BlockLead, frames: Int) -> VoiceEngine {
    if let kept, kept.frames == frames { return kept }
    let made = Storage.onOwnPages { VoiceEngine(voice, lead, frames: frames) }
    kept = made
    return made
  }

  func reset() {
    generator.reset()
    decoder.reset()
  }

  /// Lets a block fall silent.
  func fade(_ audio: UnsafeMutablePointer<Float>) {
    for sample in 0..<samples { audio[sample] *= 1 - Float(sample) / Float(samples) }
  }
}
