// Configurations as JSON: what a voice file's metadata says about its codec, read strictly and written whole.
import Tensors

extension SourceConfiguration {
  public init(_ json: JSON) throws(ConfigurationError) {
    let read = try ConfigurationReader(json, path: "source")
    self.init()
    sampleRate = try read.integer("sampleRate", in: 8000...96000)
    hop = try read.integer("hop", in: 16...512)
    harmonicBands = try read.integer("harmonicBands", in: 0...512)
    guard harmonicBands != 1 else {
      throw ConfigurationError("source.harmonicBands: expected none, or 2 and more, found 1")
    }
    noiseBands = try read.integer("noiseBands", in: 2...256)
    lowest = try read.number("lowest", in: 1...1000)
    highest = try read.number("highest", in: 1001...48000)
    guard hasStrings else { return }
    partials = try read.integer("partials", in: 1...256)
    modes = try read.integer("modes", in: 1...8)
    velocities = try read.rising("velocities", in: 1...127)
    silence = Float(try read.number("silence", in: -30...0))
    attackSamples = Float(try read.number("attackSamples", in: 1...4096))
    lag = try read.integer("lag", in: 0...9600)
    // Older voices know no dampers of their own.
    guard !read.isAbsent("bassDampers") || !read.isAbsent("trebleDampers") else { return }
    let ends = try ["bassDampers", "trebleDampers"].map { name throws(ConfigurationError) in
      let seconds = try read.numbers(name, in: Damper.sensible, most: velocities.count)
      guard seconds.count == velocities.count else {
        throw ConfigurationError(
          "source.\(name): expected one for each of \(velocities.count) velocities, found \(seconds.count)")
      }
      return seconds.map { Float($0) }
    }
    dampers = zip(ends[0], ends[1]).map { Damper(bass: $0, treble: $1) }
  }

  public var json: JSON {
    let clock: JSON = [
      "sampleRate": JSON(sampleRate), "hop": JSON(hop), "harmonicBands": JSON(harmonicBands),
      "noiseBands": JSON(noiseBands), "lowest": JSON(lowest), "highest": JSON(highest),
    ]
    guard hasStrings else { return clock }
    let measured: [JSON.Member] =
      dampers.isEmpty
      ? []
      : [
        .init("bassDampers", .array(dampers.map { JSON($0.bass) })),
        .init("trebleDampers", .array(dampers.map { JSON($0.treble) })),
      ]
    let strings: JSON = [
      "partials": JSON(partials), "modes": JSON(modes), "velocities": .array(velocities.map { JSON($0) }),
      "silence": JSON(silence), "attackSamples": JSON(attackSamples), "lag": JSON(lag),
    ]
    return .object(clock.members! + strings.members! + measured)
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
    slowWindow = try read.integer("slowWindow", in: window...16384)
  }

  public var json: JSON {
    [
      "source": source.json, "latentWidth": JSON(latentWidth), "width": JSON(width), "depth": JSON(depth),
      "taps": JSON(taps), "expansion": JSON(expansion), "analysisBands": JSON(analysisBands), "window": JSON(window),
      "slowWindow": JSON(slowWindow),
    ]
  }
}
