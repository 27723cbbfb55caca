// StageAudio: what the stage hands the host: the generator's samples, and fades where they are cut off or missing.
import Synchronization

extension Stage {
  /// Writes samples `done..<` of a cycle that ends at stream position `end`, as far as they are there.
  @_noLocks @_noAllocation
  func transfer(
    end: Int64, count: Int, done: Int, wait: Bool, _ left: UnsafeMutablePointer<Float>?,
    _ right: UnsafeMutablePointer<Float>?
  ) -> Int {
    var index = done
    var position = end &- Int64(count &- done)
    while index < count && position < 0 {
      put(state.pointee.emit(0), at: index, left, right)
      index &+= 1
      position &+= 1
    }
    guard index < count else { return index }
    let start = channel.samples.start(of: state.pointee.epoch)
    guard start >= 0 else { return index }
    channel.samples.want(from: start &+ position)
    // Asked before the stream's end: whoever rises has put that forward before.
    let silent = silentEnd(wait: wait)
    let ready = max(0, min(Int64(count &- index), channel.samples.end &- (start &+ position)))
    let still = max(0, min(Int64(count &- index), silent &- position) &- ready)
    guard ready &+ still > 0 else { return index }
    if state.pointee.starved {
      state.pointee.starved = false
      state.pointee.riseLeft = state.pointee.fade
    }
    for step in 0..<Int(ready) {
      put(
        state.pointee.emit(channel.samples.sample(at: start &+ position &+ Int64(step))), at: index &+ step, left, right
      )
    }
    for step in Int(ready)..<Int(ready &+ still) { put(state.pointee.emit(0), at: index &+ step, left, right) }
    channel.samples.want(from: start &+ position &+ ready &+ still)
    return index &+ Int(ready &+ still)
  }

  /// Where in the epoch the silence of a generator at rest ends: where the block of the first event begins that it has
  /// not seen. Zero while it is awake, and while somebody waits for a voice.
  @_noLocks @_noAllocation
  private func silentEnd(wait: Bool) -> Int64 {
    let seen = channel.reports.pointee.resting.load(ordering: .acquiring)
    guard seen >= 0 else { return 0 }
    if wait && channel.isLoading { return 0 }
    guard seen != channel.messages.pushed else { return 1 &<< 60 }
    let timing = state.pointee.timing
    let block = channel.messages.sample(ofMessage: seen) / Int64(timing.blockSamples)
    return timing.hostSamples(frames: block &* Int64(timing.blockFrames))
  }

  /// Fills what is missing of the cycle with the fading end of what was there.
  @_noLocks @_noAllocation
  func starve(
    end: Int64, count: Int, done: Int, _ left: UnsafeMutablePointer<Float>?, _ right: UnsafeMutablePointer<Float>?
  ) {
    guard done < count else { return }
    if !state.pointee.starved {
      state.pointee.starved = true
      state.pointee.cut()
    }
    for index in done..<count { put(state.pointee.emit(0), at: index, left, right) }
    let start = channel.samples.start(of: state.pointee.epoch)
    if start >= 0 { channel.samples.want(from: start &+ end) }
    channel.requests.pointee.missingSamples.wrappingAdd(Int64(count &- done), ordering: .relaxed)
  }

  @_noLocks @_noAllocation
  private func put(
    _ value: Float, at index: Int, _ left: UnsafeMutablePointer<Float>?, _ right: UnsafeMutablePointer<Float>?
  ) {
    if let left { left[index] = value }
    if let right { right[index] = value }
  }
}
