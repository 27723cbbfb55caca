// Row statistics: softmax, logarithms of sums of powers, the norms. Sums run in sixteen lanes whose order is fixed by the
// row's width alone.
#include "elementary.h"
#include "pointwise.h"
#include <math.h>

enum { lanes = 16 };

#define SUM(NAME, ARGUMENTS, TERM)                                      \
  INLINE float NAME ARGUMENTS {                                         \
    float part[lanes] = {0}, total = 0;                                 \
    size_t i = 0;                                                       \
    for (; i + lanes <= width; i += lanes)                              \
      for (size_t j = 0; j < lanes; j++) part[j] += TERM(i + j);        \
    for (; i < width; i++) total += TERM(i);                            \
    for (size_t j = 0; j < lanes; j++) total += part[j];                \
    return total;                                                       \
  }
#define VALUE(i) x[i]
#define SQUARE(i) ((x[i] - centre) * (x[i] - centre))
#define PRODUCT(i) ((x[i] - centre) * y[i])
#define POWER(i) exponential(x[i] - centre)
SUM(sum, (size_t width, const float *x), VALUE)
SUM(square_sum, (size_t width, const float *x, float centre), SQUARE)
SUM(product_sum, (size_t width, const float *x, float centre, const float *y), PRODUCT)
SUM(power_sum, (size_t width, const float *x, float centre), POWER)

INLINE float largest(size_t width, const float *x) {
  float part[lanes], top = -INFINITY;
  for (size_t j = 0; j < lanes; j++) part[j] = -INFINITY;
  size_t i = 0;
  for (; i + lanes <= width; i += lanes)
    for (size_t j = 0; j < lanes; j++) part[j] = x[i + j] > part[j] ? x[i + j] : part[j];
  for (; i < width; i++) top = x[i] > top ? x[i] : top;
  for (size_t j = 0; j < lanes; j++) top = part[j] > top ? part[j] : top;
  return top;
}

CLONES void fp_softmax(size_t rows, size_t width, const float *x, float *y) {
  for (size_t r = 0; r < rows; r++, x += width, y += width) {
    float top = largest(width, x);
    if (top == -INFINITY) {
      memset(y, 0, width * sizeof(float));
      continue;
    }
    EACH(i, width) y[i] = exponential(x[i] - top);
    float scale = 1 / sum(width, y);
    EACH(i, width) y[i] *= scale;
  }
}

CLONES void fp_softmax_backward(size_t rows, size_t width, const float *y, const float *upstream, float *dx) {
  for (size_t r = 0; r < rows; r++, y += width, upstream += width, dx += width) {
    float mean = product_sum(width, y, 0, upstream);
    EACH(i, width) dx[i] = y[i] * (upstream[i] - mean);
  }
}

CLONES void fp_log_sum_exp(size_t rows, size_t width, const float *x, float *y) {
  for (size_t r = 0; r < rows; r++, x += width) {
    float top = largest(width, x);
    if (top == -INFINITY) {
      y[r] = top;
      continue;
    }
    float total = power_sum(width, x, top);
    y[r] = total == total ? top + logarithm(total) : total;
  }
}

CLONES void fp_layer_norm(size_t rows, size_t width, float epsilon, const float *x, float *y) {
  for (size_t r = 0; r < rows; r++, x += width, y += width) {
    float mean = sum(width, x) / (float)width;
    float scale = 1 / __builtin_sqrtf(square_sum(width, x, mean) / (float)width + epsilon);
    EACH(i, width) y[i] = (x[i] - mean) * scale;
  }
}

CLONES void fp_layer_norm_backward(size_t rows, size_t width, float epsilon, const float *x, const float *upstream,
                                   float *dx) {
  for (size_t r = 0; r < rows; r++, x += width, upstream += width, dx += width) {
    float mean = sum(width, x) / (float)width;
    float scale = 1 / __builtin_sqrtf(square_sum(width, x, mean) / (float)width + epsilon);
    float average = sum(width, upstream) / (float)width;
    float along = product_sum(width, x, mean, upstream) * scale * scale / (float)width;
    EACH(i, width) dx[i] = scale * (upstream[i] - average - (x[i] - mean) * along);
  }
}

CLONES void fp_rms_norm(size_t rows, size_t width, float epsilon, const float *x, float *y) {
  for (size_t r = 0; r < rows; r++, x += width, y += width) {
    float scale = 1 / __builtin_sqrtf(square_sum(width, x, 0) / (float)width + epsilon);
    EACH(i, width) y[i] = x[i] * scale;
  }
}

CLONES void fp_rms_norm_backward(size_t rows, size_t width, float epsilon, const float *x, const float *upstream,
                                 float *dx) {
  for (size_t r = 0; r < rows; r++, x += width, upstream += width, dx += width) {
    float scale = 1 / __builtin_sqrtf(square_sum(width, x, 0) / (float)width + epsilon);
    float along = product_sum(width, x, 0, upstream) * scale * scale / (float)width;
    EACH(i, width) dx[i] = scale * (upstream[i] - x[i] * along);
  }
}
