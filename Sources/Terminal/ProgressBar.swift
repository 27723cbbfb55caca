// ProgressBar: how far a long piece of work is, and how long it will take. On a terminal one line, elsewhere a line a minute.
import Foundation

/// A line of progress on standard error.
public struct ProgressBar {
  private let total: Int, unit: String, begin = Date(), isTerminal = isatty(2) == 1
  private var last = Date.distantPast, first: Int?

  public init(total: Int, unit: String) {
    self.total = max(1, total)
    self.unit = unit
  }

  /// Shows `done` of the total, with what else there is to say.
  public mutating func show(_ done: Int, _ note: String = "") {
    let now = Date()
    if first == nil { first = done }
    guard done == total || now.timeIntervalSince(last) > (isTerminal ? 0.2 : 30) else { return }
    last = now
    let elapsed = now.timeIntervalSince(begin)
    let worked = max(1, done - first!)
    let left = done > first! ? elapsed / Double(worked) * Double(total - done) : .nan
    let filled = 24 * done / total
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
    let line = "\(bar) \(done)/\(total) \(unit)  \(Self.clock(left)) left  \(note)"
    FileHandle.standardError.write(Data((isTerminal ? "\r\(line)\u{1B}[K" : line + "\n").utf8))
  }

  public func finish() { if isTerminal { FileHandle.standardError.write(Data("\n".utf8)) } }

  static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "–:––" }
    let whole = Int(seconds.rounded())
    return whole >= 3600
      ? "\(whole / 3600):" + String(100 + whole / 60 % 60).dropFirst() + ":" + String(100 + whole % 60).dropFirst()
      : "\(whole / 60):" + String(100 + whole % 60).dropFirst()
  }
}
