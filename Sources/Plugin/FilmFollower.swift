// FilmFollower: tells the generator where the film is: when the transport starts, stops or jumps, and as often as is needed
// where it does not go at the film's pace. In between the generator counts along.
import Performer

/// What the generator knows of the film.
struct FilmFollower: BitwiseCopyable {
  fileprivate var isRunning = false
  /// The film's next codec sample, as the generator has it.
  fileprivate var next: Double = 0
  /// When it was told: after another beginning it knows nothing.
  fileprivate var epoch: UInt32 = 0
}

extension Instance {
  /// Codec samples that the film may be off: 10 ms.
  private static var slack: Double { @_noLocks @_noAllocation get { 240 } }

  /// The transport's next `count` samples of this cycle. The film begins where the score does.
  @_noLocks @_noAllocation
  mutating func followFilm(_ count: Int) {
    guard isLed else { return }
    if follower.epoch != stage.epoch { follower.isRunning = false }
    guard transport.isRolling, controls.enabled.isOn, !film.isEmpty else {
      if follower.isRunning && stage.show(place: nil, offset: player.offset) { follower.isRunning = false }
      return
    }
    let ratio = Double(CodecClock.rate) / Double(rate)
    let place = transport.samples.since(player.start).now * ratio
    if !follower.isRunning || (place - follower.next).magnitude > Self.slack {
      // A day is further than any film.
      let whole = place.magnitude < 2e9 ? Int64(place < 0 ? place - 0.5 : place + 0.5) : 2_000_000_000
      guard stage.show(place: whole, offset: player.offset) else { return }
      follower.isRunning = true
      follower.next = Double(whole)
      follower.epoch = stage.epoch
    }
    follower.next += Double(count) * ratio
  }
}
