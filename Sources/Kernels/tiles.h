// Tiles: a few rows times one panel of 32 columns, in the widest instructions that the machine has.
#pragma once
#include "gemm.h"
#include <stdint.h>

/// c[rows,32] = (c or 0) + Σ_q a[i·row_step + q·column_step]·panel[q][·]
typedef void (*fp_tile)(size_t k, const float *a, size_t row_step, size_t column_step, const void *panel, float *c,
                        size_t ldc, bool accumulate);

enum { fp_tallest = 12 };
typedef struct {
  size_t tallest;               ///< the most rows a tile has
  size_t busy;                  ///< the fewest rows that keep the multipliers busy
  fp_tile f32[fp_tallest + 1];  ///< by the number of rows, 1…tallest
  fp_tile bf16[fp_tallest + 1];
} fp_tiles;

/// A panel's row of bf16 is 16 words of 32 bits: column j in the low half of word j, column j + 16 in the high half.
/// One load then gives two vectors, one by a shift and one by a mask.
static inline size_t fp_place_in_row(fp_type type, size_t column) {
  return type == fp_bf16 ? column % 16 * 2 + column / 16 : column;
}

#if defined(__x86_64__)
extern const fp_tiles fp_tiles_avx2, fp_tiles_avx512;
#endif
/// The best tiles for this machine, or those that `fp_select_instructions` gave this thread.
const fp_tiles *fp_tiles_of_this_machine(void);

/// Covers m rows and `width` ≤ 32 columns with tiles.
void fp_tile_rows(const fp_tiles *tiles, fp_type type, size_t m, size_t width, size_t k, const float *a,
                  size_t row_step, size_t column_step, const void *panel, float *c, size_t ldc, bool accumulate);
