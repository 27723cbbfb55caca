// TorchArgument: what an operator that is called by name may be given, as the 64 bits of a place on its stack.
import CTorch

/// Something that an operator takes.
package protocol TorchArgument {
  /// The bits; what they refer to belongs to the call that takes them.
  func encoded(_ torch: Torch) throws -> UInt64
}

/// The absence of an optional argument.
package struct TorchNothing: TorchArgument {
  package func encoded(_ torch: Torch) -> UInt64 { 0 }
}
package let nothing = TorchNothing()

/// The presence of an optional argument.
package struct TorchPresent: TorchArgument {
  let value: any TorchArgument

  package func encoded(_ torch: Torch) throws -> UInt64 {
    let functions = torch.library.functions
    var place: UnsafeMutablePointer<UInt64>?
    if let make = functions.newValue {
      try torch.check(make(&place), "an optional argument")
    } else {
      place = functions.operatorNew!(8)?.bindMemory(to: UInt64.self, capacity: 1)
    }
    place!.pointee = try value.encoded(torch)
    return UInt64(UInt(bitPattern: place))
  }
}
package func present(_ value: any TorchArgument) -> TorchPresent { TorchPresent(value: value) }

extension Int: TorchArgument {
  package func encoded(_ torch: Torch) -> UInt64 { UInt64(bitPattern: Int64(self)) }
}

extension Int32: TorchArgument {
  package func encoded(_ torch: Torch) -> UInt64 { UInt64(UInt32(bitPattern: self)) }
}

extension Double: TorchArgument {
  package func encoded(_ torch: Torch) -> UInt64 { bitPattern }
}

extension Bool: TorchArgument {
  package func encoded(_ torch: Torch) -> UInt64 { self ? 1 : 0 }
}

extension String: TorchArgument {
  package func encoded(_ torch: Torch) throws -> UInt64 {
    var string: ct_string?
    try torch.check(torch.library.functions.newString(self, utf8.count, &string), "a word")
    return UInt64(UInt(bitPattern: string))
  }
}

extension Array: TorchArgument where Element: TorchArgument {
  package func encoded(_ torch: Torch) throws -> UInt64 {
    var list: ct_list?
    try torch.check(torch.library.functions.newList(count, &list), "a list")
    for element in self { try torch.check(torch.library.functions.push(list, element.encoded(torch)), "a list") }
    return UInt64(UInt(bitPattern: list))
  }
}

extension TorchTensor: TorchArgument {
  package func encoded(_ torch: Torch) throws -> UInt64 {
    var another: ct_tensor?
    try torch.check(torch.library.functions.retain(handle, &another), "a tensor")
    return UInt64(UInt(bitPattern: another))
  }
}
