// SEANet: the networks of EnCodec: steps that lower or raise the rate, residual blocks between them, and an LSTM where the
// rate is lowest. One definition serves a whole sound, a sound in pieces, training and live playing.
import Layers
import Tensors

/// A layer of a SEANet, before it has weights.
enum SEANetStage: Sendable {
  case convolution(inputs: Int, outputs: Int, taps: Int, stride: Int)
  case transposed(inputs: Int, outputs: Int, stride: Int)
  case residual(width: Int, dilation: Int)
  case recurrent(width: Int)
  case activation
}

extension EnCodecConfiguration {
  private func residuals(_ width: Int) -> [SEANetStage] {
    var dilation = 1
    return (0..<residualLayers).map { _ in
      defer { dilation *= dilationGrowth }
      return .residual(width: width, dilation: dilation)
    }
  }

  /// From sound to latents.
  var encoderStages: [SEANetStage] {
    var width = filters
    var stages: [SEANetStage] = [.convolution(inputs: channels, outputs: width, taps: kernel, stride: 1)]
    for ratio in ratios.reversed() {
      stages += residuals(width)
      stages += [.activation, .convolution(inputs: width, outputs: 2 * width, taps: 2 * ratio, stride: ratio)]
      width *= 2
    }
    stages += [.recurrent(width: width), .activation]
    return stages + [.convolution(inputs: width, outputs: latentWidth, taps: lastKernel, stride: 1)]
  }

  /// From latents to sound.
  var decoderStages: [SEANetStage] {
    var width = filters << ratios.count
    var stages: [SEANetStage] = [.convolution(inputs: latentWidth, outputs: width, taps: kernel, stride: 1)]
    stages.append(.recurrent(width: width))
    for ratio in ratios {
      stages += [.activation, .transposed(inputs: width, outputs: width / 2, stride: ratio)]
      width /= 2
      stages += residuals(width)
    }
    return stages + [.activation, .convolution(inputs: width, outputs: channels, taps: lastKernel, stride: 1)]
  }
}

/// shortcut(x) + conv₁(elu(conv_k(elu(x)))), narrower inside; the shortcut is a convolution of one tap, or nothing.
struct SEANetResidual: Sendable {
  private let first: PaddedConv1d, second: PaddedConv1d, shortcut: PaddedConv1d?

  init(_ w: Scope, _ c: EnCodecConfiguration, width: Int, dilation: Int) {
    let hidden = width / c.compress
    first = PaddedConv1d(
      w / "block" / 1, c, inputs: width, outputs: hidden, taps: c.residualKernel, dilation: dilation)
    second = PaddedConv1d(w / "block" / 3, c, inputs: hidden, outputs: width, taps: 1)
    shortcut =
      c.hasConvolutionalShortcut ? PaddedConv1d(w / "shortcut", c, inputs: width, outputs: width, taps: 1) : nil
  }

  var foresight: Int { first.foresight }

  func callAsFunction(_ x: Tensor, _ memory: inout Memory) -> Tensor {
    let y = second(elu(first(elu(x), &memory)), &memory)
    return (shortcut?(x, &memory) ?? x) + y
  }
}

/// x + lstm(x).
struct ResidualLSTM: Sendable {
  private let lstm: LSTM

  init(_ w: Scope, width: Int, layers: Int) { lstm = LSTM(w / "lstm", inputs: width, width: width, layers: layers) }

  func callAsFunction(_ x: Tensor, _ memory: inout Memory) -> Tensor {
    var state = lstm.silence(batch: x.shape[0])
    if let before = memory.before {
      for index in state.indices {
        let at = memory.after.count + 2 * index
        state[index] = LSTM.State(hidden: before[at], cell: before[at + 1])
      }
    }
    let y = lstm(x, state: &state)
    for one in state {
      memory.keep(one.hidden)
      memory.keep(one.cell)
    }
    return x + y
  }
}

/// An encoder or a decoder: [batch, samples, channels] ↦ [batch, ⌈samples/hop⌉, latentWidth], or the way back.
public struct SEANet: Sendable {
  private enum Layer: Sendable {
    case convolution(PaddedConv1d)
    case transposed(TrimmedConvTranspose1d)
    case residual(SEANetResidual)
    case recurrent(ResidualLSTM)
    case activation
  }

  private let layers: [Layer]
  /// Frames of its input a frame of latents.
  private let columns: Int
  /// Why it cannot run in pieces; nil when it can.
  public let obstacleToStreaming: String?

  public static func encoder(_ w: Scope, _ c: EnCodecConfiguration) -> SEANet {
    SEANet(w / "layers", c, c.encoderStages, columns: c.hop)
  }

  public static func decoder(_ w: Scope, _ c: EnCodecConfiguration) -> SEANet {
    SEANet(w / "layers", c, c.decoderStages, columns: 1)
  }

  private init(_ w: Scope, _ c: EnCodecConfiguration, _ stages: [SEANetStage], columns: Int) {
    self.columns = columns
    obstacleToStreaming = c.obstacleToStreaming
    layers = stages.enumerated().map { index, stage in
      let w = w / index
      switch stage {
      case .convolution(let inputs, let outputs, let taps, let stride):
        return .convolution(PaddedConv1d(w, c, inputs: inputs, outputs: outputs, taps: taps, stride: stride))
      case .transposed(let inputs, let outputs, let stride):
        return .transposed(TrimmedConvTranspose1d(w, c, inputs: inputs, outputs: outputs, stride: stride))
      case .residual(let width, let dilation):
        return .residual(SEANetResidual(w, c, width: width, dilation: dilation))
      case .recurrent(let width): return .recurrent(ResidualLSTM(w, width: width, layers: c.lstmLayers))
      case .activation: return .activation
      }
    }
  }

  /// A whole signal at once.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    var memory = Memory(nil)
    return pass(x, &memory)
  }

  /// A piece of a signal, of whole latent frames unless it is the last. The first has at least `primingFrames` frames;
  /// then the pieces' results are the whole's, bit for bit.
  ///
  /// - Parameter state: nil before the first piece; becomes the state after x.
  public func callAsFunction(_ x: Tensor, state: inout [Tensor]?) -> Tensor {
    precondition(obstacleToStreaming == nil, "in pieces: \(obstacleToStreaming!)")
    var memory = Memory(state)
    let y = pass(x, &memory)
    state = memory.after
    return y
  }

  /// A whole signal, in pieces where that is possible, so that a long one needs no more memory than a short one.
  ///
  /// - Parameters:
  ///   - x: [1, samples or frames, channels].
  ///   - take: gets the results in order, and how much of x is done; what it throws ends the work.
  func inPieces(_ x: Tensor, _ take: (Tensor, _ done: Int) throws -> Void) rethrows {
    let total = x.shape[1]
    let step = max(Self.piece, primingFrames) * columns
    guard total > 0 else { return }
    if obstacleToStreaming != nil || total < 2 * step { return try take(self(x), total) }
    var state: [Tensor]?
    var start = 0
    while start < total {
      // The last piece takes the rest: whatever its length it ends as the whole would.
      let length = total - start < 2 * step ? total - start : step
      try take(self(x.slice(axis: 1, start: start, length: length), state: &state), start + length)
      start += length
    }
  }

  /// Latent frames a piece, 4 s of the 24 kHz model: the widest layer's results are 12 MB.
  private static let piece = 300

  /// Latent frames that a signal's first piece must have, since at a beginning what follows is mirrored.
  public var primingFrames: Int {
    var columns = columns
    var frames = 1
    for layer in layers {
      switch layer {
      case .convolution(let convolution):
        frames = max(frames, convolution.foresight / columns + 1)
        columns /= convolution.stride
      case .residual(let block): frames = max(frames, block.foresight / columns + 1)
      case .transposed(let convolution): columns *= convolution.stride
      case .recurrent, .activation: break
      }
    }
    return frames
  }

  private func pass(_ x: Tensor, _ memory: inout Memory) -> Tensor {
    layers.reduce(x) { x, layer in
      switch layer {
      case .convolution(let convolution): convolution(x, &memory)
      case .transposed(let convolution): convolution(x, &memory)
      case .residual(let block): block(x, &memory)
      case .recurrent(let lstm): lstm(x, &memory)
      case .activation: elu(x)
      }
    }
  }
}
