// Player: a score on a MIDI port, at its own pace or where a transport is. What a cycle does is in PlayerCycle;
// here are its memory, made before and freed after, and what others may know of it.
import CJack
import Score
import Synchronization

/// What is to be played, and how: times in frames of the server's.
public struct PlayerPlan: BitwiseCopyable, Sendable {
  /// Whether the transport says where; else the player begins at `start`, once and at once.
  public var follows = false
  /// Whether this client tells bars and beats.
  public var isMaster = false
  /// 0…15.
  public var channel: UInt8 = 0
  public var start: Int64 = 0
  /// From here on nothing is played.
  public var end = Int64.max
  /// From `end` it goes back to here; negative: it does not.
  public var loopStart: Int64 = -1

  public init() {}
}

/// What the player tells of itself.
public struct PlayerReport: Sendable {
  public let isRolling: Bool
  /// The frame after the last one that was played.
  public let position: Int64
  /// The keys that are down, and the sustain pedal's value.
  public let keys: UInt128
  public let sustain: UInt8
  /// It has come to its end.
  public let isOver: Bool
  /// It has let go of everything, as it was asked to, and plays no more.
  public let hasLeft: Bool

  public init(isRolling: Bool, position: Int64, keys: UInt128, sustain: UInt8, isOver: Bool, hasLeft: Bool) {
    (self.isRolling, self.position, self.keys, self.sustain) = (isRolling, position, keys, sustain)
    (self.isOver, self.hasLeft) = (isOver, hasLeft)
  }
}

/// The words between the audio thread and everybody else.
struct PlayerWords: ~Copyable {
  let isBegun = Atomic<Bool>(false)
  let leaves = Atomic<Bool>(false)
  let hasLeft = Atomic<Bool>(false)
  let isOver = Atomic<Bool>(false)
  let isRolling = Atomic<Bool>(false)
  let position = Atomic<Int64>(0)
  let lowKeys = Atomic<UInt64>(0), highKeys = Atomic<UInt64>(0)
  let sustain = Atomic<UInt8>(0)
}

/// A score on a port of a client's. Close the client first, then the player.
public final class Player {
  public let port: Port
  private let score: ScoreChase
  private let words: UnsafeMutablePointer<PlayerWords>
  private let cycle: UnsafeMutablePointer<PlayerCycle>
  private let scratch: UnsafeMutablePointer<PerformanceEvent>
  private let tempo: UnsafeMutablePointer<TempoSegment>
  private var isOpen = true

  /// Gives an open client, which is not active yet, a port that plays.
  public init(_ client: Client, score: Score, tempo map: TempoMap, plan: PlayerPlan) throws(JACKError) {
    let port = try client.port("midi_out", .midi, .output)
    self.port = port
    let score = ScoreChase(score.events(sampleRate: client.sampleRate))
    self.score = score
    words = .allocate(capacity: 1)
    words.initialize(to: PlayerWords())
    words.pointee.position.store(plan.start, ordering: .relaxed)
    scratch = .allocate(capacity: HeldState.capacity)
    tempo = .allocate(capacity: map.segments.count)
    tempo.initialize(from: map.segments, count: map.segments.count)
    cycle = .allocate(capacity: 1)
    cycle.initialize(
      to: PlayerCycle(
        port: port, transport: client.transport, score: score, scratch: scratch, words: words, plan: plan,
        tempo: tempo, tempoCount: map.segments.count, rate: Double(client.sampleRate)))
    cjack_on_process(
      client.handle,
      { frames, context in
        context!.assumingMemoryBound(to: PlayerCycle.self).pointee.run(frames)
        return 0
      }, cycle)
    if plan.follows {
      cjack_on_sync(
        client.handle,
        { state, position, context in
          let frame = Int64(cjack_frame(position!))
          return context!.assumingMemoryBound(to: PlayerCycle.self).pointee.isReady(state, frame) ? 1 : 0
        }, cycle)
    }
    if plan.isMaster {
      let error = cjack_on_timebase(
        client.handle,
        { _, _, position, _, context in
          context!.assumingMemoryBound(to: PlayerCycle.self).pointee.tellBeats(position!)
        }, cycle)
      guard error == 0 else { throw JACKError(.refused, "the JACK server has another timebase master") }
    }
  }

  deinit {
    score.deallocate()
    scratch.deallocate()
    tempo.deallocate()
    cycle.deallocate()
    words.deinitialize(count: 1)
    words.deallocate()
  }

  public var report: PlayerReport {
    PlayerReport(
      isRolling: words.pointee.isRolling.load(ordering: .relaxed),
      position: words.pointee.position.load(ordering: .relaxed),
      keys: UInt128(words.pointee.highKeys.load(ordering: .relaxed)) << 64
        | UInt128(words.pointee.lowKeys.load(ordering: .relaxed)),
      sustain: words.pointee.sustain.load(ordering: .relaxed),
      isOver: words.pointee.isOver.load(ordering: .acquiring),
      hasLeft: words.pointee.hasLeft.load(ordering: .acquiring))
  }

  /// Has it play: when those who should hear it are connected.
  public func begin() { words.pointee.isBegun.store(true, ordering: .releasing) }

  /// Has it let go of all keys and pedals in the next cycle, for good.
  public func leave() { words.pointee.leaves.store(true, ordering: .releasing) }
}
