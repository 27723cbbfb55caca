// RunReport: what a run's folder tells, in a page of text: its settings, how far it is, how it went, what is kept.
import Foundation
import Tensors

/// Reads a run, also while it is trained.
public enum RunReport {
  /// The page.
  ///
  /// - Throws: `TrainingError` when the folder holds no run.
  public static func text(_ path: String) throws -> String {
    let configuration = try RunFolder.configuration(path)
    let log = path + "/log.jsonl"
    let lines = FileManager.default.fileExists(atPath: log) ? try TrainingLog.lines(log) : []
    let checkpoints = Checkpoint.all(in: path + "/checkpoints")
    var text = "\(path): \(configuration["task"]?.string ?? "?")\n"
    text += settings(configuration)
    let losses = lines.filter { $0["loss"] != nil }
    if let last = losses.last, let step = last["step"]?.integer {
      let total = configuration["trainer"]?["schedule"]?["steps"]?.integer ?? step
      text += "\nstep \(step) of \(total) (\(100 * step / max(1, total)) %)\n"
      text += table(losses)
    } else {
      text += "\nno step yet\n"
    }
    if let measured = lines.last(where: { $0["measures"] != nil }), let measures = measured["measures"]?.members {
      text += "\nmeasured at step \(measured["step"]?.integer ?? 0): "
      text += measures.map { "\($0.name) \(shown($0.value))" }.joined(separator: ", ") + "\n"
    }
    if let stopped = lines.last?["stopped"]?.string { text += "\nstopped: \(stopped)\n" }
    text += "\ncheckpoints: "
    text += checkpoints.isEmpty ? "none" : checkpoints.map { String($0.step) }.joined(separator: ", ")
    return text + "\nplot: \(path)/plot.svg\n"
  }

  /// Every value with its path, one a line.
  private static func settings(_ json: JSON, at path: String = "") -> String {
    guard let members = json.members else {
      return "  \(path) = \(json.string ?? json.text())\n"
    }
    return members.filter { path != "" || !["format", "task"].contains($0.name) }.map { member in
      settings(member.value, at: path.isEmpty ? member.name : path + "." + member.name)
    }.joined()
  }

  /// Ten lines of the log, evenly spread, the last among them.
  private static func table(_ lines: [JSON]) -> String {
    let names = lines.last?.members?.map(\.name) ?? []
    let rows = min(10, lines.count)
    let chosen = (1...rows).map { lines[lines.count * $0 / rows - 1] }
    let cells = [names] + chosen.map { line in names.map { shown(line[$0] ?? .null) } }
    let widths = names.indices.map { column in cells.map { $0[column].count }.max()! }
    return cells.map { row in
      zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ") + "\n"
    }.joined()
  }

  private static func shown(_ value: JSON) -> String {
    if let whole = value.integer { return String(whole) }
    return value.double.map { String(format: "%.4g", $0) } ?? "–"
  }
}
