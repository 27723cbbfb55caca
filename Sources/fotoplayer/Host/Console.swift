// Console: commands typed or piped in, a line each. A terminal is shown a prompt; a pipe may end, and the host runs on.
import Foundation

struct Console {
  static let help = """
    set NAME VALUE   a control ('status' lists them), or the voice: a file, or default
    save             the settings, into the state's file
    save PRESET      the settings as a preset of your own
    load PRESET      a preset: your own, or one of the plugin's
    presets, voices  what there is
    status           what plays, and how it goes
    panic            all keys and pedals come up
    quit             leaves
    """

  private let isTerminal = isatty(STDIN_FILENO) == 1
  private var pending: [UInt8] = []
  private var isAtEnd = false

  /// Somebody at a terminal has ended the input.
  var hasLeft: Bool { isAtEnd && isTerminal }

  func begin() { prompt() }

  func answer(_ text: String) { if !text.isEmpty { write(text + "\n") } }

  /// The lines that have come; waits at most so long for one, or for another file to have something.
  mutating func read(beside other: Int32, milliseconds: Int32) -> [String] {
    var files = [
      pollfd(fd: isAtEnd ? -1 : STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: other, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&files, 2, milliseconds) > 0, files[0].revents != 0 else { return [] }
    var part = [UInt8](repeating: 0, count: 4096)
    let count = Foundation.read(STDIN_FILENO, &part, part.count)
    if count > 0 {
      pending += part[..<count]
    } else if count == 0 || errno != EINTR {
      isAtEnd = true
      if !pending.isEmpty { pending.append(10) }
    }
    var lines: [String] = []
    while let end = pending.firstIndex(of: 10) {
      lines.append(String(decoding: pending[..<end], as: UTF8.self).trimmingCharacters(in: .whitespaces))
      pending.removeFirst(end + 1)
    }
    if pending.count > 1 << 16 { pending = [] }
    return lines
  }

  func prompt() { if isTerminal { write("> ") } }

  private func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}
