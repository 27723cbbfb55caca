// ShortNumbers: float32 in JSON with the few digits that tell it from its neighbours: 0.95, not 0.949999988079071.
import Tensors

extension JSON {
  /// The shortest decimal that reads back as the same float32.
  init(short value: Float) { self = Double(value.description).map { JSON($0) } ?? .null }
}
