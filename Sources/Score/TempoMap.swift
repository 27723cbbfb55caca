// TempoMap: tempo and meter of a MIDI file: from seconds to bars, beats and ticks.
// Performing needs seconds alone; this is for those who count along.

/// Where something is, as musicians count.
public struct MusicalPlace: Sendable, BitwiseCopyable, Equatable {
  /// Both from 1.
  public var bar: Int, beat: Int
  /// Within the beat, 0..<`TempoMap.ticksPerBeat`.
  public var tick: Double
  /// Ticks from the start of the score to the start of the bar.
  public var barStart: Double
  /// The meter: 6 and 8 for 6/8.
  public var beatsPerBar: Int, beatType: Int
  /// Beats of the meter, not quarters.
  public var beatsPerMinute: Double
}

/// A stretch of one tempo and one meter.
public struct TempoSegment: Sendable, BitwiseCopyable, Equatable {
  /// Where it begins: in seconds, and in quarters of the score.
  var start: Double, quarter: Double
  var secondsPerQuarter: Double
  var beatsPerBar: Int, beatType: Int
  /// The quarter at which the meter began, with which bar, and after how many beats of whatever meters.
  var meterQuarter: Double, meterBar: Int, meterBeats: Double

  /// The place of a moment in this stretch: beats = (quarters since the meter began) · type/4.
  @_noLocks @_noAllocation
  public func place(at seconds: Double) -> MusicalPlace {
    let quarters = quarter + (seconds - start) / secondsPerQuarter
    // A millionth of a beat is nobody's: it is what doubles lose of a beat that is whole.
    let beats = (quarters - meterQuarter) * Double(beatType) / 4 + 1e-6
    let whole = beats > 0 ? Int(beats) : 0
    let bars = whole / beatsPerBar
    let fraction = beats - 1e-6 - Double(whole)
    return MusicalPlace(
      bar: meterBar + bars, beat: whole - bars * beatsPerBar + 1,
      tick: fraction > 0 ? fraction * TempoMap.ticksPerBeat : 0,
      barStart: (meterBeats + Double(bars * beatsPerBar)) * TempoMap.ticksPerBeat, beatsPerBar: beatsPerBar,
      beatType: beatType, beatsPerMinute: 15 * Double(beatType) / secondsPerQuarter)
  }
}

/// Stretches of tempo and meter, one after the other.
public struct TempoMap: Sendable, Equatable {
  public static var ticksPerBeat: Double { @_noLocks @_noAllocation get { 1920 } }

  /// At least one; the first begins at 0.
  public let segments: [TempoSegment]

  /// 120 quarters a minute, in bars of four: what is meant where nothing is said.
  public init() {
    self.init([
      TempoSegment(
        start: 0, quarter: 0, secondsPerQuarter: 0.5, beatsPerBar: 4, beatType: 4, meterQuarter: 0, meterBar: 1,
        meterBeats: 0)
    ])
  }

  private init(_ segments: [TempoSegment]) { self.segments = segments }

  /// What a MIDI file says; a file that counts frames of a film says nothing about it.
  ///
  /// - Throws: as `Score(midi:)`.
  public init(midi bytes: [UInt8]) throws(MIDIError) {
    let (header, tracks) = try MIDIHeader.read(bytes)
    guard case .ticksPerQuarter(let ticks) = header.division else {
      self.init()
      return
    }
    let clock = MIDIClock(header.division, tempi: tracks.flatMap(\.tempi))
    let tempi = tracks.flatMap(\.tempi).map { (tick: $0.tick, tempo: Optional($0.microseconds), meter: (0, 0)) }
    let meters = tracks.flatMap(\.meters).map { (tick: $0.tick, tempo: Int?.none, meter: ($0.beats, 1 << $0.power)) }
    var segments = TempoMap().segments
    // Tempi come first: of what is said at one tick the last is true.
    for change in (tempi + meters).enumerated().sorted(by: {
      ($0.element.tick, $0.offset) < ($1.element.tick, $1.offset)
    }).map(\.element) {
      var next = segments.last!
      next.start = clock.seconds(change.tick)
      next.quarter = Double(change.tick) / Double(ticks)
      if let tempo = change.tempo {
        next.secondsPerQuarter = Double(tempo) * 1e-6
      } else {
        let beats = (next.quarter - next.meterQuarter) * Double(next.beatType) / 4
        next.meterBar += Int((beats / Double(next.beatsPerBar) - 1e-9).rounded(.up))
        next.meterBeats += beats
        next.meterQuarter = next.quarter
        (next.beatsPerBar, next.beatType) = change.meter
      }
      if segments.last!.quarter == next.quarter { segments.removeLast() }
      segments.append(next)
    }
    self.init(segments)
  }

  /// The place of a moment.
  public func place(at seconds: Double) -> MusicalPlace {
    segments.withUnsafeBufferPointer { TempoMap.place(at: seconds, $0.baseAddress!, $0.count) }
  }

  /// The same, for the audio thread.
  @_noLocks @_noAllocation
  public static func place(at seconds: Double, _ segments: UnsafePointer<TempoSegment>, _ count: Int) -> MusicalPlace {
    var low = 0
    var high = count &- 1
    while low < high {
      let middle = (low &+ high &+ 1) / 2
      if segments[middle].start <= seconds { low = middle } else { high = middle &- 1 }
    }
    return segments[low].place(at: seconds)
  }
}
