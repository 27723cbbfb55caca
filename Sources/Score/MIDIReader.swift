// MIDIReader: Standard MIDI Files (RP-001) of formats 0, 1 and 2, whole or not at all.
// Tracks are read one by one into messages with ticks; a tempo map, gathered from all of them, makes seconds of ticks.

extension Score {
  /// Reads a file. All channels are one piano's; tracks of format 2 follow each other.
  ///
  /// - Throws: `MIDIError` with the byte, what the format wants there and what was found.
  public init(midi bytes: [UInt8]) throws(MIDIError) { self = try Score.read(midi: bytes).score }

  /// Reads a file, and its clock with it.
  public static func read(midi bytes: [UInt8]) throws(MIDIError) -> (score: Score, clock: MIDIClock) {
    let (header, tracks) = try MIDIHeader.read(bytes)
    let clock = MIDIClock(header.division, tempi: tracks.flatMap(\.tempi))
    // At one tick the tracks are heard in their order.
    let messages = tracks.flatMap(\.messages).enumerated().sorted {
      ($0.element.tick, $0.offset) < ($1.element.tick, $1.offset)
    }.map(\.element)
    return (Score(messages, clock: clock, end: tracks.map(\.end).max() ?? 0), clock)
  }

  /// Pairs key-downs with key-ups, in the order in which they were struck; what is never released ends with the file.
  private init(_ messages: [MIDITrack.Message], clock: MIDIClock, end: Int) {
    var notes: [Note] = []
    var pedals: [Pedal] = []
    var open: [Int: [Int]] = [:]
    for message in messages {
      let time = clock.seconds(message.tick)
      let voice = Int(message.channel) << 8 | Int(message.first)
      switch message.kind {
      case .noteOn where message.second > 0:
        open[voice, default: []].append(notes.count)
        notes.append(Note(key: message.first, velocity: message.second, start: time, end: .infinity))
      case .noteOn, .noteOff:
        guard var waiting = open[voice], !waiting.isEmpty else { continue }
        notes[waiting.removeFirst()].end = time
        open[voice] = waiting
      case .controller:
        if let kind = Pedal.Kind(rawValue: message.first) {
          pedals.append(Pedal(kind: kind, value: message.second, time: time))
        }
      }
    }
    let last = clock.seconds(end)
    for index in notes.indices where notes[index].end == .infinity { notes[index].end = max(last, notes[index].start) }
    self.init(notes: notes, pedals: pedals)
  }
}

/// MThd: the format, the number of tracks, and what a tick is.
struct MIDIHeader {
  enum Division: Equatable {
    case ticksPerQuarter(Int)
    /// SMPTE: frames a second (29 stands for 29.97) and ticks a frame.
    case ticksPerFrame(Int, framesPerSecond: Int)
  }

  let format: Int, tracks: Int
  let division: Division

  /// A whole file: the header, and its tracks.
  static func read(_ bytes: [UInt8]) throws(MIDIError) -> (header: MIDIHeader, tracks: [MIDITrack]) {
    var reader = MIDIBytes(bytes)
    let header = try MIDIHeader(&reader)
    var tracks: [MIDITrack] = []
    while tracks.count < header.tracks {
      guard let chunk = try reader.chunk() else {
        throw MIDIError(offset: reader.offset, expected: "\(header.tracks) tracks", found: "\(tracks.count)")
      }
      guard chunk.name == "MTrk" else { continue }
      var part = MIDIBytes(bytes, from: chunk.start, to: chunk.end)
      tracks.append(try MIDITrack(&part))
    }
    return (header, header.format == 2 ? MIDITrack.oneAfterTheOther(tracks) : tracks)
  }

  init(_ reader: inout MIDIBytes) throws(MIDIError) {
    guard reader.words(at: 0) == "MThd", let chunk = try reader.chunk() else {
      throw MIDIError(offset: 0, expected: "the header MThd", found: reader.words(at: 0))
    }
    var inside = reader.part(chunk.start, chunk.end)
    format = try inside.number(2)
    guard format <= 2 else { throw MIDIError(offset: 8, expected: "format 0, 1 or 2", found: "\(format)") }
    tracks = try inside.number(2)
    let word = try inside.number(2)
    if word & 0x8000 == 0 {
      division = .ticksPerQuarter(word)
    } else {
      division = .ticksPerFrame(word & 255, framesPerSecond: 256 - (word >> 8))
    }
    let isUsable =
      switch division {
      case .ticksPerQuarter(let ticks): ticks > 0
      case .ticksPerFrame(let ticks, let frames): ticks > 0 && [24, 25, 29, 30].contains(frames)
      }
    guard isUsable else {
      throw MIDIError(
        offset: 12, expected: "a division in ticks a quarter, or SMPTE at 24, 25, 29 or 30", found: "\(word)")
    }
  }
}

/// A file's tempo: from ticks to seconds, and from seconds to beats.
public struct MIDIClock: Sendable {
  private var changes: [(tick: Int, seconds: Double, perTick: Double)] = []
  private let ticksPerQuarter: Double

  init(_ division: MIDIHeader.Division, tempi: [(tick: Int, microseconds: Int)]) {
    switch division {
    case .ticksPerFrame(let ticks, let frames):
      let perSecond = frames == 29 ? 30000.0 / 1001 : Double(frames)
      changes = [(0, 0, 1 / (perSecond * Double(ticks)))]
      ticksPerQuarter = perSecond * Double(ticks) / 2
    case .ticksPerQuarter(let ticks):
      changes = [(0, 0, 0.5 / Double(ticks))]
      ticksPerQuarter = Double(ticks)
      for (_, tempo) in tempi.enumerated().sorted(by: { ($0.element.tick, $0.offset) < ($1.element.tick, $1.offset) }) {
        let perTick = Double(tempo.microseconds) * 1e-6 / Double(ticks)
        changes.append((tempo.tick, seconds(tempo.tick), perTick))
      }
    }
  }

  /// The time of a tick.
  func seconds(_ tick: Int) -> Double {
    let change = lastChange { $0.tick <= tick }
    return change.seconds + Double(tick - change.tick) * change.perTick
  }

  /// The quarter notes that a time of at least 0 seconds lies from the start. Files that count film frames have no
  /// quarters; theirs are half a second each.
  public func quarters(at seconds: Double) -> Double {
    let change = lastChange { $0.seconds <= seconds }
    return (Double(change.tick) + (seconds - change.seconds) / change.perTick) / ticksPerQuarter
  }

  /// The last change of those for which `isPast` holds: they come first; the first one counts as past.
  private func lastChange(_ isPast: ((tick: Int, seconds: Double, perTick: Double)) -> Bool)
    -> (tick: Int, seconds: Double, perTick: Double)
  {
    var low = 0
    var high = changes.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if isPast(changes[middle]) { low = middle } else { high = middle - 1 }
    }
    return changes[low]
  }
}
