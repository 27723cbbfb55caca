// BackgroundThread: a POSIX thread that runs one closure and is joined.
// The host's signals are not delivered to it, and it has no priority until it asks for one, whoever starts it.
import CRealtime
import Glibc

/// A running thread.
package struct BackgroundThread: @unchecked Sendable {
  private final class Body {
    let name: String
    let run: @Sendable () -> Void
    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  private let handle: pthread_t

  /// Starts a thread; nil when the system has none left.
  package init?(name: String, _ run: @escaping @Sendable () -> Void) {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let body = Unmanaged.passRetained(Body(name: name, run: run))
    var handle = pthread_t()
    // A host's audio thread would otherwise hand on its own: what loads a voice must not stand in the way of what plays.
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    var usual = sched_param()
    pthread_attr_setinheritsched(&attributes, Int32(PTHREAD_EXPLICIT_SCHED))
    pthread_attr_setschedpolicy(&attributes, SCHED_OTHER)
    pthread_attr_setschedparam(&attributes, &usual)
    let error = pthread_create(
      &handle, &attributes,
      { argument in
        let body = Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue()
        fp_name_thread(body.name)
        body.run()
        return nil
      }, body.toOpaque())
    guard error == 0 else {
      body.release()
      return nil
    }
    self.handle = handle
  }

  /// Waits for its end; once.
  package func join() { pthread_join(handle, nil) }
}
