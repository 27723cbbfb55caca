// AudeoLabels: which keys are down in each frame of a film, as Audeo's labels say, and the score that says the same.
// One pickle a film, {frame: 88 numbers}; or archives of 50 frames and the like, named 253-303.npz, which hold `midi`.
import Foundation
import Score
import Training

/// The 88 numbers of each frame that has some: 0 of a key that is up; of one that is down 1, or a velocity.
struct AudeoLabels {
  /// Frames a second, of all its films.
  static let rate = 25.0

  let frames: [Int: [UInt8]]
  /// Whether any number is more than 1.
  var tellsVelocities: Bool { frames.values.contains { $0.contains { $0 > 1 } } }

  /// - Throws: `DataError` with the path.
  init(pickle path: String) throws {
    let pickle: Pickle
    do { pickle = try PickleReader.read(try Self.bytes(path)) } catch let error as NotUnderstood {
      throw DataError("\(path): expected a pickle of labels, found: \(error)")
    }
    guard let pairs = pickle.pairs(pickle.value) else {
      throw DataError("\(path): expected a dictionary of frames, found something else")
    }
    var frames: [Int: [UInt8]] = [:]
    for (key, value) in pairs {
      guard let frame = key.wholeNumber, let label = pickle.numbers(value, count: Keyboard.keys.count) else {
        throw DataError("\(path): expected frames and the \(Keyboard.keys.count) numbers of each, found \(key)")
      }
      frames[frame] = label.map(Self.label)
    }
    self.frames = frames
  }

  /// - Parameter folder: of archives, each named by its first frame and the one after its last.
  /// - Throws: `DataError` with the path.
  init(archives folder: URL) throws {
    var frames: [Int: [UInt8]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() where name.hasSuffix(".npz") {
      let path = folder.appendingPathComponent(name).path
      let numbers = name.dropLast(4).split(separator: "-").map { Int($0) ?? -1 }
      do {
        guard numbers.count == 2, 0...1_000_000_000 ~= numbers[0] else {
          throw NotUnderstood("a name that is not like 253-303.npz")
        }
        guard let array = try NumberArchive(try Self.bytes(path)).arrays["midi"], array.shape.count == 2,
          array.shape[1] == Keyboard.keys.count
        else { throw NotUnderstood("no array `midi` of frames and \(Keyboard.keys.count) keys") }
        let values = array.values.map(Self.label)
        for row in 0..<array.shape[0] {
          frames[numbers[0] + row] = Array(values[row * Keyboard.keys.count..<(row + 1) * Keyboard.keys.count])
        }
      } catch let error as NotUnderstood {
        throw DataError("\(path): expected an archive of labels, found: \(error)")
      }
    }
    self.frames = frames
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else { throw DataError("\(path): cannot read") }
    return Array(data)
  }

  /// 0 of what is not above 0, or is no number; at least 1 of what is.
  private static func label(_ value: Double) -> UInt8 { value > 0 ? UInt8(min(max(value.rounded(), 1), 127)) : 0 }

  /// The score: a key is down from the time of the first frame that says so until half-way between the last one and
  /// the next. Where velocities are told, another one is another note.
  ///
  /// - Parameters:
  ///   - shown: the frames that there are, rising.
  ///   - times: theirs.
  func score(_ shown: [Int], times: [Double]) -> Score {
    let tells = tellsVelocities
    let half = 0.5 / Self.rate
    var notes: [Note] = []
    for key in 0..<Keyboard.keys.count {
      var held: (since: Int, value: UInt8)?
      for index in 0...shown.count {
        let value = index < shown.count ? frames[shown[index]]?[key] ?? 0 : 0
        guard value != held?.value ?? 0 else { continue }
        if let held {
          notes.append(
            Note(
              key: Keyboard.keys.lowerBound + UInt8(key), velocity: tells ? held.value : 64,
              // MIDI files keep times in ticks: a little before the frame is safely at it.
              start: max(0, times[held.since] - half / 5), end: times[index - 1] + half))
        }
        held = value > 0 ? (index, value) : nil
      }
    }
    return Score(notes: notes)
  }
}
