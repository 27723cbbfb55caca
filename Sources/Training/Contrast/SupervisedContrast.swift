// SupervisedContrast: the sound of a clip is nearer to its own film than to others', frame by frame: equation 5.
// The sum over a clip's pictures is inside of the logarithm, as the paper has it: one of them must fit, not all.
import Layers
import Tensors

/// L = −(1/N) Σ_ij ln[ Σ_l exp(a_ij·v_il/τ) / Σ_kl exp(a_ij·v_kl/τ) ], with N frames ij of sound.
///
/// a_ij = f_a(eᵃ_ij) is frame j of clip i of the audio stream, v_kl frame l of clip k of the video stream; f is a linear map,
/// then unit length. The paper sums over ij; the mean is the same in any batch.
public struct SupervisedContrast: Sendable {
  public let temperature: Float
  let audio: Linear, video: Linear

  /// - Parameters:
  ///   - audioWidth: of the audio stream; `videoWidth`: of the video stream.
  ///   - width: where the two are compared.
  ///   - temperature: τ, which the paper does not tell.
  public init(_ w: Scope, audioWidth: Int, videoWidth: Int, width: Int = 768, temperature: Float = 0.07) {
    self.temperature = temperature
    audio = Linear(w / "audio", inputs: audioWidth, outputs: width)
    video = Linear(w / "video", inputs: videoWidth, outputs: width)
  }

  /// - Parameters:
  ///   - sound: [clips·frames, audioWidth], those of a clip one after the other (`ContrastFrames`).
  ///   - film: [clips·pictures, videoWidth].
  public func callAsFunction(sound: Tensor, film: Tensor, clips: Int) -> Tensor {
    let (frames, pictures) = (sound.shape[0] / clips, film.shape[0] / clips)
    precondition(
      frames * clips == sound.shape[0] && pictures * clips == film.shape[0],
      "\(sound.shape) and \(film.shape) of \(clips) clips")
    let a = Self.unit(audio(sound))
    let v = Self.unit(video(film))
    let alike = MatMul(transposedRight: true)(a, v) * (1 / temperature)
    let others = Tensor(repeating: -.infinity, alike.shape)
    for row in 0..<sound.shape[0] {
      let own = row / frames * pictures
      for picture in own..<own + pictures { others[row * film.shape[0] + picture] = 0 }
    }
    return mean(logSumExp(alike) - logSumExp(alike + others))
  }

  /// x/‖x‖ along the last axis; a row of zeros stays one.
  private static func unit(_ x: Tensor) -> Tensor {
    Normalisation(.rootMeanSquare, epsilon: 1e-12)(x) * (1 / Float(x.shape.width).squareRoot())
  }
}
