// MIDIWriter: a score as a Standard MIDI File of format 0, one channel.

extension Score {
  /// The file's bytes.
  ///
  /// - Parameters:
  ///   - ticksPerQuarter: the resolution, 1…32767.
  ///   - beatsPerMinute: the one tempo; 60 makes a quarter a second.
  public func midi(ticksPerQuarter: Int = 960, beatsPerMinute: Double = 120) -> [UInt8] {
    let ticksPerSecond = MIDIFile.ticksPerSecond(ticksPerQuarter: ticksPerQuarter, beatsPerMinute: beatsPerMinute)
    // Events on a clock of whole ticks come in the order in which they are to be played.
    var messages: [(tick: Int, order: Int, bytes: [UInt8])] = []
    for (index, note) in notes.enumerated() {
      let start = Int((note.start * ticksPerSecond).rounded())
      let end = max(start + 1, Int((note.end * ticksPerSecond).rounded()))
      messages.append((start, 2 * notes.count + index, [0x90, note.key & 127, max(1, note.velocity & 127)]))
      messages.append((end, index, [0x80, note.key & 127, 64]))
    }
    for (index, pedal) in pedals.enumerated() {
      let tick = Int((pedal.time * ticksPerSecond).rounded())
      messages.append((tick, notes.count + index, [0xB0, pedal.kind.rawValue, pedal.value & 127]))
    }
    let ordered = messages.sorted { ($0.tick, $0.order) < ($1.tick, $1.order) }
    return MIDIFile.bytes(
      ordered.map { ($0.tick, $0.bytes) }, ticksPerQuarter: ticksPerQuarter, beatsPerMinute: beatsPerMinute)
  }

  /// The same score with every time on a grid of `step` seconds.
  public func quantised(to step: Double) -> Score {
    func grid(_ time: Double) -> Double { (time / step).rounded() * step }
    return Score(
      notes: notes.map {
        let start = grid($0.start)
        return Note(key: $0.key, velocity: $0.velocity, start: start, end: max(start + step, grid($0.end)))
      },
      pedals: pedals.map { Pedal(kind: $0.kind, value: $0.value, time: grid($0.time)) })
  }
}

/// A file of one track.
public enum MIDIFile {
  /// - Parameter messages: in order, each with its tick.
  public static func bytes(
    _ messages: [(tick: Int, bytes: [UInt8])], ticksPerQuarter: Int, beatsPerMinute: Double
  ) -> [UInt8] {
    precondition(1...32767 ~= ticksPerQuarter && beatsPerMinute > 3.6, "\(ticksPerQuarter) ticks at \(beatsPerMinute)")
    let tempo = microsecondsPerQuarter(beatsPerMinute)
    var track: [UInt8] = [0, 0xFF, 0x51, 3]
    track += [UInt8(tempo >> 16 & 255), UInt8(tempo >> 8 & 255), UInt8(tempo & 255)]
    var now = 0
    for message in messages {
      track += variableLength(max(0, message.tick - now)) + message.bytes
      now = max(now, message.tick)
    }
    track += [0, 0xFF, 0x2F, 0]
    return Array("MThd".utf8) + [0, 0, 0, 6, 0, 0, 0, 1, UInt8(ticksPerQuarter >> 8), UInt8(ticksPerQuarter & 255)]
      + Array("MTrk".utf8) + [24, 16, 8, 0].map { UInt8(track.count >> $0 & 255) } + track
  }

  private static func microsecondsPerQuarter(_ beatsPerMinute: Double) -> Int {
    Int((60e6 / beatsPerMinute).rounded())
  }

  /// The clock of a file whose tempo is a whole number of microseconds.
  static func ticksPerSecond(ticksPerQuarter: Int, beatsPerMinute: Double) -> Double {
    Double(ticksPerQuarter) * 1e6 / Double(microsecondsPerQuarter(beatsPerMinute))
  }

  /// Seven bits a byte, the highest first.
  private static func variableLength(_ value: Int) -> [UInt8] {
    var bytes = [UInt8(value & 127)]
    var rest = value >> 7
    while rest > 0 {
      bytes.insert(UInt8(rest & 127 | 128), at: 0)
      rest >>= 7
    }
    return bytes
  }
}
