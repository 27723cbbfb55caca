// Interruption: SIGINT and SIGTERM become a wish that the work looks at between two steps. A second one ends at once.
import Glibc
import Synchronization

/// The wish to stop.
public enum Interruption {
  private static let pending = Atomic<Int32>(0)

  /// The signal that came; nil while none has.
  public static var signal: Int32? {
    let number = pending.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// From now on the two signals are wishes. A write past a limit on files becomes an error, as a full disk is.
  public static func listen() {
    // A parent may have left them blocked.
    var both = sigset_t()
    sigemptyset(&both)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&both, number)
      Glibc.signal(number) { number in
        Interruption.pending.store(number, ordering: .relaxed)
        Glibc.signal(number, SIG_DFL)
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &both, nil)
    Glibc.signal(SIGXFSZ, SIG_IGN)
  }
}
