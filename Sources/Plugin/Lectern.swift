// Lectern: where the score lies that the audio thread performs. The courier lays another one beside it,
// the audio thread takes that when it comes by, and hands back what it had: the courier alone makes and frees.
import Synchronization

/// Shared by plain copies of this value until `deallocate`.
struct Lectern: BitwiseCopyable {
  typealias Table = UnsafeMutablePointer<ScoreTable>

  /// The audio thread's own.
  private let open: UnsafeMutablePointer<Table?>
  private let offered: UnsafeMutablePointer<Atomic<Table?>>
  private let returned: UnsafeMutablePointer<Atomic<Table?>>
  /// The edition of the path that was looked at last, whatever became of it.
  private let edition: UnsafeMutablePointer<Atomic<Int>>

  init() {
    open = .allocate(capacity: 1)
    open.initialize(to: nil)
    offered = .allocate(capacity: 1)
    offered.initialize(to: Atomic(nil))
    returned = .allocate(capacity: 1)
    returned.initialize(to: Atomic(nil))
    edition = .allocate(capacity: 1)
    edition.initialize(to: Atomic(0))
  }

  /// Frees all scores; nobody may perform any more.
  func deallocate() {
    collect()
    if let table = offered.pointee.exchange(nil, ordering: .acquiring) { ScoreTable.free(table) }
    if let table = open.pointee { ScoreTable.free(table) }
    open.deallocate()
    offered.deinitialize(count: 1).deallocate()
    returned.deinitialize(count: 1).deallocate()
    edition.deinitialize(count: 1).deallocate()
  }

  /// The score that is performed.
  var table: Table? { @_noLocks @_noAllocation get { open.pointee } }

  /// What `settle` was last told.
  var settled: Int { @_noLocks @_noAllocation get { edition.pointee.load(ordering: .acquiring) } }

  /// Whether the score before has been collected.
  var isFree: Bool { @_noLocks @_noAllocation get { returned.pointee.load(ordering: .acquiring) == nil } }

  /// For the audio thread: takes the new score, if there is one. The old one must have been handed back and collected.
  @_noLocks @_noAllocation
  func turn() -> Bool {
    guard offered.pointee.load(ordering: .relaxed) != nil, returned.pointee.load(ordering: .acquiring) == nil,
      let table = offered.pointee.exchange(nil, ordering: .acquiring)
    else { return false }
    returned.pointee.store(open.pointee, ordering: .releasing)
    open.pointee = table
    return true
  }

  /// For the courier: lays out another score; one that nobody took is gone.
  func offer(_ table: Table) {
    if let old = offered.pointee.exchange(table, ordering: .acquiringAndReleasing) { ScoreTable.free(old) }
  }

  /// For the courier: what was asked for in this edition is there, or will not be.
  func settle(_ number: Int) { edition.pointee.store(number, ordering: .releasing) }

  /// For the courier: frees what was handed back.
  func collect() {
    if let table = returned.pointee.exchange(nil, ordering: .acquiring) { ScoreTable.free(table) }
  }
}
