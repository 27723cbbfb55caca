// CodesFile: codes in a safetensors file, that any tool can open: `codes` (uint16, [chunks, codebooks, frames]), `scales`
// (float32, [chunks]) where the codec normalises, and in the metadata whose codes they are and what sound they were.
import Tensors

extension EnCodecCodes {
  private static let format = "fotoplayer codes 1"

  /// Writes the codes of a codec. Chunks shorter than the first are filled with zeros, which their length tells.
  public func write(to path: String, codec: EnCodec) throws(WeightsError) {
    let c = codec.configuration
    let frames = chunks.first?.codes[0].count ?? 0
    let count = c.codebooks(bandwidth: bandwidth)
    let codes = Tensor(zeros: Shape(chunks.count, count, frames))
    for (number, chunk) in chunks.enumerated() {
      for (book, row) in chunk.codes.enumerated() {
        for (frame, code) in row.enumerated() { codes[(number * count + book) * frames + frame] = Float(code) }
      }
    }
    var tensors: [(name: String, tensor: Tensor)] = [("codes", codes)]
    if c.normalises {
      let scales = Tensor(zeros: Shape(chunks.count))
      for (number, chunk) in chunks.enumerated() { scales[number] = chunk.scale }
      tensors.append(("scales", scales))
    }
    let metadata = [
      "format": Self.format, "codec": codec.identity, "sampling_rate": "\(c.sampleRate)",
      "audio_channels": "\(c.channels)", "bandwidth": "\(bandwidth)", "samples": "\(samples)",
    ]
    try SafeTensors.write(tensors, metadata: metadata, type: .uint16, isExact: { $0 == "scales" }, to: path)
  }

  /// Reads codes, and checks that they are this codec's.
  ///
  /// - Throws: `WeightsError` with the path, what was expected and what was found.
  public init(path: String, codec: EnCodec) throws(WeightsError) {
    let c = codec.configuration
    let file = try SafeTensors(path: path)
    func wrong(_ what: String, _ expected: String, _ found: String?) -> WeightsError {
      WeightsError("\(path): \(what): expected \(expected), found \(found ?? "none")")
    }
    func expect(_ key: String, _ value: String) throws(WeightsError) {
      if file.metadata[key] != value { throw wrong(key, value, file.metadata[key]) }
    }
    try expect("format", Self.format)
    if file.metadata["codec"] != codec.identity {
      throw wrong("codec", "codes of the codec \(codec.identity)", file.metadata["codec"])
    }
    try expect("sampling_rate", "\(c.sampleRate)")
    try expect("audio_channels", "\(c.channels)")
    guard let samples = file.metadata["samples"].flatMap({ Int($0) }), 0...1 << 40 ~= samples else {
      throw wrong("samples", "a number of samples", file.metadata["samples"])
    }
    guard let bandwidth = file.metadata["bandwidth"].flatMap({ Double($0) }), c.bandwidths.contains(bandwidth) else {
      throw wrong("bandwidth", "one of \(c.bandwidths)", file.metadata["bandwidth"])
    }
    let count = c.codebooks(bandwidth: bandwidth)
    // The number of chunks before the chunks themselves: a file may claim any length.
    let number = samples == 0 ? 0 : c.chunk.map { (samples + $0.stride - 1) / $0.stride } ?? 1
    let frames = (min(samples, c.chunk?.length ?? samples) + c.hop - 1) / c.hop
    let shape = [number, count, frames]
    guard file.shape("codes") == shape else { throw wrong("codes", "\(shape)", file.shape("codes")?.description) }
    let codes = try file.tensor("codes")
    let scales = c.normalises ? try file.tensor("scales") : Tensor(repeating: 1, Shape(number))
    guard scales.shape == Shape(number) else { throw wrong("scales", "[\(number)]", "\(scales.shape)") }
    for index in 0..<codes.shape.count where !(codes[index] < Float(c.codebookSize)) {
      throw wrong("codes", "codes below \(c.codebookSize)", "\(codes[index])")
    }
    let chunks = c.chunks(samples).enumerated().map { number, range in
      let own = (range.count + c.hop - 1) / c.hop
      let rows = (0..<count).map { book in
        (0..<own).map { UInt16(codes[(number * count + book) * frames + $0]) }
      }
      return Chunk(codes: rows, scale: scales[number])
    }
    self.init(chunks: chunks, samples: samples, bandwidth: bandwidth)
  }
}
