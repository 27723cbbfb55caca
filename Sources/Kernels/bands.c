// Bands: a source in frequency bands, shaped by gains that move in straight lines between the borders of its frames.
#include "algebra.h"
#include "clones.h"
#include "elementary.h"
#include "signal.h"
#include <string.h>

enum { lanes = 16 };

/// y[n] += source[n]·(gain + slope·n)
CLONES static void add_shaped(size_t n, float gain, float slope, const float *restrict source, float *restrict y) {
  EACH(i, n) y[i] += source[i] * (gain + slope * (float)(int)i);
}

void fp_band_sum(const fp_bands_shape *s, const float *source, const float *gains, float *y) {
  float step = 1 / (float)s->samples;
  for (size_t b = 0; b < s->batch; b++, gains += s->bands)
    for (size_t t = 0; t < s->frames; t++, gains += s->bands, y += s->samples) {
      memset(y, 0, s->samples * sizeof(float));
      for (size_t k = 0; k < s->bands; k++, source += s->samples)
        add_shaped(s->samples, gains[k], (gains[s->bands + k] - gains[k]) * step, source, y);
    }
}

/// Σ a·b and Σ a·b·n, in one fixed order.
CLONES static void moments(size_t n, const float *a, const float *b, float *plain, float *rising) {
  float sum[lanes] = {0}, slope[lanes] = {0};
  size_t i = 0;
  for (; i + lanes <= n; i += lanes)
    for (size_t j = 0; j < lanes; j++) {
      float product = a[i + j] * b[i + j];
      sum[j] += product;
      slope[j] += product * (float)(int)(i + j);
    }
  for (size_t j = 0; i < n; i++, j++) {
    sum[j] += a[i] * b[i];
    slope[j] += a[i] * b[i] * (float)(int)i;
  }
  *plain = *rising = 0;
  for (size_t j = 0; j < lanes; j++) *plain += sum[j], *rising += slope[j];
}

void fp_band_sum_to_gains(const fp_bands_shape *s, const float *source, const float *upstream, float *dgains) {
  memset(dgains, 0, s->batch * (s->frames + 1) * s->bands * sizeof(float));
  for (size_t b = 0; b < s->batch; b++, dgains += s->bands)
    for (size_t t = 0; t < s->frames; t++, dgains += s->bands, upstream += s->samples)
      for (size_t k = 0; k < s->bands; k++, source += s->samples) {
        float plain, rising;
        moments(s->samples, source, upstream, &plain, &rising);
        rising /= (float)s->samples;
        dgains[k] += plain - rising;
        dgains[s->bands + k] += rising;
      }
}

void fp_band_sum_to_source(const fp_bands_shape *s, const float *gains, const float *upstream, float *dsource) {
  float step = 1 / (float)s->samples;
  memset(dsource, 0, s->batch * s->frames * s->bands * s->samples * sizeof(float));
  for (size_t b = 0; b < s->batch; b++, gains += s->bands)
    for (size_t t = 0; t < s->frames; t++, gains += s->bands, upstream += s->samples)
      for (size_t k = 0; k < s->bands; k++, dsource += s->samples)
        add_shaped(s->samples, gains[k], (gains[s->bands + k] - gains[k]) * step, upstream, dsource);
}

void fp_band_energy(const fp_bands_shape *s, float floor, const float *source, float *y) {
  size_t count = s->batch * s->frames * s->bands;
  for (size_t k = 0; k < count; k++, source += s->samples)
    y[k] = logarithm(fp_total_square(s->samples, source) / (float)s->samples + floor);
}
