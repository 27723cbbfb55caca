// KeyRange: some of a piano's keys on the command line, the first and the last of them, as MIDI counts them.
import ArgumentParser
import Score

/// `LOW-HIGH`, both within 21…108.
struct KeyRange: ExpressibleByArgument {
  let keys: ClosedRange<Int>

  init?(argument: String) {
    let ends = argument.split(separator: "-", omittingEmptySubsequences: false).map { UInt8($0) }
    guard ends.count == 2, let low = ends[0], let high = ends[1], low <= high, Keyboard.keys.contains(low...high) else {
      return nil
    }
    keys = Int(low)...Int(high)
  }
}
