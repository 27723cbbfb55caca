// Tiles of any machine, the choice between those that it has, and rows covered with them.
#include "tiles.h"
#include <string.h>

#define PORTABLE(TYPE, ROWS)                                                                                        \
  static void TYPE##_##ROWS(size_t k, const float *a, size_t row_step, size_t column_step, const void *panel,     \
                            float *c, size_t ldc, bool accumulate) {                                               \
    float sum[ROWS][32];                                                                                            \
    for (int i = 0; i < ROWS; i++)                                                                                  \
      for (int j = 0; j < 32; j++) sum[i][j] = accumulate ? c[i * ldc + j] : 0;                                     \
    for (size_t q = 0; q < k; q++) {                                                                                \
      float row[32];                                                                                                \
      TYPE##_row(panel, q, row);                                                                                    \
      for (int i = 0; i < ROWS; i++) {                                                                              \
        float x = a[i * row_step + q * column_step];                                                                \
        for (int j = 0; j < 32; j++) sum[i][j] += x * row[j];                                                       \
      }                                                                                                             \
    }                                                                                                               \
    for (int i = 0; i < ROWS; i++) memcpy(c + i * ldc, sum[i], sizeof sum[i]);                                      \
  }

static inline void f32_row(const void *panel, size_t q, float *row) {
  memcpy(row, (const float *)panel + 32 * q, 32 * sizeof(float));
}

static inline void bf16_row(const void *panel, size_t q, float *row) {
  const uint16_t *halves = (const uint16_t *)panel + 32 * q;
  for (size_t j = 0; j < 32; j++) {
    uint32_t bits = (uint32_t)halves[fp_place_in_row(fp_bf16, j)] << 16;
    memcpy(row + j, &bits, 4);
  }
}

#define TILES(TYPE) PORTABLE(TYPE, 1) PORTABLE(TYPE, 2) PORTABLE(TYPE, 3) PORTABLE(TYPE, 4)
TILES(f32)
TILES(bf16)
static const fp_tiles portable = {4, 1, {NULL, f32_1, f32_2, f32_3, f32_4}, {NULL, bf16_1, bf16_2, bf16_3, bf16_4}};

/// The tiles of these instructions; NULL where the machine lacks them.
static const fp_tiles *tiles_of(fp_instructions level) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  bool has512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512vl");
  bool has2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (level == fp_avx512 && has512) return &fp_tiles_avx512;
  if (level == fp_avx2 && has2) return &fp_tiles_avx2;
#endif
  return level == fp_portable ? &portable : NULL;
}

static const fp_tiles *best = &portable;
__attribute__((constructor)) static void choose(void) {
  const fp_tiles *widest = tiles_of(fp_avx512) ? tiles_of(fp_avx512) : tiles_of(fp_avx2);
  if (widest) best = widest;
}

/// What a thread tries instead. Others go on with the best: their results must not change under them.
static _Thread_local const fp_tiles *tried;

bool fp_select_instructions(fp_instructions level) {
  const fp_tiles *tiles = tiles_of(level);
  if (tiles) tried = tiles;
  return tiles != NULL;
}

const fp_tiles *fp_tiles_of_this_machine(void) { return tried ? tried : best; }

/// One tile, through a whole row of 32 where c has fewer columns.
static void cover(fp_tile tile, size_t rows, size_t width, size_t k, const float *a, size_t row_step,
                  size_t column_step, const void *panel, float *c, size_t ldc, bool accumulate) {
  if (width == 32) return tile(k, a, row_step, column_step, panel, c, ldc, accumulate);
  float edge[fp_tallest * 32];
  memset(edge, 0, rows * 32 * sizeof(float));
  if (accumulate)
    for (size_t i = 0; i < rows; i++) memcpy(edge + i * 32, c + i * ldc, width * sizeof(float));
  tile(k, a, row_step, column_step, panel, edge, 32, accumulate);
  for (size_t i = 0; i < rows; i++) memcpy(c + i * ldc, edge + i * 32, width * sizeof(float));
}

/// Rows of a panel that stay in a cache while all rows of a pass by: 16 KB in the first one; 64 KB in the second where
/// only a few rows pass by, because each beginning reads and writes their results again.
enum { few = 12, shallow = 128, deep = 512 };

void fp_tile_rows(const fp_tiles *tiles, fp_type type, size_t m, size_t width, size_t k, const float *a,
                  size_t row_step, size_t column_step, const void *panel, float *c, size_t ldc, bool accumulate) {
  const fp_tile *by_rows = type == fp_bf16 ? tiles->bf16 : tiles->f32;
  const char *weights = panel;
  const size_t depth = m <= few ? deep : shallow;
  for (size_t from = 0; from < k || from == 0; from += depth) {
    size_t inner = k - from < depth ? k - from : depth;
    for (size_t row = 0, rows; row < m; row += rows) {
      size_t left = m - row;
      rows = left < tiles->tallest ? left : tiles->tallest;
      if (left > rows && left < rows + tiles->busy) rows = left - tiles->busy;
      cover(by_rows[rows], rows, width, inner, a + row * row_step + from * column_step, row_step, column_step,
            weights + from * 32 * (type == fp_bf16 ? 2 : 4), c + row * ldc, ldc, accumulate || from > 0);
    }
  }
}
