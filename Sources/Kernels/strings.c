// Strings: each partial is a complex number turned eight samples at a time.
// It starts afresh from its closed form at every call, so the sum does not depend on how time is cut into frames.
// No products are fused with sums: every processor computes the same bits.
#include "strings.h"
#include "clones.h"
#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

typedef float lanes __attribute__((vector_size(32)));
typedef float place __attribute__((vector_size(32), aligned(4)));

enum { width = 8, longest = 512 };

CLONES static void add_partial(float re, float im, float turn_re, float turn_im, float lower, float upper,
                               const float *ramp, size_t samples, float *low, float *high) {
  lanes x, y;
  float a = re, b = im, step_re = 1, step_im = 0;
  for (int i = 0; i < width; i++) {
    x[i] = a, y[i] = b;
    float next = a * turn_re - b * turn_im, across = step_re * turn_re - step_im * turn_im;
    b = a * turn_im + b * turn_re, step_im = step_re * turn_im + step_im * turn_re;
    a = next, step_re = across;
  }
  for (size_t n = 0; n < samples; n += width) {
    lanes sound = y;
    if (ramp) sound *= *(const place *)(ramp + n);
    if (samples - n >= width) {
      *(place *)(low + n) += lower * sound;
      *(place *)(high + n) += upper * sound;
    } else {
      for (size_t i = 0; n + i < samples; i++) low[n + i] += lower * sound[i], high[n + i] += upper * sound[i];
    }
    lanes next = x * step_re - y * step_im;
    y = x * step_im + y * step_re;
    x = next;
  }
}

float fp_string_sound(const fp_string *string, double age, float loss, float damping, float attack, float floor,
                      size_t samples, float *bands, size_t stride) {
  float ramp[longest + width], loudest = -INFINITY;
  if (samples > longest) samples = longest;
  const int rising = age < (double)attack;
  if (rising)
    for (size_t n = 0; n < samples + width; n++) {
      float at = ((float)age + (float)n + 1) / attack;
      ramp[n] = at < 1 ? at : 1;
    }
  for (size_t p = 0; p < string->count; p++) {
    float level = string->log_level[p] - string->decay[p] * (float)age - loss;
    if (!(level > floor)) continue;
    if (level > loudest) loudest = level;
    double cycles = string->phase[p] + string->frequency[p] * age;
    float angle = 6.28318530717958647692f * (float)(cycles - rint(cycles));
    float turn = 6.28318530717958647692f * (float)string->frequency[p], shrink = expf(-string->decay[p] - damping);
    float amplitude = expf(level), share = string->share[p];
    float *low = bands + (size_t)string->band[p] * stride;
    add_partial(amplitude * cosf(angle), amplitude * sinf(angle), shrink * cosf(turn), shrink * sinf(turn), 1 - share,
                share, rising ? ramp : NULL, samples, low, low + stride);
  }
  return loudest;
}
