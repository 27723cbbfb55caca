// TorchFunctions: the functions of libtorch's stable C interface that this room calls, looked up by name.
import CTorch
import Foundation

/// Addresses, and the few constants that they give.
struct TorchFunctions: @unchecked Sendable {
  let version: ct_version
  let call: ct_call?, callBuiltFor: ct_call_built_for?
  let message: ct_message?
  let empty: ct_empty, over: ct_over, view: ct_view, copy: ct_copy, clone: ct_another, retain: ct_another
  let delete: ct_delete, subtract: ct_subtract
  let data: ct_get_data, rank: ct_get_number, sizes: ct_get_numbers, strides: ct_get_numbers, type: ct_get_type
  let isContiguous: ct_get_flag
  let newList: ct_new_list, push: ct_push, newString: ct_new_string
  let newValue: ct_new_value?, operatorNew: ct_operator_new?
  let setGradients: ct_set_flag
  let cpu: Int32, cuda: Int32, float32: Int32, bfloat16: Int32
  /// The file that the functions lie in.
  let path: String?

  /// - Throws: `TorchError` that names what is missing.
  init(_ library: UnsafeMutableRawPointer) throws {
    func optional<F>(_ name: String) -> F? { dlsym(library, name).map { unsafeBitCast($0, to: F.self) } }
    func required<F>(_ name: String) throws -> F {
      guard let found: F = optional(name) else {
        throw TorchError("it has no \(name); PyTorch 2.11 or later is needed")
      }
      return found
    }
    version = try required("aoti_torch_abi_version")
    callBuiltFor = optional("torch_call_dispatcher")
    call = callBuiltFor == nil ? try required("aoti_torch_call_dispatcher") : nil
    message = optional("torch_exception_get_what_without_backtrace")
    empty = try required("aoti_torch_empty_strided")
    over = try required("aoti_torch_create_tensor_from_blob")
    view = try required("aoti_torch__reinterpret_tensor")
    copy = try required("aoti_torch_copy_")
    clone = try required("aoti_torch_clone")
    retain = try required("aoti_torch_new_tensor_handle")
    delete = try required("aoti_torch_delete_tensor_object")
    subtract = try required("aoti_torch_aten_subtract_Tensor")
    data = try required("aoti_torch_get_data_ptr")
    rank = try required("aoti_torch_get_dim")
    sizes = try required("aoti_torch_get_sizes")
    strides = try required("aoti_torch_get_strides")
    type = try required("aoti_torch_get_dtype")
    isContiguous = try required("aoti_torch_is_contiguous")
    newList = try required("torch_new_list_reserve_size")
    push = try required("torch_list_push_back")
    newString = try required("torch_new_string_handle")
    newValue = optional("torch_new_stable_ivalue")
    operatorNew = newValue == nil ? try required("_Znwm") : nil
    setGradients = try required("aoti_torch_grad_mode_set_enabled")
    func constant(_ name: String) throws -> Int32 { (try required(name) as ct_constant)() }
    cpu = try constant("aoti_torch_device_type_cpu")
    cuda = try constant("aoti_torch_device_type_cuda")
    float32 = try constant("aoti_torch_dtype_float32")
    bfloat16 = try constant("aoti_torch_dtype_bfloat16")
    path = dlsym(library, "aoti_torch_abi_version").flatMap { ct_file($0) }.map { String(cString: $0) }
  }
}
