// RollClasses: frames by what sounds in them, so that rare keys are drawn as often as those that everybody plays.
// As Audeo's sampler (Su, Liu and Shlizerman 2020): a class is drawn first, of those that occur, then a frame of it.
import Conditioning
import Evaluation
import Score

/// The frames of some clips by classes.
struct RollClasses: Sendable {
  /// A frame of a clip.
  struct Place: Sendable, Equatable {
    let clip: UInt32, frame: UInt32
  }

  private let classes: [[Place]]

  /// A class for each key that is down, and one for silence.
  ///
  /// - Parameter clips: indices of those that may be drawn.
  init(_ set: RollSet, clips: [Int]) {
    var classes = [[Place]](repeating: [], count: StripGeometry.keys + 1)
    for index in clips {
      let clip = set.clips[index]
      for (frame, keys) in clip.coarse.keysDown(at: clip.times).enumerated() {
        let place = Place(clip: UInt32(index), frame: UInt32(frame))
        if keys.isEmpty { classes[StripGeometry.keys].append(place) }
        for key in 0..<StripGeometry.keys where keys.contains(UInt8(key) + Keyboard.keys.lowerBound) {
          classes[key].append(place)
        }
      }
    }
    self.classes = classes.filter { !$0.isEmpty }
  }

  /// The frames of some clips by what the right foot does: it holds the pedal down, leaves it up, or moves it.
  init(feet set: RollSet, clips: [Int]) {
    var classes = [[Place]](repeating: [], count: 3)
    for index in clips {
      let clip = set.clips[index]
      let now = clip.fine.isDown(.sustain, at: clip.times)
      let soon = clip.fine.isDown(.sustain, at: clip.times.map { $0 + 0.12 })
      let late = clip.fine.isDown(.sustain, at: clip.times.map { $0 - 0.12 })
      for frame in clip.times.indices {
        let kind = late[frame] != soon[frame] ? 2 : now[frame] ? 1 : 0
        classes[kind].append(Place(clip: UInt32(index), frame: UInt32(frame)))
      }
    }
    self.classes = classes.filter { !$0.isEmpty }
  }

  var isEmpty: Bool { classes.isEmpty }
  /// How many classes occur.
  var count: Int { classes.count }

  func drawn(_ random: inout ShardRandom) -> Place {
    let frames = classes[random.integer(in: 0..<classes.count)]
    return frames[random.integer(in: 0..<frames.count)]
  }
}
