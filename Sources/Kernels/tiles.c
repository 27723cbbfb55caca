// Tiles for AVX-512, AVX2 with FMA, and any machine; chosen once, by what the processor says it can do.
#include "tiles.h"
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

static inline float widened(uint16_t x) {
  uint32_t bits = (uint32_t)x << 16;
  float y;
  memcpy(&y, &bits, 4);
  return y;
}

#define PORTABLE(R, NAME, TYPE, LOAD)                                                                              \
  static void NAME##_portable_##R(size_t k, const float *a, size_t rs, size_t cs, const void *panel, float *c,    \
                                  size_t ldc, bool accumulate) {                                                  \
    const TYPE *p = panel;                                                                                         \
    float sum[R][32];                                                                                              \
    for (int i = 0; i < R; i++)                                                                                    \
      for (int j = 0; j < 32; j++) sum[i][j] = accumulate ? c[i * ldc + j] : 0;                                    \
    for (size_t q = 0; q < k; q++, p += 32)                                                                        \
      for (int i = 0; i < R; i++) {                                                                                \
        float x = a[i * rs + q * cs];                                                                              \
        for (int j = 0; j < 32; j++) sum[i][j] += x * LOAD(p[j]);                                                  \
      }                                                                                                            \
    for (int i = 0; i < R; i++) memcpy(c + i * ldc, sum[i], sizeof sum[i]);                                        \
  }
PORTABLE(1, f32, float, (float))
PORTABLE(4, f32, float, (float))
PORTABLE(1, bf16, uint16_t, widened)
PORTABLE(4, bf16, uint16_t, widened)
static const fp_tiles portable = {4, {[1] = f32_portable_1, [4] = f32_portable_4}, {[1] = bf16_portable_1, [4] = bf16_portable_4}};

#if defined(__x86_64__)
#define UNROLL _Pragma("clang loop unroll(full)")

// AVX2: 6×16 accumulators; the two halves of a panel one after the other.
#define AVX2(R, NAME, TYPE, LOAD)                                                                                  \
  __attribute__((target("avx2,fma"))) static void NAME##_avx2_##R(size_t k, const float *a, size_t rs, size_t cs, \
                                                                 const void *panel, float *c, size_t ldc,        \
                                                                 bool accumulate) {                               \
    for (int half = 0; half < 32; half += 16) {                                                                    \
      const TYPE *p = (const TYPE *)panel + half;                                                                  \
      const float *x = a;                                                                                          \
      __m256 low[R], high[R];                                                                                      \
      UNROLL for (int i = 0; i < R; i++) {                                                                         \
        low[i] = accumulate ? _mm256_loadu_ps(c + i * ldc + half) : _mm256_setzero_ps();                           \
        high[i] = accumulate ? _mm256_loadu_ps(c + i * ldc + half + 8) : _mm256_setzero_ps();                      \
      }                                                                                                            \
      for (size_t q = 0; q < k; q++, p += 32, x += cs) {                                                           \
        __m256 u = LOAD(p), v = LOAD(p + 8);                                                                       \
        UNROLL for (int i = 0; i < R; i++) {                                                                       \
          __m256 s = _mm256_broadcast_ss(x + i * rs);                                                              \
          low[i] = _mm256_fmadd_ps(s, u, low[i]);                                                                  \
          high[i] = _mm256_fmadd_ps(s, v, high[i]);                                                                \
        }                                                                                                          \
      }                                                                                                            \
      UNROLL for (int i = 0; i < R; i++) {                                                                         \
        _mm256_storeu_ps(c + i * ldc + half, low[i]);                                                              \
        _mm256_storeu_ps(c + i * ldc + half + 8, high[i]);                                                         \
      }                                                                                                            \
    }                                                                                                              \
  }
#define WIDE256(p) _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const void *)(p))), 16))
AVX2(1, f32, float, _mm256_loadu_ps)
AVX2(2, f32, float, _mm256_loadu_ps)
AVX2(3, f32, float, _mm256_loadu_ps)
AVX2(4, f32, float, _mm256_loadu_ps)
AVX2(6, f32, float, _mm256_loadu_ps)
AVX2(1, bf16, uint16_t, WIDE256)
AVX2(2, bf16, uint16_t, WIDE256)
AVX2(3, bf16, uint16_t, WIDE256)
AVX2(4, bf16, uint16_t, WIDE256)
AVX2(6, bf16, uint16_t, WIDE256)
static const fp_tiles avx2 = {6,
                              {[1] = f32_avx2_1, [2] = f32_avx2_2, [3] = f32_avx2_3, [4] = f32_avx2_4, [6] = f32_avx2_6},
                              {[1] = bf16_avx2_1, [2] = bf16_avx2_2, [3] = bf16_avx2_3, [4] = bf16_avx2_4, [6] = bf16_avx2_6}};

// AVX-512: 12×32 accumulators. bf16 weights are widened, not multiplied as such: activations keep their precision.
#define AVX512(R, NAME, TYPE, LOAD)                                                                                \
  __attribute__((target("avx512f,avx512bw,avx512vl"))) static void NAME##_avx512_##R(                              \
      size_t k, const float *a, size_t rs, size_t cs, const void *panel, float *c, size_t ldc, bool accumulate) {  \
    const TYPE *p = panel;                                                                                         \
    __m512 low[R], high[R];                                                                                        \
    UNROLL for (int i = 0; i < R; i++) {                                                                           \
      low[i] = accumulate ? _mm512_loadu_ps(c + i * ldc) : _mm512_setzero_ps();                                    \
      high[i] = accumulate ? _mm512_loadu_ps(c + i * ldc + 16) : _mm512_setzero_ps();                              \
    }                                                                                                              \
    for (size_t q = 0; q < k; q++, p += 32, a += cs) {                                                             \
      __m512 u = LOAD(p), v = LOAD(p + 16);                                                                        \
      UNROLL for (int i = 0; i < R; i++) {                                                                         \
        __m512 s = _mm512_set1_ps(a[i * rs]);                                                                      \
        low[i] = _mm512_fmadd_ps(s, u, low[i]);                                                                    \
        high[i] = _mm512_fmadd_ps(s, v, high[i]);                                                                  \
      }                                                                                                            \
    }                                                                                                              \
    UNROLL for (int i = 0; i < R; i++) {                                                                           \
      _mm512_storeu_ps(c + i * ldc, low[i]);                                                                       \
      _mm512_storeu_ps(c + i * ldc + 16, high[i]);                                                                 \
    }                                                                                                              \
  }
#define WIDE512(p) _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const void *)(p))), 16))
AVX512(1, f32, float, _mm512_loadu_ps)
AVX512(2, f32, float, _mm512_loadu_ps)
AVX512(4, f32, float, _mm512_loadu_ps)
AVX512(8, f32, float, _mm512_loadu_ps)
AVX512(12, f32, float, _mm512_loadu_ps)
AVX512(1, bf16, uint16_t, WIDE512)
AVX512(2, bf16, uint16_t, WIDE512)
AVX512(4, bf16, uint16_t, WIDE512)
AVX512(8, bf16, uint16_t, WIDE512)
AVX512(12, bf16, uint16_t, WIDE512)
static const fp_tiles avx512 = {
    12,
    {[1] = f32_avx512_1, [2] = f32_avx512_2, [4] = f32_avx512_4, [8] = f32_avx512_8, [12] = f32_avx512_12},
    {[1] = bf16_avx512_1, [2] = bf16_avx512_2, [4] = bf16_avx512_4, [8] = bf16_avx512_8, [12] = bf16_avx512_12}};
#endif

static const fp_tiles *chosen = &portable;

bool fp_select_instructions(fp_instructions level) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  bool has512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  bool has2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (level == fp_avx512 && has512) return chosen = &avx512, true;
  if (level == fp_avx2 && has2) return chosen = &avx2, true;
#endif
  if (level == fp_portable) return chosen = &portable, true;
  return false;
}

__attribute__((constructor)) static void choose(void) {
  if (!fp_select_instructions(fp_avx512)) fp_select_instructions(fp_avx2);
}

const fp_tiles *fp_tiles_of_this_machine(void) { return chosen; }

void fp_tile_rows(const fp_tiles *tiles, fp_type type, size_t m, size_t width, size_t k, const float *a,
                  size_t row_step, size_t column_step, const void *panel, float *c, size_t ldc, bool accumulate) {
  const fp_tile *by_rows = type == fp_bf16 ? tiles->bf16 : tiles->f32;
  float edge[fp_tallest * 32];
  for (size_t row = 0; row < m;) {
    size_t rows = m - row < tiles->tallest ? m - row : tiles->tallest;
    while (!by_rows[rows]) rows--;
    float *to = c + row * ldc;
    if (width == 32) {
      by_rows[rows](k, a + row * row_step, row_step, column_step, panel, to, ldc, accumulate);
    } else {
      if (accumulate)
        for (size_t i = 0; i < rows; i++) memcpy(edge + i * 32, to + i * ldc, width * sizeof(float));
      by_rows[rows](k, a + row * row_step, row_step, column_step, panel, edge, 32, accumulate);
      for (size_t i = 0; i < rows; i++) memcpy(to + i * ldc, edge + i * 32, width * sizeof(float));
    }
    row += rows;
  }
}
