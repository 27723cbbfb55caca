// BlockInstrument: whatever turns events into audio a block of codec frames at a time.
// The performer knows the voice only as this.
import Score

/// What the performer plays: audio in blocks of codec frames, from events, with its own state.
///
/// It is made on one thread and played on another, never on two at once.
public protocol BlockInstrument: AnyObject {
  /// Samples a second: 24,000.
  var sampleRate: Int { get }
  /// Samples a codec frame: 320.
  var hop: Int { get }

  /// Whether it sounds without being played: a film leads it, or words alone.
  ///
  /// - Parameter place: samples since the film's beginning; nil where no film runs.
  func outlook(filmAt place: Int64?) -> Outlook

  /// What whoever asked for it should know; empty for nothing.
  var remark: String { get }

  /// Makes blocks of `frames` frames ready, memory touched and all, so that the first of them is as fast as the rest.
  ///
  /// It may take its time, forgets the past, and comes before the first `render` and before blocks of another size:
  /// for a voice just opened on the thread that opened it.
  func prepare(frames: Int)

  /// Forgets the past: silence stands before the next block, all keys and pedals are up.
  func reset()

  /// Renders `frames` frames from absolute frame `frame` into `audio` (`frames · hop` samples, one channel).
  ///
  /// The audio depends on the calls since `reset` only.
  ///
  /// - Parameter events: sorted by sample, inside the block; those at one sample are in the order of their arrival.
  /// - Returns: true while anything still sounds after this block.
  func render(
    frame: Int64, frames: Int, events: UnsafeBufferPointer<PerformanceEvent>, settings: PerformanceSettings,
    into audio: UnsafeMutablePointer<Float>
  ) -> Bool
}

/// What is to be heard of an instrument that nobody plays.
public enum Outlook: Sendable {
  /// Nothing, until it is played.
  case silence
  /// Something, as the film goes on.
  case later
  /// Something by now.
  case sound
}

extension BlockInstrument {
  /// It has to be played.
  public func outlook(filmAt place: Int64?) -> Outlook { .silence }

  public var remark: String { "" }

  /// Nothing to make ready.
  public func prepare(frames: Int) {}
}

/// What a musician may change while a voice plays; it takes effect at a block's boundary.
public struct PerformanceSettings: BitwiseCopyable, Sendable, Equatable {
  /// Steps of the flow: more is finer and slower.
  public var steps: Int32
  /// The weight of the condition: 1 is none beyond the model's own.
  public var guidance: Float
  /// What the noise is drawn from.
  public var seed: UInt64

  @_noLocks @_noAllocation
  public init(steps: Int32 = 4, guidance: Float = 1, seed: UInt64 = 1) {
    self.steps = steps
    self.guidance = guidance
    self.seed = seed
  }

  /// Equality to the bit, for the audio thread; a guidance that is not a number equals itself.
  @_noLocks @_noAllocation
  func equals(_ other: PerformanceSettings) -> Bool {
    steps == other.steps && guidance.bitPattern == other.guidance.bitPattern && seed == other.seed
  }
}
