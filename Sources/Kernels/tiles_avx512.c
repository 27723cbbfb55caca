// Tiles of AVX-512: 12×32 accumulators. bf16 weights are widened, not multiplied as such: activations keep their
// precision.
#include "tiles.h"
#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl")))
#define UNROLL _Pragma("clang loop unroll(full)")

/// Rows of the panel between the one in use and the one that is asked for.
enum { ahead = 32 };

/// The panel's row at p, columns 16v…16v + 15.
AVX512 static inline __attribute__((always_inline)) __m512 vector(fp_type type, const void *p, int v) {
  if (type == fp_f32) return _mm512_loadu_ps((const float *)p + 16 * v);
  __m512i words = _mm512_loadu_si512(p);
  words = v == 0 ? _mm512_slli_epi32(words, 16) : _mm512_and_si512(words, _mm512_set1_epi32(-65536));
  return _mm512_castsi512_ps(words);
}

AVX512 static inline __attribute__((always_inline)) void tile(int rows, fp_type type, size_t k, const float *a,
                                                              size_t row_step, size_t column_step, const char *panel,
                                                              float *c, size_t ldc, bool accumulate) {
  const size_t step = type == fp_bf16 ? 64 : 128;
  __m512 low[fp_tallest], high[fp_tallest];
  UNROLL for (int i = 0; i < rows; i++) {
    low[i] = accumulate ? _mm512_loadu_ps(c + i * ldc) : _mm512_setzero_ps();
    high[i] = accumulate ? _mm512_loadu_ps(c + i * ldc + 16) : _mm512_setzero_ps();
  }
  for (size_t q = 0; q < k; q++, panel += step, a += column_step) {
    UNROLL for (size_t line = 0; line < step; line += 64) _mm_prefetch(panel + ahead * step + line, _MM_HINT_T0);
    __m512 left = vector(type, panel, 0), right = vector(type, panel, 1);
    UNROLL for (int i = 0; i < rows; i++) {
      __m512 x = _mm512_set1_ps(a[i * row_step]);
      low[i] = _mm512_fmadd_ps(x, left, low[i]);
      high[i] = _mm512_fmadd_ps(x, right, high[i]);
    }
  }
  UNROLL for (int i = 0; i < rows; i++) {
    _mm512_storeu_ps(c + i * ldc, low[i]);
    _mm512_storeu_ps(c + i * ldc + 16, high[i]);
  }
}

#define TILE(TYPE, ROWS)                                                                                              \
  AVX512 static void TYPE##_##ROWS(size_t k, const float *a, size_t row_step, size_t column_step, const void *panel, \
                                   float *c, size_t ldc, bool accumulate) {                                           \
    tile(ROWS, fp_##TYPE, k, a, row_step, column_step, panel, c, ldc, accumulate);                                    \
  }
#define TILES(TYPE)                                                                                     \
  TILE(TYPE, 1) TILE(TYPE, 2) TILE(TYPE, 3) TILE(TYPE, 4) TILE(TYPE, 5) TILE(TYPE, 6) TILE(TYPE, 7)    \
  TILE(TYPE, 8) TILE(TYPE, 9) TILE(TYPE, 10) TILE(TYPE, 11) TILE(TYPE, 12)
TILES(f32)
TILES(bf16)
#define TABLE(TYPE)                                                                                     \
  { NULL, TYPE##_1, TYPE##_2, TYPE##_3, TYPE##_4, TYPE##_5, TYPE##_6, TYPE##_7, TYPE##_8, TYPE##_9,    \
    TYPE##_10, TYPE##_11, TYPE##_12 }
const fp_tiles fp_tiles_avx512 = {12, 4, TABLE(f32), TABLE(bf16)};
#endif
