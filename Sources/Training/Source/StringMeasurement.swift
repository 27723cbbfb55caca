// StringMeasurement: the string table, measured on single notes: each key struck at several velocities.
// Keys are measured on several threads; what is found does not depend on how many.
import Codec
import Foundation
import Score
import Synchronization
import Tensors

/// Measures the strings of one piano.
public struct StringMeasurement {
  /// Seconds that a probe note is held, and from one note to the next.
  static let held = 5.4, spacing = 6.0
  /// Keys that are played at once by one run of the synthesiser.
  private static let group = 11

  private let synthesiser: FluidSynth
  private let configuration: SourceConfiguration

  public init(_ synthesiser: FluidSynth, _ configuration: SourceConfiguration) {
    self.synthesiser = synthesiser
    self.configuration = configuration
  }

  /// What was measured.
  public struct Result: Sendable {
    /// By name, as a voice stores them below `source`.
    public let tables: [String: Tensor]
    /// Samples from the event to the strike, as most keys have it.
    public let lag: Int
    public let dampers: [Damper]
  }

  /// - Parameters:
  ///   - threads: at work.
  ///   - progress: told after each key how many are done.
  public func measure(scratch: URL, threads: Int, progress: @escaping @Sendable (Int) -> Void) throws -> Result {
    let pool = WorkerPool(threads: threads)
    defer { pool.close() }
    let notes = try probes(scratch: scratch, pool)
    let lags = notes.flatMap { $0.map(\.lag) }.sorted()
    let lag = lags[lags.count / 2]
    let dampers = try DamperMeasurement(synthesiser).measure(velocities: configuration.velocities, scratch: scratch)
    let velocities = configuration.velocities.count
    let components = configuration.partials * configuration.modes
    let tables = Tables(velocities: velocities, partials: configuration.partials, modes: configuration.modes)
    let done = Mutex(0)
    pool.run(88) { [configuration] index in
      // The second loudest: strong partials, and no hammer that rattles.
      let clearest = max(0, velocities - 2)
      let tuning = StringTuning(notes[index][clearest], key: index, partials: configuration.partials)
      for p in 1...configuration.partials {
        let guess = StringTable.partial(p, fundamental: tuning.frequency, inharmonicity: tuning.inharmonicity)
        let place = (p - 1) * configuration.modes
        for mode in 0..<configuration.modes { tables.frequency[index * components + place + mode] = Float(guess) }
        guard guess < 0.47 * ProbeNote.rate,
          let found = PartialFit(
            notes[index], clearest: clearest, near: guess, fundamental: tuning.frequency, from: lag,
            modes: configuration.modes)
        else { continue }
        for (mode, one) in found.modes.enumerated() {
          tables.frequency[index * components + place + mode] = Float(one.frequency)
          tables.decay[index * components + place + mode] = Float(one.decay)
          for velocity in 0..<velocities {
            let at = (index * velocities + velocity) * components + place + mode
            tables.level[at] = Float(one.levels[velocity])
            tables.phase[at] = Float(one.phases[velocity])
          }
        }
      }
      progress(
        done.withLock {
          $0 += 1
          return $0
        })
    }
    return Result(tables: tables.named, lag: lag, dampers: dampers)
  }

  /// The notes of every key at every velocity.
  private func probes(scratch: URL, _ pool: WorkerPool) throws -> [[ProbeNote]] {
    let groups = 88 / Self.group
    let made = Mutex([[[ProbeNote]]](repeating: [], count: groups))
    let fault = Mutex<(any Error)?>(nil)
    pool.run(groups) { [configuration, synthesiser] group in
      let keys = group * Self.group..<(group + 1) * Self.group
      let pairs = keys.flatMap { key in configuration.velocities.map { (key, $0) } }
      let notes = pairs.enumerated().map { place, pair in
        Note(
          key: UInt8(pair.0 + 21), velocity: UInt8(pair.1), start: Double(place) * Self.spacing,
          end: Double(place) * Self.spacing + Self.held)
      }
      do {
        let folder = scratch.appendingPathComponent(String(group))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let sound = try synthesiser.render(
          FluidSynth.exact(Score(notes: notes)), seconds: Double(notes.count) * Self.spacing, scratch: folder)
        let length = Int(Self.spacing * ProbeNote.rate)
        let all = notes.indices.map { ProbeNote(sound[$0 * length..<($0 + 1) * length]) }
        let count = configuration.velocities.count
        made.withLock {
          $0[group] = (0..<Self.group).map { Array(all[$0 * count..<($0 + 1) * count]) }
        }
      } catch { fault.withLock { $0 = $0 ?? error } }
    }
    if let error = fault.withLock({ $0 }) { throw error }
    return made.withLock { $0.flatMap { $0 } }
  }
}

/// The table as it is filled: every key writes to places of its own.
private struct Tables: Sendable {
  let frequency: Tensor, decay: Tensor, level: Tensor, phase: Tensor

  /// What is not heard is silent.
  init(velocities: Int, partials: Int, modes: Int) {
    frequency = Tensor(zeros: Shape(88, partials, modes))
    decay = Tensor(repeating: 3, Shape(88, partials, modes))
    level = Tensor(repeating: PartialFit.silence, Shape(88, velocities, partials, modes))
    phase = Tensor(zeros: Shape(88, velocities, partials, modes))
  }

  var named: [String: Tensor] { ["frequency": frequency, "decay": decay, "level": level, "phase": phase] }
}
