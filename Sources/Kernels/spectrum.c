// Spectra: 32 frames at a time, two real frames in one complex transform, one transform in each of sixteen lanes, so
// that every step of the transform is whole vectors. By fours, in Stockham's order: no bit reversal (Cochran et al. 1967).
#include "clones.h"
#include "scratch.h"
#include "signal.h"
#include <math.h>
#include <string.h>

enum { lanes = 16, together = 2 * lanes };

/// One lane of to = (re + i·im)·(c + i·s).
INLINE void put_turned(float *to, float re, float im, float c, float s) {
  to[0] = re * c - im * s;
  to[lanes] = re * s + im * c;
}

/// One step by four: `blocks` transforms of `length` become four times as many of a quarter of it.
CLONES static void by_four(size_t length, size_t blocks, float direction, const float *turns, const float *x,
                           float *y) {
  size_t quarter = length / 4, apart = blocks * quarter * together, next = blocks * together;
  for (size_t p = 0; p < quarter; p++) {
    const float *turn = turns + 2 * p * blocks, *twice = turns + 4 * p * blocks;
    float c1 = turn[0], s1 = direction * turn[1], c2 = twice[0], s2 = direction * twice[1];
    float c3 = c1 * c2 - s1 * s2, s3 = c1 * s2 + s1 * c2;
    for (size_t q = 0; q < blocks; q++) {
      const float *restrict a = x + (q + blocks * p) * together;
      float *restrict u = y + (q + 4 * blocks * p) * together;
      for (size_t l = 0; l < lanes; l++) {
        const float *b = a + apart, *c = b + apart, *d = c + apart;
        float even = a[l] + c[l], even_i = a[lanes + l] + c[lanes + l];
        float gap = a[l] - c[l], gap_i = a[lanes + l] - c[lanes + l];
        float odd = b[l] + d[l], odd_i = b[lanes + l] + d[lanes + l];
        float turned = direction * (b[lanes + l] - d[lanes + l]), turned_i = direction * (d[l] - b[l]);
        u[l] = even + odd;
        u[lanes + l] = even_i + odd_i;
        put_turned(u + next + l, gap + turned, gap_i + turned_i, c1, s1);
        put_turned(u + 2 * next + l, even - odd, even_i - odd_i, c2, s2);
        put_turned(u + 3 * next + l, gap - turned, gap_i - turned_i, c3, s3);
      }
    }
  }
}

/// The last step of a length that is no power of four.
CLONES static void by_two(size_t blocks, const float *x, float *y) {
  for (size_t e = 0; e < blocks * together; e++) {
    float a = x[e], b = x[blocks * together + e];
    y[e] = a + b;
    y[blocks * together + e] = a - b;
  }
}

/// Element e of 32 floats is sixteen real, then sixteen imaginary parts. Returns which of x and y holds the result.
static float *transform(size_t n, float direction, const float *turns, float *x, float *y) {
  for (size_t length = n, blocks = 1; length > 1; length /= 4, blocks *= 4) {
    if (length == 2)
      by_two(blocks, x, y);
    else
      by_four(length, blocks, direction, turns, x, y);
    float *swap = x;
    x = y;
    y = swap;
  }
  return x;
}

/// to[e][l] = from_l[e]; lanes past `count` become zeros. Sixteen elements at a time stay in the first cache.
CLONES static void gather(size_t n, size_t count, size_t step, const float *restrict from, float *restrict to) {
  for (size_t first = 0; first < n; first += 16) {
    size_t end = n - first < 16 ? n : first + 16;
    for (size_t l = 0; l < count; l++)
      for (size_t e = first; e < end; e++) to[e * together + l] = from[l * step + e];
    for (size_t l = count; l < together; l++)
      for (size_t e = first; e < end; e++) to[e * together + l] = 0;
  }
}

/// to_l[e] += from[e][l].
CLONES static void scatter(size_t n, size_t count, size_t step, const float *restrict from, float *restrict to) {
  for (size_t first = 0; first < n; first += 16) {
    size_t end = n - first < 16 ? n : first + 16;
    for (size_t l = 0; l < count; l++)
      for (size_t e = first; e < end; e++) to[l * step + e] += from[e * together + l];
  }
}

/// x[e][l] *= weight[e].
CLONES static void weigh(size_t n, const float *restrict weight, float *restrict x) {
  for (size_t e = 0; e < n; e++)
    for (size_t l = 0; l < together; l++) x[e * together + l] *= weight[e];
}

/// The transforms of frames first … first + 31 of one signal.
static float *forward(const fp_frames_shape *s, size_t first, size_t count, const float *window, const float *turns,
                      const float *x, float *a, float *b) {
  gather(s->length, count, s->hop, x + first * s->hop, a);
  weigh(s->length, window, a);
  return transform(s->length, 1, turns, a, b);
}

/// Parts the two real frames of a transform: bin k of the frames 0…15 into a, of 16…31 into b, real then imaginary.
INLINE void part(size_t n, const float *x, size_t k, float *a, float *b) {
  const float *u = x + k * together, *v = x + (k ? n - k : 0) * together;
  for (size_t l = 0; l < lanes; l++) {
    a[l] = 0.5f * (u[l] + v[l]);
    a[lanes + l] = 0.5f * (u[lanes + l] - v[lanes + l]);
    b[l] = 0.5f * (u[lanes + l] + v[lanes + l]);
    b[lanes + l] = 0.5f * (v[l] - u[l]);
  }
}

CLONES static void measure(size_t n, bool magnitude, float floor, const float *x, float *y) {
  for (size_t k = 0; k <= n / 2; k++, y += together) {
    float a[together], b[together];
    part(n, x, k, a, b);
    for (size_t l = 0; l < lanes; l++) {
      y[l] = a[l] * a[l] + a[lanes + l] * a[lanes + l];
      y[lanes + l] = b[l] * b[l] + b[lanes + l] * b[lanes + l];
    }
    if (magnitude)
      for (size_t l = 0; l < together; l++) y[l] = __builtin_sqrtf(y[l] + floor);
  }
}

/// From the transforms x and the gradients `up` of the measures to the transform whose inverse is that of the frames.
CLONES static void measure_backward(size_t n, bool magnitude, float floor, const float *x, const float *up, float *z) {
  for (size_t k = 0; k <= n / 2; k++, up += together) {
    float a[together], b[together], share = k == 0 || k == n / 2 ? 2 : 1;
    float *u = z + k * together, *v = z + (k ? n - k : 0) * together;
    part(n, x, k, a, b);
    for (size_t l = 0; l < lanes; l++) {
      float ga = share * up[l], gb = share * up[lanes + l];
      if (magnitude) {
        ga *= 0.5f / __builtin_sqrtf(a[l] * a[l] + a[lanes + l] * a[lanes + l] + floor);
        gb *= 0.5f / __builtin_sqrtf(b[l] * b[l] + b[lanes + l] * b[lanes + l] + floor);
      }
      float ra = ga * a[l], ia = ga * a[lanes + l], rb = gb * b[l], ib = gb * b[lanes + l];
      v[l] = ra + ib;
      v[lanes + l] = rb - ia;
      u[l] = ra - ib;
      u[lanes + l] = rb + ia;
    }
  }
}

void fp_spectrum(const fp_frames_shape *s, const float *window, const float *turns, bool magnitude, float floor,
                 const float *x, float *y) {
  size_t n = s->length, bins = n / 2 + 1, frames = fp_frame_count(s);
  float *a = scratch(3 * n * together), *b = a + n * together, *measured = b + n * together;
  memset(y, 0, s->rows * frames * bins * sizeof(float));
  for (size_t row = 0; row < s->rows; row++, x += s->samples)
    for (size_t first = 0; first < frames; first += together) {
      size_t count = frames - first < together ? frames - first : together;
      measure(n, magnitude, floor, forward(s, first, count, window, turns, x, a, b), measured);
      scatter(bins, count, bins, measured, y);
      y += count * bins;
    }
}

void fp_spectrum_backward(const fp_frames_shape *s, const float *window, const float *turns, bool magnitude,
                          float floor, const float *x, const float *upstream, float *dx) {
  size_t n = s->length, bins = n / 2 + 1, frames = fp_frame_count(s);
  float *a = scratch(3 * n * together), *b = a + n * together, *up = b + n * together;
  memset(dx, 0, s->rows * s->samples * sizeof(float));
  for (size_t row = 0; row < s->rows; row++, x += s->samples, dx += s->samples)
    for (size_t first = 0; first < frames; first += together) {
      size_t count = frames - first < together ? frames - first : together;
      const float *spectra = forward(s, first, count, window, turns, x, a, b);
      gather(bins, count, bins, upstream, up);
      upstream += count * bins;
      float *inverse = spectra == a ? b : a;
      measure_backward(n, magnitude, floor, spectra, up, inverse);
      float *frame = transform(n, -1, turns, inverse, spectra == a ? a : b);
      weigh(n, window, frame);
      scatter(n, count, s->hop, frame, dx + first * s->hop);
    }
}

/// The real part of bin k of all frames as element 2k of y, the imaginary part as element 2k + 1.
CLONES static void take_apart(size_t n, const float *x, float *y) {
  for (size_t k = 0; k <= n / 2; k++, y += 2 * together) {
    float a[together], b[together];
    part(n, x, k, a, b);
    for (size_t l = 0; l < lanes; l++) {
      y[l] = a[l];
      y[lanes + l] = b[l];
      y[together + l] = a[lanes + l];
      y[together + lanes + l] = b[lanes + l];
    }
  }
}

/// From the gradients `up`, laid out as above, to the transform whose inverse is the gradient of the frames.
CLONES static void put_together(size_t n, const float *up, float *z) {
  for (size_t k = 0; k <= n / 2; k++, up += 2 * together) {
    // The two bins without a mirror image are real whatever the signal.
    bool alone = k == 0 || k == n / 2;
    float real = alone ? 1 : 0.5f, imaginary = alone ? 0 : 0.5f;
    float *u = z + k * together, *v = z + (k ? n - k : 0) * together;
    for (size_t l = 0; l < lanes; l++) {
      float ra = real * up[l], rb = real * up[lanes + l];
      float ia = imaginary * up[together + l], ib = imaginary * up[together + lanes + l];
      v[l] = ra + ib;
      v[lanes + l] = rb - ia;
      u[l] = ra - ib;
      u[lanes + l] = rb + ia;
    }
  }
}

void fp_complex_spectrum(const fp_frames_shape *s, const float *window, const float *turns, const float *x, float *y) {
  size_t n = s->length, parts = n + 2, frames = fp_frame_count(s);
  float *a = scratch((3 * n + 2) * together), *b = a + n * together, *apart = b + n * together;
  memset(y, 0, s->rows * frames * parts * sizeof(float));
  for (size_t row = 0; row < s->rows; row++, x += s->samples)
    for (size_t first = 0; first < frames; first += together) {
      size_t count = frames - first < together ? frames - first : together;
      take_apart(n, forward(s, first, count, window, turns, x, a, b), apart);
      scatter(parts, count, parts, apart, y);
      y += count * parts;
    }
}

void fp_complex_spectrum_backward(const fp_frames_shape *s, const float *window, const float *turns,
                                  const float *upstream, float *dx) {
  size_t n = s->length, parts = n + 2, frames = fp_frame_count(s);
  float *a = scratch((3 * n + 2) * together), *b = a + n * together, *up = b + n * together;
  memset(dx, 0, s->rows * s->samples * sizeof(float));
  for (size_t row = 0; row < s->rows; row++, dx += s->samples)
    for (size_t first = 0; first < frames; first += together) {
      size_t count = frames - first < together ? frames - first : together;
      gather(parts, count, parts, upstream, up);
      upstream += count * parts;
      put_together(n, up, a);
      float *frame = transform(n, -1, turns, a, b);
      weigh(n, window, frame);
      scatter(n, count, s->hop, frame, dx + first * s->hop);
    }
}
