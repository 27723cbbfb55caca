// RecentSteps: what the last steps were like, for a line of the log and for the line that a person watches.
import Foundation
import Tensors

/// Means over the steps since the last line.
struct RecentSteps {
  /// Seconds of sound a step.
  let secondsPerStep: Double
  private var steps = 0, loss: Float = 0, norm: Float = 0, rate: Float = 0
  private var parts: [Measure] = []
  private var since = 0.0, waited = 0.0
  // A smoothed loss and a smoothed duration, both with what their weights sum to.
  private var smoothed = 0.0, duration = 0.0, weight = 0.0
  private var last = 0.0

  init(secondsPerStep: Double) { self.secondsPerStep = secondsPerStep }

  mutating func begin() {
    since = ProcessInfo.processInfo.systemUptime
    last = since
  }

  /// A step waited so many seconds for its material.
  mutating func add(waited seconds: Double) { waited += seconds }

  mutating func add(loss: Float, parts: [Measure], norm: Float, rate: Float) {
    let now = ProcessInfo.processInfo.systemUptime
    smoothed = 0.95 * smoothed + 0.05 * Double(loss)
    duration = 0.95 * duration + 0.05 * (now - last)
    weight = 0.95 * weight + 0.05
    last = now
    steps += 1
    self.loss += loss
    self.norm = max(self.norm, norm)
    self.rate = rate
    if self.parts.isEmpty {
      self.parts = parts
    } else {
      for index in parts.indices { self.parts[index].value += parts[index].value }
    }
  }

  /// For a person.
  var note: String {
    var note = "loss \(shown(smoothed / max(weight, 1e-9)))  rate \(shown(Double(rate)))  \(shown(speed)) steps/s"
    if secondsPerStep > 0 { note += "  \(shown(speed * secondsPerStep)) s of sound/s" }
    return note
  }

  /// Steps a second, of late.
  private var speed: Double { weight / max(duration, 1e-9) }

  /// A line of the log: means since the last one; of the gradient's norm the largest, before clipping; the seconds in
  /// which all of its steps waited for material; and the seconds that are left until `end`.
  mutating func line(step: Int, of end: Int) -> JSON {
    let now = ProcessInfo.processInfo.systemUptime
    let count = Float(max(1, steps))
    let pace = Double(steps) / max(now - since, 1e-9)
    var members = [JSON.Member("step", JSON(step)), .init("loss", JSON(short: loss / count))]
    members += parts.map { JSON.Member($0.name, JSON(short: $0.value / count)) }
    members += [
      .init("rate", JSON(short: rate)), .init("gradient norm", JSON(short: norm)),
      .init("steps/s", JSON(rounded(pace))),
      .init("sound s/s", JSON(rounded(pace * secondsPerStep))), .init("waited", JSON(rounded(waited))),
      .init("left", JSON((Double(end - step) / max(speed, 1e-9)).rounded())),
    ]
    (steps, loss, norm, parts, since, waited) = (0, 0, 0, [], now, 0)
    return .object(members)
  }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

  /// Three digits that matter.
  private func shown(_ value: Double) -> String { String(format: "%.3g", value) }
}
