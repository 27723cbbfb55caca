// Score: what to perform, in seconds: notes with velocity, and pedals. Read from MIDI, predicted from video, or composed.

/// A note.
public struct Note: Sendable, Equatable, BitwiseCopyable {
  /// MIDI key 0…127 and velocity 1…127.
  public var key: UInt8, velocity: UInt8
  /// Seconds: when the key goes down, and when it comes up.
  public var start: Double, end: Double

  public init(key: UInt8, velocity: UInt8, start: Double, end: Double) {
    self.key = key
    self.velocity = velocity
    self.start = start
    self.end = end
  }
}

/// A pedal moves.
public struct Pedal: Sendable, Equatable, BitwiseCopyable {
  public enum Kind: UInt8, Sendable, BitwiseCopyable {
    case sustain = 64
    case sostenuto = 66
    case soft = 67
  }

  public var kind: Kind
  /// 0 (up) … 127 (down).
  public var value: UInt8
  /// Seconds.
  public var time: Double

  public init(kind: Kind, value: UInt8, time: Double) {
    self.kind = kind
    self.value = value
    self.time = time
  }
}

/// A performance: notes and pedals, in order of time.
public struct Score: Sendable, Equatable {
  public var notes: [Note]
  public var pedals: [Pedal]

  public init(notes: [Note] = [], pedals: [Pedal] = []) {
    self.notes = notes.sorted { ($0.start, $0.key) < ($1.start, $1.key) }
    self.pedals = pedals.sorted { $0.time < $1.time }
  }

  /// Seconds until the last key is up and the last pedal has moved.
  public var duration: Double { max(notes.map(\.end).max() ?? 0, pedals.map(\.time).max() ?? 0) }

  /// The events of the performance on a clock of `sampleRate`, in order; at one sample keys come up and pedals move
  /// before keys go down.
  public func events(sampleRate: Int = 24000) -> [PerformanceEvent] {
    func sample(_ time: Double) -> Int64 { Int64((time * Double(sampleRate)).rounded()) }
    var events: [PerformanceEvent] = []
    events.reserveCapacity(2 * notes.count + pedals.count)
    for note in notes {
      let start = sample(note.start)
      events.append(PerformanceEvent(sample: start, kind: .noteOn, key: note.key, value: note.velocity))
      let end = max(start + 1, sample(note.end))
      events.append(PerformanceEvent(sample: end, kind: .noteOff, key: note.key))
    }
    for pedal in pedals {
      let kind: PerformanceEvent.Kind =
        switch pedal.kind {
        case .sustain: .sustain
        case .sostenuto: .sostenuto
        case .soft: .soft
        }
      events.append(PerformanceEvent(sample: sample(pedal.time), kind: kind, value: pedal.value))
    }
    return events.enumerated().sorted {
      ($0.element.sample, $0.element.kind.rawValue, $0.offset) < (
        $1.element.sample, $1.element.kind.rawValue, $1.offset
      )
    }.map(\.element)
  }

  /// The part from `from` to `to` seconds, begun as it would sound: pedals stand as they stood, held notes are struck.
  public func slice(from: Double, to: Double) -> Score {
    let inside = notes.filter { $0.end > from && $0.start < to }.map { note in
      Note(key: note.key, velocity: note.velocity, start: max(0, note.start - from), end: min(note.end, to) - from)
    }
    var moves = pedals.filter { $0.time > from && $0.time < to }.map {
      Pedal(kind: $0.kind, value: $0.value, time: $0.time - from)
    }
    for kind in [Pedal.Kind.sustain, .sostenuto, .soft] {
      if let last = pedals.last(where: { $0.kind == kind && $0.time <= from }), last.value > 0 {
        moves.append(Pedal(kind: kind, value: last.value, time: 0))
      }
    }
    return Score(notes: inside, pedals: moves)
  }
}
