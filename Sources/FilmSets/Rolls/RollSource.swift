// RollSource: where strips of keys come from: films of a performance, or pictures that somebody else has cut.
import Foundation
import Training

/// One performance that can become a clip of a `RollSet`.
protocol RollSource: Sendable {
  /// What its clip is called.
  var name: String { get }
  /// The bytes of each file that its pictures come from, to notice others.
  var sizes: [String: Int] { get }

  /// Fills a clip.
  ///
  /// - Parameters:
  ///   - folder: where it grows.
  ///   - progress: told the share that is done.
  /// - Returns: what was left out, and why.
  /// - Throws: a `Finding`, or another error, where no clip can be made of it.
  func cut(_ recipe: RollSet.Recipe, into folder: URL, progress: (Double) -> Void) throws -> [Finding]

  /// Adds what else is known to a clip that is cut, as far as it lacks there.
  func complete(_ folder: URL) throws
}

extension RollSource {
  func complete(_ folder: URL) throws {}
}

/// A set of performances.
public protocol RollSourceSet: Sendable {
  /// Its own affair.
  var rollSources: RollSources { get }
}

/// Some of them; a list whose parts only this room knows.
public struct RollSources: Sendable {
  let all: [any RollSource]
  public var count: Int { all.count }
}
