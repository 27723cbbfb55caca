// MIDITrack: the messages of one MTrk chunk: running status undone, system exclusive and unknown meta events passed over.

/// What a piano hears of a track.
struct MIDITrack {
  struct Message {
    enum Kind { case noteOff, noteOn, controller }
    var tick: Int
    let kind: Kind
    let channel: UInt8, first: UInt8, second: UInt8
  }

  private(set) var messages: [Message] = []
  private(set) var tempi: [(tick: Int, microseconds: Int)] = []
  /// Time signatures: beats a bar, and the power of two that a beat is a fraction of a whole note.
  private(set) var meters: [(tick: Int, beats: Int, power: Int)] = []
  /// The tick of its last event.
  private(set) var end = 0

  /// Reads the chunk to its end, or to its end-of-track event.
  init(_ reader: inout MIDIBytes) throws(MIDIError) {
    var status: Int?
    while !reader.isAtEnd {
      // Ticks stay below 2⁵³, where a double is exact: a chunk has fewer than 2³² events of 28 bits each.
      end += try reader.variable()
      let at = reader.offset
      let first = try reader.number(1)
      switch first {
      case 0xFF:
        status = nil
        let kind = try reader.number(1)
        let length = try reader.variable()
        let start = reader.offset
        try reader.skip(length)
        if kind == 0x2F { return }
        if kind == 0x51, length >= 3 {
          var data = reader.part(start, start + 3)
          let tempo = try data.number(3)
          if tempo > 0 { tempi.append((end, tempo)) }
        }
        if kind == 0x58, length >= 2 {
          var data = reader.part(start, start + 2)
          let (beats, power) = (try data.number(1), try data.number(1))
          if beats > 0, power <= 6 { meters.append((end, beats, power)) }
        }
      case 0xF0, 0xF7:
        status = nil
        try reader.skip(try reader.variable())
      case 0xF1...0xFE:
        throw MIDIError(offset: at, expected: "an event", found: "the system message \(first)")
      case 0x80...:
        status = first
        try channelMessage(first, try reader.data(), &reader)
      default:
        guard let status else {
          throw MIDIError(offset: at, expected: "a status byte", found: "the data byte \(first)")
        }
        try channelMessage(status, UInt8(first), &reader)
      }
    }
  }

  private mutating func channelMessage(_ status: Int, _ first: UInt8, _ reader: inout MIDIBytes) throws(MIDIError) {
    let hasOne = status >> 4 == 0xC || status >> 4 == 0xD
    let second = hasOne ? 0 : try reader.data()
    let channel = UInt8(status & 15)
    let kind: Message.Kind? =
      switch status >> 4 {
      case 0x8: .noteOff
      case 0x9: .noteOn
      case 0xB: .controller
      default: nil
      }
    if let kind { messages.append(Message(tick: end, kind: kind, channel: channel, first: first, second: second)) }
  }

  /// Tracks of format 2, each begun where the last one ended.
  static func oneAfterTheOther(_ tracks: [MIDITrack]) -> [MIDITrack] {
    var start = 0
    return tracks.map { track in
      var moved = track
      for index in moved.messages.indices { moved.messages[index].tick += start }
      moved.tempi = moved.tempi.map { (start + $0.tick, $0.microseconds) }
      moved.meters = moved.meters.map { (start + $0.tick, $0.beats, $0.power) }
      moved.end += start
      start = moved.end
      return moved
    }
  }
}

/// Bytes, read in order and never beyond their end.
struct MIDIBytes {
  private let bytes: [UInt8]
  private(set) var offset: Int
  private let end: Int

  init(_ bytes: [UInt8]) { self.init(bytes, from: 0, to: bytes.count) }

  init(_ bytes: [UInt8], from: Int, to: Int) {
    self.bytes = bytes
    offset = from
    end = to
  }

  var isAtEnd: Bool { offset >= end }

  func part(_ from: Int, _ to: Int) -> MIDIBytes { MIDIBytes(bytes, from: from, to: to) }

  /// A whole number of `count` bytes, the highest first.
  mutating func number(_ count: Int) throws(MIDIError) -> Int {
    var value = 0
    for _ in 0..<count {
      guard offset < end else { throw MIDIError(offset: offset, expected: "a byte", found: "the end") }
      value = value << 8 | Int(bytes[offset])
      offset += 1
    }
    return value
  }

  /// A data byte, 0…127.
  mutating func data() throws(MIDIError) -> UInt8 {
    let at = offset
    let value = try number(1)
    guard value < 128 else { throw MIDIError(offset: at, expected: "a data byte", found: "the status \(value)") }
    return UInt8(value)
  }

  /// A number of at most four bytes, seven bits each.
  mutating func variable() throws(MIDIError) -> Int {
    let at = offset
    var value = 0
    for _ in 0..<4 {
      let byte = try number(1)
      value = value << 7 | byte & 127
      if byte < 128 { return value }
    }
    throw MIDIError(offset: at, expected: "a number of at most four bytes", found: "a longer one")
  }

  mutating func skip(_ count: Int) throws(MIDIError) {
    guard count <= end - offset else {
      throw MIDIError(offset: offset, expected: "\(count) more bytes", found: "\(max(0, end - offset))")
    }
    offset += count
  }

  /// The next chunk: its name, and where its contents lie. Nil at the end.
  mutating func chunk() throws(MIDIError) -> (name: String, start: Int, end: Int)? {
    guard !isAtEnd else { return nil }
    let name = words(at: offset)
    _ = try number(4)
    let length = try number(4)
    let start = offset
    try skip(length)
    return (name, start, offset)
  }

  /// Four bytes as letters, for messages.
  func words(at start: Int) -> String {
    guard start < end else { return "nothing" }
    return String(decoding: bytes[start..<min(start + 4, end)].map { 32...126 ~= $0 ? $0 : 63 }, as: UTF8.self)
  }
}
