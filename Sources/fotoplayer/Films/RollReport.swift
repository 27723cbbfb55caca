// RollReport: what was seen in films, for people in a few lines, for programs as JSON.
import Conditioning
import Foundation
import Score

struct RollReport: Encodable {
  struct View: Encodable {
    let view: String, path: String
    /// As --keyboard takes it.
    let keyboard: String?
    /// 0…1, where it was looked for.
    let confidence: Double?
  }

  struct Doubt: Encodable {
    let time: Double, key: Int, name: String, confidence: Double
  }

  struct Range: Encodable {
    let lowest: Int, highest: Int

    init?(_ values: [UInt8]) {
      guard let lowest = values.min(), let highest = values.max() else { return nil }
      (self.lowest, self.highest) = (Int(lowest), Int(highest))
    }
  }

  let film: String, predictor: String
  /// What was written, by its kind.
  var files: [String: String] = [:]
  let from: Double, to: Double, moments: Int
  let views: [View]
  let notes: Int
  let keys: Range?
  /// Nil where the predictor tells none.
  let velocities: Range?
  /// Moves by pedal.
  let pedals: [String: Int]
  /// Notes of less confidence are doubts.
  let confident: Double
  let doubts: [Doubt]
  let notices: [String]

  init(_ seeing: Seeing, _ result: Seeing.Result) {
    let score = result.roll.score
    film = seeing.clip.path
    predictor = "\(seeing.model.name) (\(seeing.model.path))"
    (from, to, moments) = (result.roll.range.lowerBound, result.roll.range.upperBound, result.roll.moments)
    views = seeing.watcher.views.map { view in
      let place = seeing.places.first { $0.view == view }
      return View(
        view: view.rawValue, path: seeing.path(view), keyboard: place?.place.map { "\($0)" },
        confidence: place?.confidence)
    }
    notes = score.notes.count
    keys = Range(score.notes.map(\.key))
    velocities = result.tellsVelocities ? Range(score.notes.map(\.velocity)) : nil
    pedals = Dictionary(grouping: score.pedals, by: { "\($0.kind)" }).mapValues(\.count)
    confident = seeing.model.thresholds.confident
    doubts = result.roll.doubts.map {
      Doubt(time: $0.time, key: Int($0.key), name: KeyNames.name($0.key), confidence: $0.confidence)
    }
    notices = seeing.notices + result.roll.notices
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: (try? encoder.encode(self)) ?? Data(), as: UTF8.self)
  }

  /// At most so many doubts are listed for people.
  private static let listed = 12

  /// - Parameter name: of what was written, or of the film.
  func words(_ name: String) -> String {
    var lines = [name + ": " + heard]
    for view in views {
      let found = view.confidence.map { " (found, \(Seeing.rounded($0)) of 1 sure)" } ?? ""
      lines.append("  \(view.view): \(view.path)" + (view.keyboard.map { ", keys at \"\($0)\"\(found)" } ?? ""))
    }
    if !doubts.isEmpty {
      let least = Self.least(doubts).map {
        "\(PlayerDisplay.clock($0.time)) \($0.name) (\(Seeing.rounded($0.confidence)))"
      }
      let rest = doubts.count > least.count ? ", and \(doubts.count - least.count) more (--json lists all)" : ""
      lines.append(
        "  \(doubts.count) of the notes \(doubts.count == 1 ? "is" : "are") doubtful, below \(Seeing.rounded(confident)): "
          + least.joined(separator: ", ") + rest)
    }
    return lines.joined(separator: "\n")
  }

  private var heard: String {
    let length = String(format: "%.1f s of film", to - from)
    guard let keys else { return "no notes in " + length }
    let range = "\(KeyNames.name(UInt8(keys.lowest)))…\(KeyNames.name(UInt8(keys.highest)))"
    let loud = velocities.map { "velocities \($0.lowest)…\($0.highest)" } ?? "no velocities told"
    let moves = pedals.sorted { $0.key < $1.key }.map { "\($0.value) of the \($0.key) pedal" }
    return "\(notes) notes in \(length), \(range), \(loud)"
      + (moves.isEmpty ? ", no pedals" : ", moves: " + moves.joined(separator: ", "))
  }

  /// The most doubtful, in order of time.
  private static func least(_ doubts: [Doubt]) -> [Doubt] {
    doubts.sorted { $0.confidence < $1.confidence }.prefix(listed).sorted { ($0.time, $0.key) < ($1.time, $1.key) }
  }
}

extension Seeing {
  /// The film of a view.
  func path(_ view: RollView) -> String { films.first { $0.view == view }?.path ?? clip.path }
}
