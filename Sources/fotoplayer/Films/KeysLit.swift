// KeysLit: a copy of a film in which the keys that were seen to be down are lit, picture for picture at the film's own times.
import Film
import Foundation
import Keyboards
import Scenery
import Score
import Watching

enum KeysLit {
  /// Longer sides are made smaller.
  private static let side = 1280

  /// - Parameters:
  ///   - place: of the keys, in points of the film as it is shown.
  ///   - range: the part to copy.
  static func write(
    _ path: String, film source: String, _ place: KeyboardPlace, _ roll: WatchedRoll, range: Range<Double>?,
    isQuiet: Bool
  ) throws {
    let film = try FilmReader(source, size: .within(side), colours: .rgb, range: range)
    let scale = Float(film.width) / Float(max(1, film.information.width))
    let lights = try KeyLights(place.scaled(scale), width: film.width, height: film.height)
    let rate = film.information.frameRate ?? FrameRate(25)
    // Fine enough for films whose pictures come when they like.
    let writer = try FilmWriter(path, width: film.width, height: film.height, frameRate: rate, ticks: 1000)
    var sounding = Sounding(roll)
    var step = Step(
      "lighting keys",
      seconds: film.information.duration.map { min($0, range?.upperBound ?? $0) - (range?.lowerBound ?? 0) },
      isQuiet: isQuiet)
    defer { step.finish() }
    do {
      while let (time, picture) = try film.next() {
        guard range?.contains(time) ?? true else { continue }
        let (notes, sustain) = sounding.at(time)
        try writer.write(lights.lit(picture, at: time, notes: notes, sustain: sustain), at: time)
        try step.show(time - (range?.lowerBound ?? 0))
      }
    } catch let error as FilmError where error.path == source && writer.frames > 0 {
      // It was said when the film was watched.
    }
    step.complete()
    try writer.close()
  }

  /// The notes that are down, at times that rise.
  private struct Sounding {
    private let notes: [Note], pedals: [Pedal]
    private let doubts: Set<DoubtfulNotes.Key>
    private var next = 0, nextPedal = 0
    private var held: [Note] = []
    private var sustain: UInt8 = 0

    init(_ roll: WatchedRoll) {
      notes = roll.score.notes
      pedals = roll.score.pedals.filter { $0.kind == .sustain }
      doubts = DoubtfulNotes(roll).keys
    }

    mutating func at(_ time: Double) -> ([(note: Note, isDoubtful: Bool)], UInt8) {
      while next < notes.count, notes[next].start <= time {
        held.append(notes[next])
        next += 1
      }
      held.removeAll { $0.end <= time }
      while nextPedal < pedals.count, pedals[nextPedal].time <= time {
        sustain = pedals[nextPedal].value
        nextPedal += 1
      }
      return (held.map { ($0, doubts.contains(DoubtfulNotes.Key($0))) }, sustain)
    }
  }
}

/// Which notes of a roll are doubtful.
struct DoubtfulNotes {
  struct Key: Hashable {
    let key: UInt8, start: Double
    init(_ note: Note) { (key, start) = (note.key, note.start) }
    init(_ key: UInt8, _ start: Double) { (self.key, self.start) = (key, start) }
  }

  let keys: Set<Key>

  init(_ roll: WatchedRoll) { keys = Set(roll.doubts.map { Key($0.key, $0.time) }) }

  func contains(_ note: Note) -> Bool { keys.contains(Key(note)) }
}
