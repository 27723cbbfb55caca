// PackedWeight: a constant weight in panels, once in a process: programs that are recorded from the same weights share it.
// It lives as long as a program that reads it.
import Kernels
import Synchronization

/// A weight [outputs, inputs] as the tiles read it.
package final class PackedWeight: Sendable {
  let panels: Storage
  let type: fp_type
  /// Whose panels these are. Held, so that no other weight takes its place in memory.
  private let weight: Tensor

  /// Every packed weight that is in use.
  private static let known = Mutex<[Key: Entry]>([:])
  private struct Key: Hashable { let weight: ObjectIdentifier, type: UInt32, outputs: Int, inputs: Int }
  private struct Entry {
    weak var packed: PackedWeight?
    let identity: ObjectIdentifier
  }

  /// The panels of a weight that never changes, which are made unless some program has them.
  package static func of(_ weight: Tensor, precision: Precision) -> PackedWeight {
    let type = precision == .bfloat16 ? fp_bf16 : fp_f32
    return known.withLock { known in
      let key = key(weight, type)
      if let packed = known[key]?.packed { return packed }
      let packed = PackedWeight(weight, type)
      known[key] = Entry(packed: packed, identity: ObjectIdentifier(packed))
      return packed
    }
  }

  private init(_ weight: Tensor, _ type: fp_type) {
    self.weight = weight
    self.type = type
    panels = Storage((fp_packed_bytes(type, weight.shape[0], weight.shape[1]) + 3) / 4)
    fp_pack(type, weight.shape[0], weight.shape[1], weight.data, panels.data)
  }

  var data: UnsafeMutablePointer<Float> { panels.data }

  private static func key(_ weight: Tensor, _ type: fp_type) -> Key {
    Key(
      weight: ObjectIdentifier(weight.storage), type: UInt32(type.rawValue), outputs: weight.shape[0],
      inputs: weight.shape[1])
  }

  deinit {
    Self.known.withLock { known in
      let key = Self.key(weight, type)
      // Another thread may have packed the weight anew by now.
      if known[key]?.identity == ObjectIdentifier(self) { known[key] = nil }
    }
  }
}
