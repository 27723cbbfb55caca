// Sums and products of rows: plain loops, in clones for each processor.
#include "algebra.h"
#include "clones.h"
#include <math.h>

#define PAIR(NAME, EXPRESSION)                                                                                       \
  CLONES static void NAME(size_t n, const float *a, size_t step_a, const float *b, size_t step_b, float *y) {        \
    if (step_a && step_b)                                                                                            \
      EACH(i, n) { float u = a[i], v = b[i]; y[i] = EXPRESSION; }                                \
    else if (step_a)                                                                                                 \
      EACH(i, n) { float u = a[i], v = *b; y[i] = EXPRESSION; }                                  \
    else if (step_b)                                                                                                 \
      EACH(i, n) { float u = *a, v = b[i]; y[i] = EXPRESSION; }                                  \
    else                                                                                                             \
      EACH(i, n) { float u = *a, v = *b; y[i] = EXPRESSION; }                                    \
  }
PAIR(pair_sum, u + v)
PAIR(pair_difference, u - v)
PAIR(pair_product, u *v)

void fp_pair(fp_pairing pairing, size_t n, const float *a, size_t step_a, const float *b, size_t step_b, float *y) {
  switch (pairing) {
    case fp_sum: return pair_sum(n, a, step_a, b, step_b, y);
    case fp_difference: return pair_difference(n, a, step_a, b, step_b, y);
    case fp_product: return pair_product(n, a, step_a, b, step_b, y);
  }
}

CLONES void fp_affine(size_t n, float scale, float offset, const float *x, float *y) {
  EACH(i, n) y[i] = scale * x[i] + offset;
}
CLONES void fp_accumulate(size_t n, const float *x, float *y) {
  EACH(i, n) y[i] += x[i];
}
CLONES void fp_accumulate_product(size_t n, const float *a, const float *b, float *y) {
  EACH(i, n) y[i] += a[i] * b[i];
}
CLONES void fp_sign(size_t n, float scale, const float *x, float *y) {
  EACH(i, n) y[i] = x[i] > 0 ? scale : x[i] < 0 ? -scale : 0;
}

#define TOTAL(NAME, TERM)                                             \
  CLONES float NAME(size_t n, const float *x) {                       \
    double total = 0;                                                 \
    for (size_t start = 0; start < n; start += 1024) {                \
      size_t end = n - start < 1024 ? n : start + 1024, i = start;    \
      float part[16] = {0};                                           \
      for (; i + 16 <= end; i += 16)                                  \
        for (size_t j = 0; j < 16; j++) part[j] += TERM(x[i + j]);    \
      for (; i < end; i++) total += TERM(x[i]);                       \
      for (size_t j = 0; j < 16; j++) total += part[j];               \
    }                                                                 \
    return (float)total;                                              \
  }
#define SAME(v) (v)
#define SQUARED(v) ((v) * (v))
TOTAL(fp_total, SAME)
TOTAL(fp_total_square, SQUARED)
TOTAL(fp_total_absolute, __builtin_fabsf)

CLONES void fp_modulate(size_t rows, size_t width, const float *x, const float *scale, const float *shift, float *y) {
  for (size_t r = 0; r < rows; r++, x += width, y += width)
    EACH(i, width) y[i] = x[i] * (1 + scale[i]) + shift[i];
}
CLONES void fp_gated_sum(size_t rows, size_t width, const float *x, const float *gate, const float *h, float *y) {
  for (size_t r = 0; r < rows; r++, x += width, h += width, y += width)
    EACH(i, width) y[i] = x[i] + gate[i] * h[i];
}

CLONES static void turn(size_t half, const float *cosine, const float *sine, float direction, const float *x, float *y) {
  EACH(i, half) {
    float a = x[i], b = x[half + i], s = direction * sine[i];
    y[i] = a * cosine[i] - b * s;
    y[half + i] = a * s + b * cosine[i];
  }
}

void fp_rotary_turns(size_t rows, size_t width, float base, const float *positions, float *turns) {
  size_t half = width / 2;
  for (size_t r = 0; r < rows; r++, turns += width)
    for (size_t i = 0; i < half; i++) {
      float angle = positions[r] * powf(base, -2.0f * (float)i / (float)width);
      turns[i] = cosf(angle);
      turns[half + i] = sinf(angle);
    }
}

void fp_rotary(size_t batch, size_t rows, size_t heads, size_t width, float direction, const float *turns,
               const float *x, float *y) {
  size_t half = width / 2;
  for (size_t b = 0; b < batch; b++)
    for (size_t r = 0; r < rows; r++)
      for (size_t h = 0; h < heads; h++, x += width, y += width)
        turn(half, turns + r * width, turns + r * width + half, direction, x, y);
}
