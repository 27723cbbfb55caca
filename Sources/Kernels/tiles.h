// Tiles: a few rows times one panel of 32 columns, in the widest instructions that the machine has.
#pragma once
#include "gemm.h"
#include <stdint.h>

/// c[rows,32] = (c or 0) + Σ_q a[i·row_step + q·column_step]·panel[q][·]
typedef void (*fp_tile)(size_t k, const float *a, size_t row_step, size_t column_step, const void *panel, float *c,
                        size_t ldc, bool accumulate);

enum { fp_tallest = 12 };
typedef struct {
  size_t tallest;                  ///< the most rows a tile has
  fp_tile f32[fp_tallest + 1];     ///< by the number of rows, 1…tallest
  fp_tile bf16[fp_tallest + 1];
} fp_tiles;

/// The best tiles for this machine, or those that `fp_select_instructions` chose.
const fp_tiles *fp_tiles_of_this_machine(void);

/// Covers m rows and `width` ≤ 32 columns with tiles.
void fp_tile_rows(const fp_tiles *tiles, fp_type type, size_t m, size_t width, size_t k, const float *a,
                  size_t row_step, size_t column_step, const void *panel, float *c, size_t ldc, bool accumulate);
