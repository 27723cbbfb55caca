// What networks that look at pictures do between convolutions: pooling, and the norm of a channel over a whole batch.
// Channels lie last, so that every loop over them is a vector's.
#include "planes.h"
#include "clones.h"
#include "scratch.h"
#include <math.h>
#include <string.h>

static size_t produced(size_t size, size_t padding, size_t length, size_t stride) {
  return size + 2 * padding < length ? 0 : (size + 2 * padding - length) / stride + 1;
}
size_t fp_pooling_rows(const fp_pooling_shape *s) {
  return produced(s->rows, s->row_padding, s->row_length, s->row_stride);
}
size_t fp_pooling_columns(const fp_pooling_shape *s) {
  return produced(s->columns, s->column_padding, s->column_length, s->column_stride);
}

/// The part of a window that lies inside: from `low` to before `high`.
INLINE void inside(size_t at, size_t stride, size_t length, size_t padding, size_t size, size_t *low, size_t *high) {
  size_t begin = at * stride, end = begin + length;
  *low = begin < padding ? 0 : begin - padding;
  *high = end < padding ? 0 : end - padding < size ? end - padding : size;
}

/// Calls BODY with `from`, the offset of each place of each window, in order, and `to`, the offset of its result; FIRST
/// before a window's first place, LAST, with the number of its places, behind its last.
#define EACH_WINDOW(FIRST, BODY, LAST)                                                                        \
  size_t rows = fp_pooling_rows(s), columns = fp_pooling_columns(s), n = s->channels, to = 0;                 \
  for (size_t b = 0; b < s->batch; b++)                                                                       \
    for (size_t t = 0; t < rows; t++)                                                                         \
      for (size_t f = 0; f < columns; f++, to += n) {                                                         \
        size_t top, bottom, left, right, places = 0;                                                          \
        inside(t, s->row_stride, s->row_length, s->row_padding, s->rows, &top, &bottom);                      \
        inside(f, s->column_stride, s->column_length, s->column_padding, s->columns, &left, &right);          \
        FIRST                                                                                                 \
        for (size_t r = top; r < bottom; r++)                                                                 \
          for (size_t c = left; c < right; c++, places++) {                                                   \
            size_t from = ((b * s->rows + r) * s->columns + c) * n;                                           \
            BODY                                                                                              \
          }                                                                                                   \
        LAST                                                                                                  \
      }

CLONES void fp_max_pool(const fp_pooling_shape *s, const float *x, float *y) {
  EACH_WINDOW(EACH(i, n) y[to + i] = -INFINITY;, EACH(i, n) y[to + i] = x[from + i] > y[to + i] ? x[from + i] : y[to + i];, )
}

CLONES void fp_max_pool_backward(const fp_pooling_shape *s, const float *x, const float *y, const float *upstream,
                                 float *dx) {
  memset(dx, 0, s->batch * s->rows * s->columns * s->channels * sizeof(float));
  float *left_over = scratch(s->channels);
  EACH_WINDOW(
      memcpy(left_over, upstream + to, n * sizeof(float));,
      EACH(i, n) {
        float share = x[from + i] == y[to + i] ? left_over[i] : 0;
        dx[from + i] += share;
        left_over[i] -= share;
      }, (void)places;)
}

CLONES void fp_average_pool(const fp_pooling_shape *s, const float *x, float *y) {
  EACH_WINDOW(EACH(i, n) y[to + i] = 0;, EACH(i, n) y[to + i] += x[from + i];,
              float share = places ? 1 / (float)places : 0; EACH(i, n) y[to + i] *= share;)
}

CLONES void fp_average_pool_backward(const fp_pooling_shape *s, const float *upstream, float *dx) {
  memset(dx, 0, s->batch * s->rows * s->columns * s->channels * sizeof(float));
  EACH_WINDOW(float share = 1 / (float)((bottom - top) * (right - left));, EACH(i, n) dx[from + i] += share * upstream[to + i];,
              (void)places;)
}

/// Means of a column: Σ f/rows in double precision.
#define COLUMN_MEAN(MEAN, TERM)                               \
  memset(MEAN, 0, width * sizeof(double));                    \
  for (size_t r = 0; r < rows; r++) {                         \
    size_t at = r * width;                                    \
    EACH(i, width) MEAN[i] += (double)(TERM);                 \
  }                                                           \
  for (size_t i = 0; i < width; i++) MEAN[i] /= (double)rows;

CLONES void fp_column_moments(size_t rows, size_t width, const float *x, double *mean, double *variance) {
  COLUMN_MEAN(mean, x[at + i])
  COLUMN_MEAN(variance, (x[at + i] - mean[i]) * (x[at + i] - mean[i]))
}

CLONES void fp_batch_norm(size_t rows, size_t width, float epsilon, const float *x, float *y) {
  double *mean = (double *)scratch(4 * width), *variance = mean + width;
  fp_column_moments(rows, width, x, mean, variance);
  for (size_t i = 0; i < width; i++) variance[i] = 1 / sqrt(variance[i] + (double)epsilon);
  for (size_t r = 0; r < rows; r++) {
    size_t at = r * width;
    EACH(i, width) y[at + i] = (float)((x[at + i] - mean[i]) * variance[i]);
  }
}

CLONES void fp_batch_norm_backward(size_t rows, size_t width, float epsilon, const float *x, const float *upstream,
                                   float *dx) {
  double *mean = (double *)scratch(8 * width), *scale = mean + width, *average = scale + width, *along = average + width;
  fp_column_moments(rows, width, x, mean, scale);
  for (size_t i = 0; i < width; i++) scale[i] = 1 / sqrt(scale[i] + (double)epsilon);
  COLUMN_MEAN(average, upstream[at + i])
  COLUMN_MEAN(along, upstream[at + i] * ((x[at + i] - mean[i]) * scale[i]))
  for (size_t r = 0; r < rows; r++) {
    size_t at = r * width;
    EACH(i, width)
    dx[at + i] = (float)(scale[i] * (upstream[at + i] - average[i] - (x[at + i] - mean[i]) * scale[i] * along[i]));
  }
}
