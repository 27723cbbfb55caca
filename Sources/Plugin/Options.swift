// Options: the host's usual buffer length, from which the latency follows.
// Read when the host instantiates; later changes are looked at and politely declined where they would move the latency.
import CLV2

/// What of the options concerns us.
struct Options {
  /// Samples a buffer usually has; hosts that say nothing are taken to use few.
  private(set) var nominalBlock = 1024

  init(_ list: UnsafePointer<LV2_Options_Option>?, _ urids: URIDs) {
    guard var entry = list else { return }
    var maximal: Int?
    var nominal: Int?
    // The list ends with an entry of zeros.
    while entry.pointee.key != 0 || entry.pointee.value != nil {
      let length = Self.length(entry.pointee, urids)
      if entry.pointee.key == urids.nominalBlockLength { nominal = length }
      if entry.pointee.key == urids.maximalBlockLength { maximal = length }
      entry += 1
    }
    if let length = nominal ?? maximal { nominalBlock = min(length, 8192) }
  }

  /// The option as a length; nil where it is none.
  static func length(_ option: LV2_Options_Option, _ urids: URIDs) -> Int? {
    guard option.type == urids.int, option.size == 4, let value = option.value else { return nil }
    let length = Int(value.loadUnaligned(as: Int32.self))
    return length > 0 ? length : nil
  }
}
