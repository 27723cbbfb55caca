// EffectLibrary: the recordings that are installed, found by the catalogue, at 24 kHz and with the sample at which they begin.
import Causes
import Foundation
import Media
import Resampling
import Training

/// Recordings by their sounds, for learning or for testing.
public struct EffectLibrary: Sendable {
  /// Recordings of one sound from one package.
  struct Group: Sendable {
    let category: String, package: String
    let effects: [Effect]
  }

  let groups: [Group]
  /// The packages that were found, with the number of their files and a digest of these.
  public let packages: [String: String]
  /// Packages of the catalogue that were not.
  public let missing: [String]

  /// What doors and steps are heard as.
  let shelf: EffectShelf

  /// Finds and reads them.
  ///
  /// - Parameters:
  ///   - root: a folder as /usr/share is, or one into which packages were unpacked, each in a folder of its name or
  ///     all in one.
  ///   - isHeldOut: whether those for testing are wanted. Of these only sounds that can be learned are taken.
  ///   - isNeeded: false where all that will be heard is computed: then nothing is looked for.
  /// - Throws: `DataError` that says which packages to install, or which file cannot be read.
  public init(
    _ root: URL, isHeldOut: Bool, isNeeded: Bool = true, catalogue: [EffectPackage] = EffectPackage.all
  ) throws {
    let known = Set(catalogue.filter { !$0.isHeldOut }.flatMap(\.files.keys))
    var (groups, packages, missing): ([Group], [String: String], [String]) = ([], [:], [])
    for package in catalogue where isNeeded && package.isHeldOut == isHeldOut {
      guard let folder = Self.folder(of: package, in: root) else {
        missing.append(package.name)
        continue
      }
      var digest = FileDigest()
      var count = 0
      let files = Self.files(in: folder)
      for category in package.files.keys.sorted() where known.contains(category) {
        let found = Self.matching(package.files[category]!, files)
        let effects = try found.map { file in
          digest.add((file.path.dropFirst(folder.path.count) + " \(try Self.size(file))").utf8)
          return try Self.effect(file, package, isBlow: category == "door")
        }
        count += effects.count
        if !effects.isEmpty { groups.append(Group(category: category, package: package.name, effects: effects)) }
      }
      packages[package.name] = "\(count) files, \(digest.text)"
    }
    (self.groups, self.packages, self.missing) = (groups, packages, missing)
    shelf = EffectShelf(
      doors: groups.filter { $0.category == "door" }.flatMap(\.effects),
      grounds: groups.filter { $0.category.hasPrefix("footsteps on ") && $0.effects.count > 1 }
        .map { EffectShelf.Ground(name: String($0.category.dropFirst(13)), steps: $0.effects) })
    guard !isNeeded || (!shelf.doors.isEmpty && !shelf.grounds.isEmpty) else {
      let names = catalogue.filter { $0.isHeldOut == isHeldOut }.map(\.name).joined(separator: " ")
      throw DataError(
        "\(root.path): expected recordings of doors and of steps, found none; install them:\n  apt install "
          + "--no-install-recommends \(names)\nor unpack the packages into a folder, and name it with --sounds.")
    }
  }

  private static func folder(of package: EffectPackage, in root: URL) -> URL? {
    ["", "usr/share/", package.name + "/usr/share/"].map { root.appendingPathComponent($0 + package.folder) }
      .first { FileManager.default.fileExists(atPath: $0.path) }
  }

  private static let endings: Set = ["wav", "ogg", "flac", "mp3"]

  /// In the order of their paths.
  private static func files(in folder: URL) -> [URL] {
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return names.map { folder.appendingPathComponent($0) }
      .filter { endings.contains($0.pathExtension.lowercased()) }.sorted { $0.path < $1.path }
  }

  private static func size(_ file: URL) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0
  }

  private static func matching(_ patterns: String, _ files: [URL]) -> [URL] {
    let patterns = patterns.split(separator: " ").map(String.init)
    return files.filter { file in
      let stem = file.deletingPathExtension().path
      return patterns.contains { matches(stem, $0) }
    }
  }

  /// Whether a path without its ending ends with a pattern, in which * may stand last.
  private static func matches(_ stem: String, _ pattern: String) -> Bool {
    let parts = pattern.split(separator: "/").count
    let end = "/" + stem.split(separator: "/").suffix(parts).joined(separator: "/")
    return pattern.hasSuffix("*") ? end.hasPrefix("/" + pattern.dropLast()) : end == "/" + pattern
  }

  /// The longest part of a recording that is kept, s.
  private static let longest = 20.0

  private static func effect(_ file: URL, _ package: EffectPackage, isBlow: Bool) throws -> Effect {
    let reader = try AudioFileReader(file.path)
    let all = reader.readAll()
    let frames = min(all.count / reader.channels, Int(longest * Double(reader.sampleRate)))
    var mono = (0..<frames).map { frame in
      (0..<reader.channels).reduce(Float(0)) { $0 + all[frame * reader.channels + $1] } / Float(reader.channels)
    }
    // What a cheap converter adds to everything.
    let mean = mono.reduce(0, +) / Float(max(1, mono.count))
    for index in mono.indices { mono[index] -= mean }
    var sound = resample(mono, from: reader.sampleRate, to: Causes.sampleRate)
    let peak = sound.reduce(0) { max($0, abs($1)) }
    guard peak > 1e-4 else {
      throw DataError("\(file.path): expected a recording, found silence; is the package as Debian has it?")
    }
    for index in sound.indices { sound[index] /= peak }
    return Effect(
      samples: sound, onset: onset(sound, isBlow: isBlow), name: file.lastPathComponent, source: package.name,
      licence: package.licence)
  }

  /// Where a recording is heard to begin: its envelope of 2 ms exceeds a sixth of its greatest. A door may creak and click
  /// before it strikes: its blow is in the first 20 ms of half the greatest power, where they first have half of their own level.
  static func onset(_ sound: [Float], isBlow: Bool) -> Int {
    let length = Causes.sampleRate / 500
    let levels = stride(from: 0, to: sound.count, by: length).map { begin in
      sound[begin..<min(sound.count, begin + length)].reduce(0) { max($0, abs($1)) }
    }
    guard let most = levels.max() else { return 0 }
    guard isBlow else { return (levels.firstIndex { $0 > most / 6 } ?? 0) * length }
    let window = 10
    let powers = levels.indices.map { begin in
      sound[begin * length..<min(sound.count, (begin + window) * length)].reduce(0) { $0 + $1 * $1 }
    }
    let greatest = powers.max() ?? 0
    let first = powers.firstIndex { $0 > greatest / 2 } ?? 0
    let inside = levels[first..<min(levels.count, first + window)]
    return (inside.firstIndex { $0 > (inside.max() ?? 0) / 2 } ?? first) * length
  }
}
