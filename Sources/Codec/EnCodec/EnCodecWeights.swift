// EnCodecWeights: the weights of an EnCodec under the names and in the layouts of others.
// Hugging Face's names are ours; the original repository's are translated. Weight normalisation is folded once, here.
import Tensors

/// A safetensors file of an EnCodec as a source of weights.
struct EnCodecWeights: WeightSource {
  /// Where a weight of ours is kept: as it is, or as length and direction.
  private struct Place {
    var plain: String?, length: String?, direction: String?
  }

  private let file: SafeTensors
  private let places: [String: Place]
  private let convolutions: [String: Convolution]
  let names: [String]

  /// What a name does not say of a convolution's weight.
  private struct Convolution { let taps: Int, isTransposed: Bool }

  /// - Parameter parts: of the model that are read, of `encoder`, `decoder` and `quantizer`.
  init(_ file: SafeTensors, _ c: EnCodecConfiguration, parts: Set<String>) {
    self.file = file
    convolutions = Self.convolutions("encoder", c.encoderStages, c)
      .merging(Self.convolutions("decoder", c.decoderStages, c)) { $1 }
    var places: [String: Place] = [:]
    var names: [String] = []
    for name in file.names {
      guard let (ours, role) = Self.translate(name), !Self.isLeftOver(ours, parts) else { continue }
      if places[ours] == nil { names.append(ours) }
      places[ours, default: Place()][keyPath: role] = name
    }
    (self.places, self.names) = (places, names)
  }

  private static func convolutions(
    _ part: String, _ stages: [SEANetStage], _ c: EnCodecConfiguration
  ) -> [String: Convolution] {
    var found: [String: Convolution] = [:]
    for (index, stage) in stages.enumerated() {
      let layer = "\(part).layers.\(index)"
      switch stage {
      case .convolution(_, _, let taps, _): found["\(layer).conv.weight"] = Convolution(taps: taps, isTransposed: false)
      case .transposed(_, _, let stride):
        found["\(layer).conv.weight"] = Convolution(taps: 2 * stride, isTransposed: true)
      case .residual:
        found["\(layer).block.1.conv.weight"] = Convolution(taps: c.residualKernel, isTransposed: false)
        found["\(layer).block.3.conv.weight"] = Convolution(taps: 1, isTransposed: false)
        found["\(layer).shortcut.conv.weight"] = Convolution(taps: 1, isTransposed: false)
      case .recurrent, .activation: break
      }
    }
    return found
  }

  /// What a codebook's training needs and its use does not, and parts that are not wanted.
  private static func isLeftOver(_ name: String, _ parts: Set<String>) -> Bool {
    let words = name.split(separator: ".")
    if ["encoder", "decoder", "quantizer"].contains(words[0]), !parts.contains(String(words[0])) { return true }
    return words[0] == "quantizer" && ["inited", "cluster_size", "embed_avg"].contains(words.last!)
  }

  /// Our name for a name of Hugging Face or of the original repository, and which part of the weight it is.
  private static func translate(_ name: String) -> (String, WritableKeyPath<Place, String?>)? {
    var words = name.split(separator: ".").map(String.init)
    guard let part = words.first else { return nil }
    if part == "quantizer" {
      words.removeAll { $0 == "vq" }
      words = words.map { $0 == "_codebook" ? "codebook" : $0 }
    } else if words.count > 1, words[1] == "model" {
      words[1] = "layers"
      // The original wraps twice: conv.conv, conv.norm, convtr.convtr, convtr.norm.
      if let at = words.indices.dropLast().first(where: { ["conv", "convtr"].contains(words[$0]) }) {
        words[at] = words[at + 1] == "norm" ? "norm" : "conv"
        words.remove(at: at + 1)
      }
    }
    var role = \Place.plain
    if words.suffix(3).dropLast() == ["parametrizations", "weight"] {
      role = words.last == "original0" ? \.length : \.direction
      words.replaceSubrange(words.count - 3..<words.count, with: ["weight"])
    } else if words.last == "weight_g" || words.last == "weight_v" {
      role = words.last == "weight_g" ? \.length : \.direction
      words[words.count - 1] = "weight"
    }
    return (words.joined(separator: "."), role)
  }

  func fill(_ name: String, _ tensor: Tensor, initial: Initial) throws(WeightsError) {
    let place = places[name] ?? Place()
    guard let convolution = convolutions[name] else {
      return try file.fill(place.plain ?? name, tensor, initial: initial)
    }
    let taps = convolution.taps
    // Ours: [outputs, taps·inputs], transposed [taps·outputs, inputs]. Theirs: [outputs, inputs, taps], transposed
    // [inputs, outputs, taps].
    let (outputs, inputs) =
      convolution.isTransposed
      ? (tensor.shape[0] / taps, tensor.shape[1]) : (tensor.shape[0], tensor.shape[1] / taps)
    let (first, second) = convolution.isTransposed ? (inputs, outputs) : (outputs, inputs)
    let theirs = Tensor(zeros: Shape(first, second, taps))
    try file.fill(place.direction ?? place.plain ?? name, theirs, initial: initial)
    if place.plain == nil {
      let length = Tensor(zeros: Shape(first, 1, 1))
      try file.fill(place.length ?? name + "_g", length, initial: initial)
      Self.fold(theirs, length)
    }
    for a in 0..<first {
      for b in 0..<second {
        for tap in 0..<taps {
          let at =
            convolution.isTransposed
            ? (tap * outputs + b) * inputs + a : a * taps * inputs + tap * inputs + b
          tensor[at] = theirs[(a * second + b) * taps + tap]
        }
      }
    }
  }

  /// w = g·v/|v|, each slice of the first axis for itself.
  private static func fold(_ direction: Tensor, _ length: Tensor) {
    let (rows, width) = (direction.shape[0], direction.shape[1] * direction.shape[2])
    for row in 0..<rows {
      let v = direction.data + row * width
      var square = 0.0
      for index in 0..<width { square += Double(v[index]) * Double(v[index]) }
      let scale = square > 0 ? Float(Double(length[row]) / square.squareRoot()) : 0
      for index in 0..<width { v[index] *= scale }
    }
  }
}
