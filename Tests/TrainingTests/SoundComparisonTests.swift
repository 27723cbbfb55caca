// SoundComparisonTests: folders of sounds are compared: what is the same is as near as can be, what lacks is said.
import Foundation
import Hearing
import Media
import Scratch
import Tensors
import Testing
import Training

/// Weights under which what comes in is not lost on the way: random ones, kernels and maps √6 times as large.
private struct LivelyWeights: WeightSource {
  let seed: UInt64
  var names: [String] { [] }

  func fill(_ name: String, _ tensor: Tensor, initial: Initial) {
    RandomWeights(seed: seed).fill(name, tensor, initial: initial)
    guard tensor.shape.rank > 1 else { return }
    for index in 0..<tensor.shape.count { tensor[index] *= 2.45 }
  }
}

@Suite struct SoundComparisonTests {
  let scratch = try! Scratch()

  /// Notes that die away, each another pitch; `roughness` of noise over them.
  func sound(_ index: Int, seconds: Double = 1.2, rate: Int = 24000, roughness: Float = 0) -> [Float] {
    let noise = units("noise \(index)", Int(seconds * Double(rate)))
    return noise.enumerated().map { place, unit in
      let time = Double(place) / Double(rate)
      let tone = exp(-3 * time) * sin(2 * .pi * (200 + 70 * Double(index)) * time)
      return Float(0.4 * tone) + roughness * Float(2 * unit - 1)
    }
  }

  func folder(_ name: String, _ sounds: [String: [Float]], rate: Int = 24000) throws -> String {
    let path = "\(scratch.path)/\(name)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for (file, samples) in sounds {
      try AudioFileWriter.write(samples, to: "\(path)/\(file)", sampleRate: rate)
    }
    return path
  }

  /// A file of weights that were not trained.
  func network(_ kind: SoundNetwork.Kind) throws -> SoundNetwork {
    let weights =
      switch kind {
      case .vggish:
        try Weights.make(from: LivelyWeights(seed: 1)) { scope in
          var widths = VGGish.Widths()
          (widths.levels, widths.hidden, widths.embedding) = ([3, 4, 5, 6], 8, 5)
          _ = VGGish(scope, widths)
        }.weights
      case .cnn14: try Weights.make(from: LivelyWeights(seed: 2)) { _ = Cnn14($0, width: 1, kinds: 6) }.weights
      case .yamnet: try Weights.make(from: LivelyWeights(seed: 3)) { _ = YAMNet($0, width: 2, kinds: 6) }.weights
      }
    let path = "\(scratch.path)/\(kind.rawValue).safetensors"
    try SafeTensors.write(weights.entries.map { ($0.name, $0.tensor.shape) }, to: path) { weights.entries[$0].tensor }
    return try SoundNetwork(path)
  }

  @Test func `The same sounds are as near as can be, rough ones are not`() throws {
    let sounds = Dictionary(uniqueKeysWithValues: (0..<12).map { ("\($0).wav", sound($0)) })
    let real = try folder("real", sounds)
    let rough = try folder(
      "rough", Dictionary(uniqueKeysWithValues: (0..<12).map { ("\($0).wav", sound($0, roughness: 0.1)) }))
    let networks = try SoundNetwork.Kind.allCases.map { try network($0) }
    var seen = 0
    let comparison = try SoundComparison(real: real, made: real)
    let same = try comparison.measures(networks) {
      #expect($0 == seen + 1)
      seen = $0
    }
    #expect(seen == comparison.work(networks: 3) && seen == 84)
    let other = try SoundComparison(real: real, made: rough).measures(networks)
    let names = ["FAD", "FD", "KL", "IS", "FD (YAMNet)", "KL (YAMNet)", "IS (YAMNet)", "SI-SDR (dB)"]
    #expect(same.map(\.name) == names && other.map(\.name) == names)
    for (same, other) in zip(same, other) {
      let (near, far) = (try #require(same.value, "\(same)"), try #require(other.value, "\(other)"))
      switch same.name {
      case "SI-SDR (dB)": #expect(near > 100 && far < 30)
      case "IS", "IS (YAMNet)": #expect(near >= 1 && far >= 1 && same.deviation != nil)
      // KL has its 10⁻⁶ of probability.
      default: #expect(abs(near) < 1e-4 && far > 2e-4, "\(same), \(other)")
      }
    }
  }

  @Test func `Sounds belong together by name, whatever their endings and rates`() throws {
    let real = try folder("real", ["a.wav": sound(1), "b.flac": sound(2), "c.wav": sound(3)])
    let made = try folder(
      "made", ["a.flac": sound(1, rate: 48000), "b.wav": sound(2, seconds: 0.6, rate: 48000), "d.wav": sound(4)],
      rate: 48000)
    let comparison = try SoundComparison(real: real, made: made)
    #expect(comparison.pairs == ["a", "b"])
    let row = try #require(try comparison.measures([]).first)
    #expect(row.count == 2 && row.name == "SI-SDR (dB)")
    // The same but for the resampler.
    #expect(try #require(row.value) > 20)
  }

  @Test func `What cannot be measured is said`() throws {
    let real = try folder("one", ["a.wav": sound(1, seconds: 0.5)])
    let made = try folder("another", ["b.wav": sound(2, seconds: 0.5)])
    let rows = try SoundComparison(real: real, made: made).measures([try network(.vggish), try network(.cnn14)])
    #expect(rows.map(\.value).filter { $0 == nil }.count == 4)
    #expect(rows[0].note == "expected at least two embeddings for a covariance, found 1")
    #expect(rows.last!.note == "no name is in both folders")
    #expect(rows.markdown.contains("| SI-SDR (dB) | – | 0 | no name is in both folders |"))
    #expect(rows.json.elements?.last?["value"] == .null)
    #expect(throws: DataError.self) { try SoundComparison(real: real, made: scratch.path + "/none") }
    try Data("no sound".utf8).write(to: URL(fileURLWithPath: made + "/b.wav"))
    #expect(throws: DataError.self) { try SoundComparison(real: real, made: made).measures([try network(.vggish)]) }
  }

  @Test func `Embeddings of others are compared by their cosines`() throws {
    let path = scratch.path + "/pairs.safetensors"
    let tensors: [(name: String, tensor: Tensor)] = [
      ("sounds", Tensor(Shape(2, 2), [1, 0, 0, 2])), ("captions", Tensor(Shape(2, 2), [3, 0, 1, 1])),
      ("pictures", Tensor(Shape(2, 2), [-1, 0, 0, -1])),
    ]
    try SafeTensors.write(tensors.map { ($0.name, $0.tensor.shape) }, to: path) { tensors[$0].tensor }
    let clap = try PairedEmbeddings.measure(path, beside: .captions)
    #expect(clap.name == "CLAP score" && abs(clap.value! - (1 + 0.5.squareRoot()) / 2) < 1e-7 && clap.count == 2)
    #expect(try PairedEmbeddings.measure(path, beside: .pictures).value == 0)
    try SafeTensors.write([("sounds", Shape(2, 2))], to: path) { _ in tensors[0].tensor }
    #expect {
      try PairedEmbeddings.measure(path, beside: .captions)
    } throws: {
      "\($0)" == "\(path): captions: expected rows, [clips, width], found no such tensor"
    }
  }
}
