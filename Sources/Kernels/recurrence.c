// Long short-term memory: a product a frame, then one fused pass over the gates.
#include "recurrence.h"
#include "elementary.h"
#include "gemm.h"
#include "tiles.h"
#include <string.h>

CLONES static void gates(size_t n, const float *before, float *trace) {
  float *i = trace, *f = i + n, *g = f + n, *o = g + n, *c = o + n, *h = c + n;
  EACH(j, n) {
    i[j] = logistic(i[j]);
    f[j] = logistic(f[j]);
    g[j] = hyperbolic_tangent(g[j]);
    o[j] = logistic(o[j]);
    c[j] = f[j] * before[j] + i[j] * g[j];
    h[j] = o[j] * hyperbolic_tangent(c[j]);
  }
}

/// c[rows, n] += a·weightᵀ with the weight [n, k] in f32 panels.
static void add_product(size_t rows, size_t n, size_t k, const float *a, size_t lda, const float *packed, float *c,
                        size_t ldc) {
  const fp_tiles *tiles = fp_tiles_of_this_machine();
  for (size_t first = 0; first < n; first += 32)
    fp_tile_rows(tiles, fp_f32, rows, n - first < 32 ? n - first : 32, k, a, lda, 1, packed + first * k, c + first, ldc,
                 true);
}

void fp_recurrence(const fp_recurrence_shape *s, const float *projected, const void *packed, const float *hidden,
                   const float *cell, float *trace) {
  size_t n = s->width, row = 6 * n, step = s->frames * row;
  for (size_t t = 0; t < s->frames; t++) {
    float *now = trace + t * row;
    for (size_t b = 0; b < s->batch; b++)
      memcpy(now + b * step, projected + (b * s->frames + t) * 4 * n, 4 * n * sizeof(float));
    add_product(s->batch, 4 * n, n, t ? now - n : hidden, t ? step : n, packed, now, step);
    for (size_t b = 0; b < s->batch; b++)
      gates(n, t ? now + b * step - 2 * n : cell + b * n, now + b * step);
  }
}

/// From the gradients of this frame's trace, h and c to those of the gates before their functions, and of c₋₁.
CLONES static void gates_backward(size_t n, const float *before, const float *trace, const float *upstream,
                                  const float *dh, float *dc, float *da) {
  const float *i = trace, *f = i + n, *g = f + n, *o = g + n, *c = o + n;
  const float *ui = upstream, *uf = ui + n, *ug = uf + n, *uo = ug + n, *uc = uo + n, *uh = uc + n;
  float *di = da, *df = di + n, *dg = df + n, *dout = dg + n;
  EACH(j, n) {
    float above = uh[j] + dh[j], t = hyperbolic_tangent(c[j]);
    float inner = uc[j] + dc[j] + above * o[j] * (1 - t * t);
    di[j] = (ui[j] + inner * g[j]) * i[j] * (1 - i[j]);
    df[j] = (uf[j] + inner * before[j]) * f[j] * (1 - f[j]);
    dg[j] = (ug[j] + inner * i[j]) * (1 - g[j] * g[j]);
    dout[j] = (uo[j] + above * t) * o[j] * (1 - o[j]);
    dc[j] = inner * f[j];
  }
}

void fp_recurrence_backward(const fp_recurrence_shape *s, const void *packed, const float *cell, const float *trace,
                            const float *upstream, float *dprojected, float *dhidden, float *dcell) {
  size_t n = s->width, row = 6 * n;
  memset(dhidden, 0, s->batch * n * sizeof(float));
  memset(dcell, 0, s->batch * n * sizeof(float));
  for (size_t t = s->frames; t-- > 0;) {
    for (size_t b = 0; b < s->batch; b++) {
      size_t at = b * s->frames + t;
      gates_backward(n, t ? trace + at * row - 2 * n : cell + b * n, trace + at * row, upstream + at * row,
                     dhidden + b * n, dcell + b * n, dprojected + at * 4 * n);
    }
    fp_linear(fp_f32, s->batch, n, 4 * n, dprojected + t * 4 * n, s->frames * 4 * n, packed, NULL, fp_identity, dhidden,
              n);
  }
}
