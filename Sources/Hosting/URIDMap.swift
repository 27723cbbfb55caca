// URIDMap: numbers for URIs, as a host deals them out to its plugins. Any thread may ask.
import CLV2
import Glibc

/// The features urid:map and urid:unmap, valid as long as this object.
public final class URIDMap: @unchecked Sendable {
  public let map: UnsafeMutablePointer<LV2_URID_Map>
  public let unmap: UnsafeMutablePointer<LV2_URID_Unmap>
  private var numbers: [String: LV2_URID] = [:]
  private var names: [UnsafeMutablePointer<CChar>] = []
  private let lock: UnsafeMutablePointer<pthread_mutex_t>

  public init() {
    map = .allocate(capacity: 1)
    unmap = .allocate(capacity: 1)
    lock = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    let handle = Unmanaged.passUnretained(self).toOpaque()
    map.initialize(
      to: LV2_URID_Map(
        handle: handle,
        map: { handle, uri in
          guard let handle, let uri else { return 0 }
          return Unmanaged<URIDMap>.fromOpaque(handle).takeUnretainedValue()[String(cString: uri)]
        }))
    unmap.initialize(
      to: LV2_URID_Unmap(
        handle: handle,
        unmap: { handle, number in
          handle.flatMap { UnsafePointer(Unmanaged<URIDMap>.fromOpaque($0).takeUnretainedValue().name(number)) }
        }))
  }

  deinit {
    for name in names { free(name) }
    map.deallocate()
    unmap.deallocate()
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  /// The number of a URI: 1, 2, … in the order of asking.
  public subscript(uri: String) -> LV2_URID {
    locked {
      if let number = numbers[uri] { return number }
      names.append(strdup(uri))
      numbers[uri] = LV2_URID(names.count)
      return LV2_URID(names.count)
    }
  }

  /// The URI of a number; nil if nobody was given it.
  public func name(_ number: LV2_URID) -> UnsafeMutablePointer<CChar>? {
    locked { number > 0 && number <= names.count ? names[Int(number) - 1] : nil }
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return body()
  }
}
