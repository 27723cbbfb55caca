// HearingTests: networks are shown what their authors' code shows them, and say what it says; sounds begin where librosa says.
import Foundation
import Hearing
import Scratch
import Tensors
import Testing

private let fixture = try! SafeTensors(
  path: URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures/hearing.safetensors")

/// The script's noise that is struck again and again.
private func sound(_ name: String, _ count: Int) -> [Float] {
  var level = 0.0
  return units(name, count).enumerated().map { index, unit in
    if index % 4096 == 1000 { level = 0.5 / Double(1 + index / 4096 % 3) }
    level *= 0.9985
    return Float(level * (2 * unit - 1))
  }
}

private func expectClose(_ found: Tensor, _ name: String, within tolerance: Float) throws {
  let expected = try fixture.tensor(name)
  #expect(found.shape == expected.shape, "\(name)")
  guard found.shape == expected.shape else { return }
  let largest = expected.array.map(abs).max() ?? 0
  let far = zip(found.array, expected.array).map { abs($0 - $1) }.max() ?? 0
  #expect(far <= tolerance * largest, "\(name): \(far) apart, of \(largest)")
}

/// A file of weights as PyTorch would have saved them, drawn as the fixture's script draws them.
private func weights(
  _ name: String, in folder: Scratch, without missing: String? = nil, bins: Int = 257
) throws -> String {
  let json = try JSON(parsing: Array(fixture.metadata["shapes"]!.utf8))
  let shapes = json[name]!.members!.filter { $0.name != missing }.map {
    (name: $0.name, shape: Shape($0.value.elements!.map { $0.integer! }))
  }
  let path = "\(folder.path)/\(name).safetensors"
  let ignored: [(name: String, shape: Shape)] =
    name == "cnn14" ? [("bn0.num_batches_tracked", Shape(1)), ("logmel_extractor.melW", Shape(bins, 64))] : []
  try SafeTensors.write(shapes + ignored, to: path) { index in
    index < shapes.count
      ? drawn(shapes[index].name, shapes[index].shape) : Tensor(zeros: ignored[index - shapes.count].shape)
  }
  return path
}

@Suite struct SpectraTests {
  @Test func `Networks are shown what their authors show them`() throws {
    let here = sound("sound", 36000)
    try expectClose(LogMel.vggish(here), "levels.vggish", within: 1e-4)
    try expectClose(LogMel.yamnet(here), "levels.yamnet", within: 1e-4)
    try expectClose(LogMel.cnn14(here), "levels.cnn14", within: 1e-4)
  }

  @Test func `Sounds begin where librosa says`() throws {
    let struck = sound("struck", 44100)
    try expectClose(Tensor(Shape(87), Onsets().strength(struck)), "onsets.strength", within: 1e-4)
    let expected = try fixture.tensor("onsets.times").array
    let found = Onsets()(struck)
    #expect(found.count == expected.count && expected.count == 11)
    for (found, expected) in zip(found, expected) { #expect(abs(found - Double(expected)) < 1e-6) }
  }

  @Test func `Silence, a click and nothing`() {
    for count in [0, 1, 2, 100, 1024, 5000] {
      #expect(Onsets()([Float](repeating: 0, count: count)).isEmpty, "\(count)")
      #expect(LogMel.cnn14([Float](repeating: 0, count: count)).array.allSatisfy { abs($0 + 100) < 1e-4 }, "\(count)")
    }
    #expect(LogMel.vggish([Float](repeating: 0, count: 399)).shape == Shape(0, 64))
    #expect(LogMel.vggish([Float](repeating: 0, count: 400)).shape == Shape(1, 64))
    var click = [Float](repeating: 0, count: 22050)
    click[11025] = 1
    let found = Onsets()(click)
    #expect(found.count == 1 && abs(found[0] - 0.5) < 0.05)
  }
}

@Suite struct NetworkTests {
  let scratch = try! Scratch()

  @Test(arguments: SoundNetwork.Kind.allCases)
  func `A network says what PyTorch says`(_ kind: SoundNetwork.Kind) throws {
    let name = kind.rawValue.lowercased()
    let network = try SoundNetwork(try weights(name, in: scratch))
    #expect(network.kind == kind)
    let heard = network(sound("sound", 36000))
    #expect(heard.embeddings.shape[1] == network.width)
    try expectClose(heard.embeddings, "\(name).embeddings", within: 2e-4)
    #expect((heard.outputs == nil) == (network.kinds == 0))
    if let outputs = heard.outputs { try expectClose(outputs, "\(name).outputs", within: 2e-4) }
  }

  @Test(arguments: SoundNetwork.Kind.allCases)
  func `Any length can be heard`(_ kind: SoundNetwork.Kind) throws {
    let network = try SoundNetwork(try weights(kind.rawValue.lowercased(), in: scratch))
    // A patch, and what begins the next.
    let lengths = [(0, 1, 1), (1, 1, 1), (15600, 1, 1), (15601, 1, 2), (23280, 1, 2), (30960, 2, 3)]
    for (count, apart, overlapping) in lengths {
      let heard = network(sound("sound", count))
      let expected = kind == .cnn14 ? 1 : kind == .vggish ? apart : overlapping
      #expect(heard.embeddings.shape[0] == expected, "\(count)")
      #expect(heard.embeddings.array.allSatisfy { $0.isFinite })
    }
    // More patches than are heard at once: each is heard as if it were alone.
    let long = sound("sound", 16000 * 12)
    let all = network(long).embeddings
    guard kind != .cnn14 else { return }
    let hop = kind == .vggish ? 15360 : 7680
    #expect(all.shape[0] > 9)
    let ninth = network(Array(long[9 * hop..<9 * hop + 15600])).embeddings.array
    #expect(zip(all.array[9 * network.width..<10 * network.width], ninth).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test func `What is not right is said`() throws {
    #expect(throws: WeightsError.self) { try SoundNetwork("\(scratch.path)/none.safetensors") }
    let other = "\(scratch.path)/other.safetensors"
    try SafeTensors.write([("a", Shape(1))], to: other) { _ in Tensor(Shape(1), [1]) }
    #expect(throws: WeightsError("\(other): expected weights of VGGish, Cnn14 or YAMNet, found a")) {
      try SoundNetwork(other)
    }
    let less = try weights("yamnet", in: scratch, without: "layer3.pointwise_conv.bn.bias")
    do {
      _ = try SoundNetwork(less)
      Issue.record("a network without all of its weights")
    } catch {
      #expect("\(error)".hasPrefix(less) && "\(error)".contains("layer3.pointwise_conv.bn.bias"))
    }
    let wide = try weights("cnn14", in: scratch, bins: 513)
    #expect(throws: WeightsError("\(wide): expected Cnn14 for 16 kHz, whose spectra have 257 bins, found 513")) {
      try SoundNetwork(wide)
    }
    let few = try weights("vggish", in: scratch, without: "features.8.weight")
    #expect(throws: WeightsError("\(few): features.8.weight: expected 1…2048 rows, found no such weight")) {
      try SoundNetwork(few)
    }
  }

  static let real = ProcessInfo.processInfo.environment["FOTOPLAYER_YAMNET"] ?? "build/judge/yamnet.safetensors"

  @Test(.enabled("no YAMNet: make one with tools/convert-networks.py") { FileManager.default.fileExists(atPath: real) })
  func `YAMNet with its real weights says what PyTorch says`() throws {
    let network = try SoundNetwork(Self.real)
    #expect(network.kind == .yamnet && network.width == 1024 && network.kinds == 521)
    let heard = network(sound("sound", 36000))
    try expectClose(heard.embeddings, "real.embeddings", within: 2e-4)
    try expectClose(try #require(heard.outputs), "real.outputs", within: 2e-4)
  }
}
