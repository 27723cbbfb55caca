// Matrix products over panels of 32 columns: packed once for constant weights, packed on the way for the rest.
// Every element sums k in order, in one accumulator, whatever the number of rows: streaming equals offline bit for bit.
#include "gemm.h"
#include "clones.h"
#include "pointwise.h"
#include "scratch.h"
#include "tiles.h"
#include <stdlib.h>
#include <string.h>

enum { panel = 32, block = 96, depth = 256, columns = 256 };

size_t fp_packed_bytes(fp_type type, size_t n, size_t k) {
  return (n + panel - 1) / panel * panel * k * (type == fp_bf16 ? 2 : 4);
}

static uint16_t rounded_bf16(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return (uint16_t)((bits >> 16) | 0x40);
  return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1)) >> 16);
}

void fp_pack(fp_type type, size_t n, size_t k, const float *weight, void *packed) {
  for (size_t first = 0; first < n; first += panel)
    for (size_t q = 0; q < k; q++)
      for (size_t j = 0; j < panel; j++) {
        float x = first + j < n ? weight[(first + j) * k + q] : 0;
        size_t at = first * k + q * panel + fp_place_in_row(type, j);
        if (type == fp_bf16)
          ((uint16_t *)packed)[at] = rounded_bf16(x);
        else
          ((float *)packed)[at] = x;
      }
}

static void finish(size_t m, size_t n, const float *bias, fp_activation activation, float *c, size_t ldc) {
  for (size_t i = 0; i < m; i++) {
    float *row = c + i * ldc;
    if (bias)
      for (size_t j = 0; j < n; j++) row[j] += bias[j];
    if (activation != fp_identity) fp_activate(activation, n, row, row);
  }
}

void fp_linear(fp_type type, size_t m, size_t n, size_t k, const float *a, size_t lda, const void *packed,
               const float *bias, fp_activation activation, float *c, size_t ldc) {
  const fp_tiles *tiles = fp_tiles_of_this_machine();
  // Rows enough to make reading the weights worth it, and few enough for both matrices to stay in the second cache.
  for (size_t rows; m > 0; m -= rows, a += rows * lda, c += rows * ldc) {
    rows = m < 3 * block / 2 ? m : block;
    for (size_t first = 0; first < n; first += panel) {
      size_t width = n - first < panel ? n - first : panel;
      const void *weights = (const char *)packed + first * k * (type == fp_bf16 ? 2 : 4);
      fp_tile_rows(tiles, type, rows, width, k, a, lda, 1, weights, c + first, ldc, false);
      finish(rows, width, bias ? bias + first : NULL, activation, c + first, ldc);
    }
  }
}

typedef float octet __attribute__((vector_size(32), aligned(4)));
#define HALVES(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

/// Eight rows of eight, from `stride` apart, become eight columns of a panel.
INLINE void transpose(const float *from, size_t stride, float *to) {
  octet x[8], y[8];
  for (int i = 0; i < 8; i++) x[i] = *(const octet *)(from + i * stride);
  for (int i = 0; i < 8; i += 2) {
    y[i] = HALVES(x[i], x[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    y[i + 1] = HALVES(x[i], x[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int i = 0; i < 8; i += 4)
    for (int j = i; j < i + 2; j++) {
      x[j] = HALVES(y[j], y[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      x[j + 2] = HALVES(y[j], y[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int j = 0; j < 4; j++) {
    *(octet *)(to + j * panel) = HALVES(x[j], x[j + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    *(octet *)(to + (j + 4) * panel) = HALVES(x[j], x[j + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

CLONES static void pack_transposed(size_t width, size_t k, const float *b, size_t ldb, float *to) {
  size_t squares = k - k % 8;
  for (size_t j = 0; j < width; j++) {
    bool whole = j % 8 == 0 && j + 8 <= width;
    for (size_t q = 0; whole && q < squares; q += 8) transpose(b + j * ldb + q, ldb, to + q * panel + j);
    for (size_t q = j < width - width % 8 ? squares : 0; q < k; q++) to[q * panel + j] = b[j * ldb + q];
  }
}

static void pack_block(bool transpose, size_t n, size_t k, const float *b, size_t ldb, float *to) {
  for (size_t first = 0; first < n; first += panel, to += panel * k) {
    size_t width = n - first < panel ? n - first : panel;
    if (width < panel) memset(to, 0, panel * k * sizeof(float));
    if (transpose)
      pack_transposed(width, k, b + first * ldb, ldb, to);
    else
      for (size_t q = 0; q < k; q++) memcpy(to + q * panel, b + q * ldb + first, width * sizeof(float));
  }
}

void fp_gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *a, size_t lda,
             const float *b, size_t ldb, float *c, size_t ldc, bool accumulate) {
  const fp_tiles *tiles = fp_tiles_of_this_machine();
  float *packed = scratch(depth * columns);
  if (k == 0 && !accumulate)
    for (size_t i = 0; i < m; i++) memset(c + i * ldc, 0, n * sizeof(float));
  for (size_t from = 0; from < k; from += depth) {
    size_t inner = k - from < depth ? k - from : depth;
    for (size_t first = 0; first < n; first += columns) {
      size_t among = n - first < columns ? n - first : columns;
      const float *source = transpose_b ? b + first * ldb + from : b + from * ldb + first;
      pack_block(transpose_b, among, inner, source, ldb, packed);
      for (size_t row = 0; row < m; row += 48) {
        size_t rows = m - row < 48 ? m - row : 48;
        const float *part = transpose_a ? a + from * lda + row : a + row * lda + from;
        for (size_t j = 0; j < among; j += panel) {
          size_t width = among - j < panel ? among - j : panel;
          fp_tile_rows(tiles, fp_f32, rows, width, inner, part, transpose_a ? 1 : lda, transpose_a ? lda : 1,
                       packed + j * inner, c + row * ldc + first + j, ldc, accumulate || from > 0);
        }
      }
    }
  }
}
