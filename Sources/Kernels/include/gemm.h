// Matrix products: unpacked for the trainer, packed once for constant weights.
#pragma once
#include <stdbool.h>
#include <stddef.h>

typedef enum { fp_f32 = 0, fp_bf16 = 1 } fp_type;
typedef enum {
  fp_identity = 0,
  fp_silu = 1,
  fp_gelu = 2,
  fp_elu = 3,
  fp_tanh = 4,
  fp_relu = 5,
  fp_leaky_relu = 6,  ///< 0.2·x below zero
  fp_exact_gelu = 7   ///< x·Φ(x); fp_gelu is its tanh form
} fp_activation;

/// c[m,n] = a·b (+ c when accumulating). a is [m,k], or [k,m] when transposed; b is [k,n], or [n,k] when transposed.
/// Rows of a may overlap (lda < k): that is how a convolution is a product.
void fp_gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
             const float *b, size_t ldb, float *c, size_t ldc, bool accumulate);

/// Bytes that `fp_pack` writes for a weight [n,k].
size_t fp_packed_bytes(fp_type type, size_t n, size_t k);
/// Lays a weight [n,k] out in column panels for `fp_linear`. `packed` is 64-byte aligned.
void fp_pack(fp_type type, size_t n, size_t k, const float *weight, void *packed);
/// c[m,n] = activation(a[m,k]·weightᵀ + bias). bias may be NULL; rows of a may overlap (lda < k).
void fp_linear(fp_type type, size_t m, size_t n, size_t k, const float *a, size_t lda, const void *packed,
               const float *bias, fp_activation activation, float *c, size_t ldc);

typedef enum { fp_portable = 0, fp_avx2 = 1, fp_avx512 = 2 } fp_instructions;
/// Lets this thread use other instructions than the best; false, and no change, where the machine lacks them. For tests.
bool fp_select_instructions(fp_instructions level);
