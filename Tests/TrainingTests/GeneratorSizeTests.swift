// GeneratorSizeTests: the paper's numbers of parameters come out, counted from shapes.
import Conditioning
import Generator
import Tensors
import Testing
import Training

@Suite struct GeneratorSizeTests {
  private static let paper = GeneratorSize.paper.configuration()

  private func expect(_ count: Int, millions: Double) {
    #expect(abs(Double(count) / (millions * 1e6) - 1) < 0.002, "\(count), the paper has \(millions) million")
  }

  @Test func `The paper's 711, 789, 712 and 718 million parameters come out, and no memory is taken for them`() {
    let c = Self.paper
    let bytes = Storage.peak { () -> Void in
      let base = Weights.parameterCount { MultiStreamTransformer($0, c) }
      expect(base, millions: 711)
      let piano = Weights.parameterCount { MultiStreamTransformer($0, GeneratorSize.paper.configuration(piano: true)) }
      expect(piano + Weights.parameterCount { Video2Roll($0) }, millions: 789)
      let contrast = Weights.parameterCount {
        SupervisedContrast($0, audioWidth: c.audioWidth, videoWidth: c.videoWidth)
      }
      expect(base + contrast, millions: 712)
      let factors = Weights.parameterCount { FactorContrast($0, audioWidth: c.audioWidth, videoWidth: c.videoWidth) }
      expect(base + factors, millions: 718)
    }.bytes
    #expect(bytes < 1 << 20, "\(bytes) bytes")
  }

  @Test func `Each named size is several times the one before`() {
    let counts = GeneratorSize.allCases.map { size in
      Weights.parameterCount { MultiStreamTransformer($0, size.configuration()) }
    }
    for (smaller, larger) in zip(counts, counts.dropFirst()) { #expect(larger > 2 * smaller, "\(counts)") }
    #expect(counts[0] < 3_000_000, "\(counts)")
  }
}
