// Matrix products, portable form: plain loops that define what the fast paths must equal.
#include "gemm.h"
#include <math.h>
#include <string.h>

void fp_gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
             const float *b, size_t ldb, float *c, size_t ldc, bool accumulate) {
  for (size_t i = 0; i < m; i++) {
    float *row = c + i * ldc;
    if (!accumulate) memset(row, 0, n * sizeof(float));
    for (size_t q = 0; q < k; q++) {
      float x = transpose_a ? a[q * lda + i] : a[i * lda + q];
      if (transpose_b)
        for (size_t j = 0; j < n; j++) row[j] += x * b[j * ldb + q];
      else
        for (size_t j = 0; j < n; j++) row[j] += x * b[q * ldb + j];
    }
  }
}

size_t fp_packed_bytes(fp_type type, size_t n, size_t k) { (void)type; return n * k * sizeof(float); }

void fp_pack(fp_type type, size_t n, size_t k, const float *weight, void *packed) {
  (void)type;
  float *p = packed;
  for (size_t j = 0; j < n; j++)
    for (size_t q = 0; q < k; q++) p[q * n + j] = weight[j * k + q];
}

static float activate(fp_activation activation, float x) {
  switch (activation) {
    case fp_silu: return x / (1 + expf(-x));
    case fp_gelu: return 0.5f * x * (1 + tanhf(0.7978845608f * (x + 0.044715f * x * x * x)));
    case fp_elu: return x > 0 ? x : expm1f(x);
    case fp_tanh: return tanhf(x);
    default: return x;
  }
}

void fp_linear(fp_type type, size_t m, size_t n, size_t k, const float *a, size_t lda, const void *packed,
               const float *bias, fp_activation activation, float *c, size_t ldc) {
  (void)type;
  fp_gemm(false, false, m, n, k, a, lda, packed, n, c, ldc, false);
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) c[i * ldc + j] = activate(activation, c[i * ldc + j] + (bias ? bias[j] : 0));
}
