// The types of those functions of libtorch's stable C interface that the Torch room looks up while it runs.
// Written by hand from the interface's documentation: nothing of PyTorch is compiled against or linked.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// 0 for success. Why something failed, `ct_message` tells, from 2.13.
typedef int32_t ct_error;
/// A tensor of libtorch, with a reference that belongs to whoever holds the handle.
typedef struct ct_tensor_struct *ct_tensor;
/// A list of values, owned alike.
typedef struct ct_list_struct *ct_list;
/// A string, owned alike.
typedef struct ct_string_struct *ct_string;

/// The version of the library: major << 56 | minor << 48 | patch << 40.
typedef uint64_t (*ct_version)(void);
/// Calls an operator by name. The stack holds the arguments, which the call takes over, and afterwards the results.
typedef ct_error (*ct_call)(const char *name, const char *overload, uint64_t *stack);
typedef ct_error (*ct_call_built_for)(const char *name, const char *overload, uint64_t *stack, uint64_t version);
typedef const char *(*ct_message)(void);

/// Uninitialised memory on a device.
typedef ct_error (*ct_empty)(int64_t rank, const int64_t *sizes, const int64_t *strides, int32_t type,
                             int32_t device_type, int32_t device, ct_tensor *made);
/// A tensor over memory that somebody else owns.
typedef ct_error (*ct_over)(void *data, int64_t rank, const int64_t *sizes, const int64_t *strides, int64_t offset,
                            int32_t type, int32_t device_type, int32_t device, ct_tensor *made);
/// The same memory under other sizes and strides, `offset` elements further on.
typedef ct_error (*ct_view)(ct_tensor tensor, int64_t rank, const int64_t *sizes, const int64_t *strides,
                            int64_t offset, ct_tensor *made);
typedef ct_error (*ct_copy)(ct_tensor to, ct_tensor from, int32_t returns_at_once);
typedef ct_error (*ct_another)(ct_tensor tensor, ct_tensor *made);
typedef ct_error (*ct_delete)(ct_tensor tensor);
/// self − alpha·other: the one sum whose factor is no boxed scalar, which operators called by name cannot take.
typedef ct_error (*ct_subtract)(ct_tensor tensor, ct_tensor other, double alpha, ct_tensor *made);

typedef ct_error (*ct_get_data)(ct_tensor tensor, void **data);
typedef ct_error (*ct_get_number)(ct_tensor tensor, int64_t *number);
/// The sizes or strides, which the tensor keeps.
typedef ct_error (*ct_get_numbers)(ct_tensor tensor, int64_t **numbers);
typedef ct_error (*ct_get_type)(ct_tensor tensor, int32_t *type);
typedef ct_error (*ct_get_flag)(ct_tensor tensor, bool *flag);

typedef ct_error (*ct_new_list)(size_t reserved, ct_list *list);
typedef ct_error (*ct_push)(ct_list list, uint64_t value);
typedef ct_error (*ct_new_string)(const char *text, size_t length, ct_string *string);
/// A place for the value of an optional argument; from 2.13. Before, it is C++'s `operator new`.
typedef ct_error (*ct_new_value)(uint64_t **place);
typedef void *(*ct_operator_new)(size_t bytes);

typedef int32_t (*ct_constant)(void);
typedef void (*ct_set_flag)(bool flag);

/// The file that a function was loaded from; null if it is not known.
const char *ct_file(const void *function);
