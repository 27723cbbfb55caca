// Configurations as JSON: what a voice file's metadata says about its codec, read strictly and written whole.
import Tensors

/// What was wrong with a configuration.
public struct ConfigurationError: Error, CustomStringConvertible, Equatable {
  public let description: String
  public init(_ description: String) { self.description = description }
}

/// Reads the members of one JSON object.
public struct ConfigurationReader {
  private let json: JSON, path: String

  public init(_ json: JSON, path: String) throws(ConfigurationError) {
    guard json.members != nil else { throw ConfigurationError("\(path): expected an object") }
    self.json = json
    self.path = path
  }

  /// A whole number within a range.
  public func integer(_ name: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
    guard let value = json[name]?.integer, range.contains(value) else { throw fault(name, "a whole number in \(range)") }
    return value
  }

  /// A number within a range.
  public func number(_ name: String, in range: ClosedRange<Double>) throws(ConfigurationError) -> Double {
    guard let value = json[name]?.double, range.contains(value) else { throw fault(name, "a number in \(range)") }
    return value
  }

  private func fault(_ name: String, _ expected: String) -> ConfigurationError {
    ConfigurationError("\(path).\(name): expected \(expected), found \(json[name].map { "\($0)" } ?? "nothing")")
  }
}

extension SourceConfiguration {
  public init(_ json: JSON) throws(ConfigurationError) {
    let read = try ConfigurationReader(json, path: "source")
    self.init()
    sampleRate = try read.integer("sampleRate", in: 8000...96000)
    hop = try read.integer("hop", in: 16...512)
    partials = try read.integer("partials", in: 1...256)
    harmonicBands = try read.integer("harmonicBands", in: 2...512)
    noiseBands = try read.integer("noiseBands", in: 2...256)
    lowest = try read.number("lowest", in: 1...1000)
    highest = try read.number("highest", in: 1001...48000)
    silence = Float(try read.number("silence", in: -30...0))
    attackSamples = Float(try read.number("attackSamples", in: 1...4096))
  }

  public var json: JSON {
    [
      "sampleRate": JSON(sampleRate), "hop": JSON(hop), "partials": JSON(partials),
      "harmonicBands": JSON(harmonicBands), "noiseBands": JSON(noiseBands), "lowest": JSON(lowest),
      "highest": JSON(highest), "silence": JSON(silence), "attackSamples": JSON(attackSamples),
    ]
  }
}

extension CodecConfiguration {
  public init(_ json: JSON) throws(ConfigurationError) {
    let read = try ConfigurationReader(json, path: "codec")
    self.init()
    source = try SourceConfiguration(json["source"] ?? .null)
    latentWidth = try read.integer("latentWidth", in: 1...1024)
    width = try read.integer("width", in: 1...4096)
    depth = try read.integer("depth", in: 1...64)
    taps = try read.integer("taps", in: 2...64)
    expansion = try read.integer("expansion", in: 1...16)
    analysisBands = try read.integer("analysisBands", in: 2...512)
    window = try read.integer("window", in: source.hop...8192)
  }

  public var json: JSON {
    [
      "source": source.json, "latentWidth": JSON(latentWidth), "width": JSON(width), "depth": JSON(depth),
      "taps": JSON(taps), "expansion": JSON(expansion), "analysisBands": JSON(analysisBands), "window": JSON(window),
    ]
  }
}
