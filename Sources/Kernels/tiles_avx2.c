// Tiles of AVX2: 6×16 accumulators, the two halves of a panel one after the other; for a few rows all 32 columns.
// Twelve accumulators keep both multipliers busy, and every load serves two products or more.
#include "tiles.h"
#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma")))
#define UNROLL _Pragma("clang loop unroll(full)")

/// Rows of the panel between the one in use and the one that is asked for: as long as the third cache takes to answer.
enum { ahead = 32 };

static const _Alignas(32) int32_t upper[8] = {-65536, -65536, -65536, -65536, -65536, -65536, -65536, -65536};

/// The panel's row at p, columns 8v…8v + 7.
AVX2 static inline __attribute__((always_inline)) __m256 vector(fp_type type, const void *p, int v,
                                                                 bool crowded) {
  if (type == fp_f32) return _mm256_loadu_ps((const float *)p + 8 * v);
  const __m256i *words = (const __m256i *)p + v % 2;
  __m256i high = _mm256_loadu_si256(words);
  if (v < 2) return _mm256_castsi256_ps(_mm256_slli_epi32(high, 16));
  if (!crowded) return _mm256_castsi256_ps(_mm256_and_si256(high, _mm256_set1_epi32(-65536)));
  // Words and mask come from memory each time: there is no register left for them.
  __asm__("vmovdqu %1, %0\n vpand %2, %0, %0" : "=x"(high) : "m"(*words), "m"(*(const __m256i *)upper));
  return _mm256_castsi256_ps(high);
}

/// `rows` times `count` of the panel's vectors, from `first` on.
AVX2 static inline __attribute__((always_inline)) void part(int rows, int first, int count, fp_type type, size_t k,
                                                            const float *a, size_t row_step, size_t column_step,
                                                            const char *panel, float *c, size_t ldc, bool accumulate) {
  const size_t step = type == fp_bf16 ? 64 : 128;
  const size_t begin = type == fp_bf16 ? 0 : 32 * first, end = type == fp_bf16 ? 64 : 32 * (first + count);
  const bool crowded = rows == 3 && count == 4;
  __m256 sum[6][4];
  c += 8 * first;
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int v = 0; v < count; v++)
      sum[i][v] = accumulate ? _mm256_loadu_ps(c + i * ldc + 8 * v) : _mm256_setzero_ps();
  }
  // Rows 3…5 have a pointer of their own, which the compiler shall not merge with the other: one chain of additions
  // through all rows would be as slow as their products.
  const float *lower = a + 3 * row_step;
  __asm__("" : "+r"(lower));
  for (size_t q = 0; q < k; q++, panel += step, a += column_step, lower += column_step) {
    UNROLL for (size_t at = begin; at < end; at += 64) _mm_prefetch(panel + ahead * step + at, _MM_HINT_T0);
    // The fewer stay in registers, the others come one at a time: sixteen registers hold no more.
    __m256 x[6], w[4];
    if (rows < count) {
      UNROLL for (int i = 0; i < rows; i++) x[i] = _mm256_broadcast_ss(i < 3 ? a + i * row_step : lower + (i - 3) * row_step);
      UNROLL for (int v = 0; v < count; v++) {
        w[v] = vector(type, panel, first + v, crowded);
        UNROLL for (int i = 0; i < rows; i++) sum[i][v] = _mm256_fmadd_ps(x[i], w[v], sum[i][v]);
      }
    } else {
      UNROLL for (int v = 0; v < count; v++) w[v] = vector(type, panel, first + v, crowded);
      UNROLL for (int i = 0; i < rows; i++) {
        x[i] = _mm256_broadcast_ss(i < 3 ? a + i * row_step : lower + (i - 3) * row_step);
        UNROLL for (int v = 0; v < count; v++) sum[i][v] = _mm256_fmadd_ps(x[i], w[v], sum[i][v]);
      }
    }
  }
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int v = 0; v < count; v++) _mm256_storeu_ps(c + i * ldc + 8 * v, sum[i][v]);
  }
}

#define TILE(TYPE, ROWS)                                                                                            \
  AVX2 static void TYPE##_##ROWS(size_t k, const float *a, size_t row_step, size_t column_step, const void *panel, \
                                 float *c, size_t ldc, bool accumulate) {                                           \
    if (ROWS <= 3) {                                                                                                \
      part(ROWS, 0, 4, fp_##TYPE, k, a, row_step, column_step, panel, c, ldc, accumulate);                         \
    } else {                                                                                                        \
      part(ROWS, 0, 2, fp_##TYPE, k, a, row_step, column_step, panel, c, ldc, accumulate);                         \
      part(ROWS, 2, 2, fp_##TYPE, k, a, row_step, column_step, panel, c, ldc, accumulate);                         \
    }                                                                                                               \
  }
#define TILES(TYPE) TILE(TYPE, 1) TILE(TYPE, 2) TILE(TYPE, 3) TILE(TYPE, 4) TILE(TYPE, 5) TILE(TYPE, 6)
TILES(f32)
TILES(bf16)
#define TABLE(TYPE) \
  { NULL, TYPE##_1, TYPE##_2, TYPE##_3, TYPE##_4, TYPE##_5, TYPE##_6 }
const fp_tiles fp_tiles_avx2 = {6, 3, TABLE(f32), TABLE(bf16)};
#endif
