// EnCodecConfigurationJSON: the configuration from `config.json`, read strictly, and back.
import Tensors

extension EnCodecConfiguration {
  /// Reads a `config.json`. What it says beside the model (versions, types) is left alone.
  ///
  /// - Throws: `ConfigurationError` with the key, what was expected and what was found.
  public init(_ json: JSON) throws(ConfigurationError) {
    let read = try ConfigurationReader(json, path: "config")
    func wrong(_ key: String, _ expected: String, _ found: String) -> ConfigurationError {
      ConfigurationError("config.\(key): expected \(expected), found \(found)")
    }
    self.init()
    _ = try read.word("model_type", in: ["encodec"])
    sampleRate = try read.integer("sampling_rate", in: 1000...384_000)
    channels = try read.integer("audio_channels", in: 1...2)
    normalises = try read.flag("normalize")
    if !read.isAbsent("chunk_length_s") {
      chunkSeconds = try read.number("chunk_length_s", in: 0.001...3600)
      overlap = try read.number("overlap", in: 0...0.99)
    }
    latentWidth = try read.integer("hidden_size", in: 1...4096)
    if !read.isAbsent("codebook_dim") { _ = try read.integer("codebook_dim", in: latentWidth...latentWidth) }
    filters = try read.integer("num_filters", in: 1...1024)
    residualLayers = try read.integer("num_residual_layers", in: 1...8)
    dilationGrowth = try read.integer("dilation_growth_rate", in: 1...16)
    compress = try read.integer("compress", in: 1...filters)
    let numbers = try read.numbers("upsampling_ratios", in: 1...64, most: 8)
    ratios = numbers.map { Int($0) }
    guard zip(numbers, ratios).allSatisfy({ $0 == Double($1) }) else {
      throw wrong("upsampling_ratios", "whole numbers", "\(numbers)")
    }
    kernel = try read.integer("kernel_size", in: 1...64)
    lastKernel = try read.integer("last_kernel_size", in: 1...64)
    residualKernel = try read.integer("residual_kernel_size", in: 1...64)
    lstmLayers = try read.integer("num_lstm_layers", in: 1...8)
    norm = Norm(rawValue: try read.word("norm_type", in: Norm.allCases.map(\.rawValue)))!
    isCausal = try read.flag("use_causal_conv")
    padding = Padding.Mode(named: try read.word("pad_mode", in: Padding.Mode.names))!
    trimRightRatio = try read.number("trim_right_ratio", in: 0...1)
    // Configurations from before the key was introduced mean true.
    if !read.isAbsent("use_conv_shortcut") { hasConvolutionalShortcut = try read.flag("use_conv_shortcut") }
    codebookSize = try read.integer("codebook_size", in: 2...65536)
    bandwidths = try read.numbers("target_bandwidths", in: 0.001...10000, most: 64)

    // What no key is wrong by itself, but all of them together.
    if codebookSize & (codebookSize - 1) != 0 { throw wrong("codebook_size", "a power of two", "\(codebookSize)") }
    if bandwidths != bandwidths.sorted() { throw wrong("target_bandwidths", "rising numbers", "\(bandwidths)") }
    if codebooks > 1024 { throw wrong("target_bandwidths", "at most 1024 codebooks", "\(codebooks)") }
    if hop > 65536 { throw wrong("upsampling_ratios", "a product of at most 65536", "\(hop)") }
    if filters << ratios.count > 2048 {
      throw wrong("num_filters", "at most 2048 channels in the widest layer", "\(filters << ratios.count)")
    }
    if !isCausal && trimRightRatio != 1 {
      throw wrong("trim_right_ratio", "1 where use_causal_conv is false", "\(trimRightRatio)")
    }
    var dilation = 1
    for _ in 1..<residualLayers where dilation <= 4096 { dilation *= dilationGrowth }
    if dilation > 4096 { throw wrong("dilation_growth_rate", "dilations of at most 4096", "\(dilation)") }
  }

  public var json: JSON {
    [
      "model_type": "encodec", "sampling_rate": JSON(sampleRate), "audio_channels": JSON(channels),
      "normalize": JSON(normalises), "chunk_length_s": chunkSeconds.map { JSON($0) } ?? .null,
      "overlap": overlap.map { JSON($0) } ?? .null, "hidden_size": JSON(latentWidth), "num_filters": JSON(filters),
      "num_residual_layers": JSON(residualLayers), "dilation_growth_rate": JSON(dilationGrowth),
      "compress": JSON(compress), "upsampling_ratios": .array(ratios.map { JSON($0) }), "kernel_size": JSON(kernel),
      "last_kernel_size": JSON(lastKernel), "residual_kernel_size": JSON(residualKernel),
      "num_lstm_layers": JSON(lstmLayers), "norm_type": JSON(norm.rawValue), "use_causal_conv": JSON(isCausal),
      "pad_mode": JSON(padding.name), "trim_right_ratio": JSON(trimRightRatio),
      "use_conv_shortcut": JSON(hasConvolutionalShortcut), "codebook_size": JSON(codebookSize),
      "codebook_dim": JSON(latentWidth), "target_bandwidths": .array(bandwidths.map { JSON($0) }),
    ]
  }
}

extension Padding.Mode {
  static let names = ["reflect", "constant", "replicate"]

  init?(named name: String) {
    switch name {
    case "reflect": self = .reflect
    case "constant": self = .zeros
    case "replicate": self = .replicate
    default: return nil
    }
  }

  var name: String {
    switch self {
    case .reflect: "reflect"
    case .zeros: "constant"
    case .replicate: "replicate"
    }
  }
}
