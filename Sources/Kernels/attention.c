// Attention by products: scores of up to 64 queries at a time, softmax in place, then the values.
#include "attention.h"
#include "algebra.h"
#include "gemm.h"
#include "pointwise.h"
#include "scratch.h"
#include <string.h>

enum { tile = 64 };

static void probabilities(const fp_attention_shape *s, size_t rows, const float *q, const float *k, const float *mask,
                          float *p) {
  size_t step = s->heads * s->width;
  fp_gemm(false, true, rows, s->keys, s->width, q, step, k, step, p, s->keys, false);
  fp_affine(rows * s->keys, s->scale, 0, p, p);
  if (mask) fp_accumulate(rows * s->keys, mask, p);
  fp_softmax(rows, s->keys, p, p);
}

void fp_attention(const fp_attention_shape *s, const float *q, const float *k, const float *v, const float *mask,
                  float *y) {
  size_t step = s->heads * s->width;
  float *p = scratch(tile * s->keys);
  for (size_t b = 0; b < s->batch; b++)
    for (size_t h = 0; h < s->heads; h++)
      for (size_t first = 0; first < s->queries; first += tile) {
        size_t rows = s->queries - first < tile ? s->queries - first : tile;
        size_t at = (b * s->queries + first) * step + h * s->width, past = b * s->keys * step + h * s->width;
        probabilities(s, rows, q + at, k + past, mask ? mask + b * s->mask_step + first * s->keys : NULL, p);
        fp_gemm(false, false, rows, s->width, s->keys, p, s->keys, v + past, step, y + at, step, false);
      }
}

void fp_attention_backward(const fp_attention_shape *s, const float *q, const float *k, const float *v,
                           const float *mask, const float *upstream, float *dq, float *dk, float *dv) {
  size_t step = s->heads * s->width;
  float *p = scratch(2 * tile * s->keys), *dp = p + tile * s->keys;
  memset(dk, 0, s->batch * s->keys * step * sizeof(float));
  memset(dv, 0, s->batch * s->keys * step * sizeof(float));
  for (size_t b = 0; b < s->batch; b++)
    for (size_t h = 0; h < s->heads; h++)
      for (size_t first = 0; first < s->queries; first += tile) {
        size_t rows = s->queries - first < tile ? s->queries - first : tile;
        size_t at = (b * s->queries + first) * step + h * s->width, past = b * s->keys * step + h * s->width;
        probabilities(s, rows, q + at, k + past, mask ? mask + b * s->mask_step + first * s->keys : NULL, p);
        fp_gemm(true, false, s->keys, s->width, rows, p, s->keys, upstream + at, step, dv + past, step, true);
        fp_gemm(false, true, rows, s->keys, s->width, upstream + at, step, v + past, step, dp, s->keys, false);
        fp_softmax_backward(rows, s->keys, p, dp, dp);
        fp_affine(rows * s->keys, s->scale, 0, dp, dp);
        fp_gemm(false, false, rows, s->width, s->keys, dp, s->keys, k + past, step, dq + at, step, false);
        fp_gemm(true, false, s->keys, s->width, rows, dp, s->keys, q + at, step, dk + past, step, true);
      }
}
