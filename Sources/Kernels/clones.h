// Clones: one loop compiled for several processors, chosen when the library is loaded.
#pragma once
#include <stddef.h>
#if defined(__x86_64__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

/// A loop over elements of which none needs another's result: the arrays are the same memory, or have none in common.
/// Said because a compiler that cannot tell takes arrays that are the same element by element. Not unrolled: rows are
/// short, and what is left of them would be taken element by element, too.
#define EACH(i, n)                                                        \
  _Pragma("clang loop vectorize(assume_safety) interleave_count(1)")      \
  for (size_t i = 0; i < (n); i++)
