// StripConfiguration as JSON: what a predictor's file says about its network, read strictly and written whole.
import Tensors

extension StripGeometry {
  public init(_ json: JSON) throws(ConfigurationError) {
    let read = try ConfigurationReader(json, path: "strip")
    self.init(
      rows: try read.integer("rows", in: 8...512), pitch: try read.integer("pitch", in: 2...64),
      inFront: Float(try read.number("inFront", in: -100...500)),
      behind: Float(try read.number("behind", in: -50...500)))
  }

  public var json: JSON {
    ["rows": JSON(rows), "pitch": JSON(pitch), "inFront": JSON(inFront), "behind": JSON(behind)]
  }
}

extension StripConfiguration {
  public init(_ json: JSON) throws(ConfigurationError) {
    let read = try ConfigurationReader(json, path: "network")
    self.init()
    strip = try StripGeometry(json["strip"] ?? .null)
    let words = json["views"]?.elements ?? []
    views = words.compactMap { $0.string.flatMap(RollView.init) }.filter(\.seesKeys)
    guard !views.isEmpty, views.count == words.count, Set(views).count == views.count else {
      throw ConfigurationError(
        "network.views: expected some of \(RollView.keys.map(\.rawValue)), found \(json["views"]?.text() ?? "nothing")")
    }
    velocity = try read.flag("velocity")
    pedals = try read.flag("pedals")
    // Files from before there were any say nothing of them.
    heights = read.isAbsent("heights") ? false : try read.flag("heights")
    stem = try read.integers("stem", count: 3, in: 1...1024)
    width = try read.integer("width", in: 1...1024)
    depth = try read.integer("depth", in: 0...64)
    taps = try read.integer("taps", in: 1...63)
    guard taps % 2 == 1 else { throw ConfigurationError("network.taps: expected an odd number, found \(taps)") }
    expansion = try read.integer("expansion", in: 1...16)
  }

  public var json: JSON {
    [
      "strip": strip.json, "views": .array(views.map { JSON($0.rawValue) }), "velocity": JSON(velocity),
      "pedals": JSON(pedals), "heights": JSON(heights), "stem": .array(stem.map { JSON($0) }), "width": JSON(width),
      "depth": JSON(depth),
      "taps": JSON(taps), "expansion": JSON(expansion),
    ]
  }
}
