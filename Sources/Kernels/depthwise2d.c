// Convolution over rows and columns, each channel for itself: a sum of moved pictures, each weighed channel by channel.
// Channels lie last, so that every loop over them is a vector's.
#include "depthwise2d.h"
#include "clones.h"
#include <string.h>

static size_t produced(size_t size, size_t padding, size_t taps, size_t stride) {
  return size + 2 * padding < taps ? 0 : (size + 2 * padding - taps) / stride + 1;
}
size_t fp_depthwise2d_rows(const fp_depthwise2d_shape *s) {
  return produced(s->rows, s->row_padding, s->row_taps, s->row_stride);
}
size_t fp_depthwise2d_columns(const fp_depthwise2d_shape *s) {
  return produced(s->columns, s->column_padding, s->column_taps, s->column_stride);
}

/// Calls BODY for each place of each window that lies inside of x, taps in order: the offsets `from` in x, `by` in the
/// weight, `to` in y; FIRST before a window's first place.
#define EACH_TAP(FIRST, BODY)                                                            \
  size_t rows = fp_depthwise2d_rows(s), columns = fp_depthwise2d_columns(s), n = s->channels, to = 0; \
  for (size_t b = 0; b < s->batch; b++)                                                  \
    for (size_t t = 0; t < rows; t++)                                                    \
      for (size_t f = 0; f < columns; f++, to += n) {                                    \
        FIRST                                                                            \
        for (size_t p = 0; p < s->row_taps; p++) {                                       \
          size_t row = t * s->row_stride + p - s->row_padding;                           \
          if (row >= s->rows) continue; /* before the first, too: it wraps */            \
          for (size_t q = 0; q < s->column_taps; q++) {                                  \
            size_t column = f * s->column_stride + q - s->column_padding;                \
            if (column >= s->columns) continue;                                          \
            size_t from = ((b * s->rows + row) * s->columns + column) * n, by = (p * s->column_taps + q) * n; \
            BODY                                                                         \
          }                                                                              \
        }                                                                                \
      }

CLONES void fp_depthwise2d(const fp_depthwise2d_shape *s, const float *x, const float *weight, float *y) {
  EACH_TAP(EACH(i, n) y[to + i] = 0;, EACH(i, n) y[to + i] += weight[by + i] * x[from + i];)
}

CLONES void fp_depthwise2d_to_input(const fp_depthwise2d_shape *s, const float *upstream, const float *weight, float *dx) {
  memset(dx, 0, s->batch * s->rows * s->columns * s->channels * sizeof(float));
  EACH_TAP(, EACH(i, n) dx[from + i] += weight[by + i] * upstream[to + i];)
}

CLONES void fp_depthwise2d_to_weight(const fp_depthwise2d_shape *s, const float *x, const float *upstream, float *dweight) {
  memset(dweight, 0, s->row_taps * s->column_taps * s->channels * sizeof(float));
  EACH_TAP(, EACH(i, n) dweight[by + i] += x[from + i] * upstream[to + i];)
}
