// ClipLicences: what may be done with a set of clips: the lines that a voice's card lists.

/// Clips of one source under one licence.
public struct ClipLicence: Equatable, Sendable {
  public let source: String, licence: String
  public let clips: Int

  /// A line for a card.
  public var line: String { "\(source): \(licence) (\(clips) clip\(clips == 1 ? "" : "s"))" }
}

extension ClipManifest {
  /// Every source and licence, those of most clips first.
  public var licences: [ClipLicence] {
    struct Pair: Hashable { let source: String, licence: String }
    var counts: [Pair: Int] = [:]
    for clip in clips {
      counts[Pair(source: clip.source ?? "not named", licence: clip.licence ?? "not stated"), default: 0] += 1
    }
    return counts.map { ClipLicence(source: $0.source, licence: $0.licence, clips: $1) }
      .sorted { ($1.clips, $0.source, $0.licence) < ($0.clips, $1.source, $1.licence) }
  }
}

extension ClipManifest {
  /// How many clips of each kind there are, in one line for a person.
  public func summary(_ name: String) -> String {
    let kinds = Clip.Kind.allCases.compactMap { kind in
      let count = clips.count { $0.kind == kind }
      return count == 0 ? nil : "\(count) \(kind.rawValue)"
    }
    let minutes = clips.reduce(0) { $0 + ($1.seconds ?? 0) } / 60
    let length = minutes > 0 ? ", \((minutes * 10).rounded() / 10) minutes" : ""
    return "\(name): \(clips.count) clip\(clips.count == 1 ? "" : "s")\(length): \(kinds.joined(separator: ", "))"
  }
}
