// PlayerDisplay: one line of a terminal: where a score is, in time and in bars, the keys that are down, pedal, and xruns.
import Foundation
import JACK
import Score

package struct PlayerDisplay {
  let tempo: TempoMap
  let isShown: Bool
  private var last = ""

  init(tempo: TempoMap, isShown: Bool) { (self.tempo, self.isShown) = (tempo, isShown) }

  mutating func show(_ report: PlayerReport, rate: Double, xruns: Int) {
    guard isShown else { return }
    var size = winsize()
    let columns = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    let line = Self.line(report, tempo: tempo, rate: rate, xruns: xruns, columns: columns)
    guard line != last else { return }
    last = line
    FileHandle.standardError.write(Data("\r\(line)\u{1B}[K".utf8))
  }

  /// Removes the line, so that something else can be said.
  mutating func clear() {
    guard isShown, !last.isEmpty else { return }
    last = ""
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }

  /// The line, at most so many columns wide: the keys as a keyboard where there is room for one, else by name.
  package static func line(_ report: PlayerReport, tempo: TempoMap, rate: Double, xruns: Int, columns: Int) -> String {
    let seconds = Double(report.position) / max(1, rate)
    let place = tempo.place(at: seconds)
    let left =
      (report.isRolling ? "▶" : "■") + " " + clock(seconds) + " " + "\(place.bar).\(place.beat)".padded(to: 6)
      + (report.sustain >= Keyboard.pedalThreshold ? "ped " : "    ")
    let right = xruns > 0 ? " \(xruns) xruns" : ""
    let room = columns - 1 - left.count - right.count
    let keys = (0..<128).filter { report.keys & (1 << UInt128($0)) != 0 }.map { UInt8($0) }
    let middle = room >= 90 ? keyboard(keys) : names(keys, room: max(0, room))
    return left + middle + right
  }

  static func clock(_ seconds: Double) -> String {
    let tenths = Int(seconds * 10)
    return String(format: "%d:%02d.%d", tenths / 600, tenths / 10 % 60, tenths % 10)
  }

  /// 88 keys: white ones low, black ones high, those that are down filled.
  package static func keyboard(_ keys: [UInt8]) -> String {
    let down = Set(keys)
    return String(
      Keyboard.keys.map { key -> Character in
        if down.contains(key) { return "█" }
        return [1, 3, 6, 8, 10].contains(key % 12) ? "▀" : "▁"
      })
  }

  static func names(_ keys: [UInt8], room: Int) -> String {
    var text = ""
    for key in keys {
      let name = KeyNames.name(key)
      guard text.count + name.count + 2 <= room else { return text + (room > text.count ? "…" : "") }
      text += name + " "
    }
    return text
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { padding(toLength: max(width, count), withPad: " ", startingAt: 0) }
}
