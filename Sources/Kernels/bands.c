// Bands and depthwise convolutions: sums of rows times rows.
#include "bands.h"
#include "algebra.h"
#include "elementary.h"

CLONES void fp_band_sum(size_t bands, size_t samples, const float *source, const float *from, const float *to,
                        float *y) {
  const float step = 1 / (float)samples;
  memset(y, 0, samples * sizeof(float));
  for (size_t k = 0; k < bands; k++, source += samples) {
    const float gain = from[k], slope = (to[k] - from[k]) * step;
    for (size_t n = 0; n < samples; n++) y[n] += source[n] * (gain + slope * (float)(int)n);
  }
}

CLONES void fp_band_sum_backward(size_t bands, size_t samples, const float *source, const float *upstream, float *from,
                                 float *to) {
  const float step = 1 / (float)samples;
  for (size_t k = 0; k < bands; k++, source += samples) {
    float whole[16] = {0}, ramp[16] = {0}, sum = 0, late = 0;
    for (size_t n = 0; n + 16 <= samples; n += 16)
      for (size_t j = 0; j < 16; j++) {
        float product = source[n + j] * upstream[n + j];
        whole[j] += product;
        ramp[j] += product * (float)(int)(n + j);
      }
    for (size_t n = samples / 16 * 16; n < samples; n++) {
      float product = source[n] * upstream[n];
      sum += product;
      late += product * (float)(int)n;
    }
    for (size_t j = 0; j < 16; j++) sum += whole[j], late += ramp[j];
    late *= step;
    from[k] += sum - late;
    to[k] += late;
  }
}

void fp_band_energy(size_t bands, size_t samples, float floor, const float *source, float *energy) {
  for (size_t k = 0; k < bands; k++)
    energy[k] = logarithm(fp_total_square(samples, source + k * samples) / (float)samples + floor);
}

CLONES void fp_depthwise(size_t frames, size_t channels, size_t taps, const float *x, const float *weight, float *y) {
  for (size_t t = 0; t < frames; t++, x += channels, y += channels) {
    for (size_t c = 0; c < channels; c++) y[c] = x[c] * weight[c];
    for (size_t q = 1; q < taps; q++)
      for (size_t c = 0; c < channels; c++) y[c] += x[q * channels + c] * weight[q * channels + c];
  }
}

CLONES void fp_depthwise_backward(size_t frames, size_t channels, size_t taps, const float *x, const float *weight,
                                  const float *upstream, float *dx, float *dweight) {
  for (size_t t = 0; t < frames; t++)
    for (size_t q = 0; q < taps; q++) {
      const float *up = upstream + t * channels;
      size_t at = (t + q) * channels;
      if (dx)
        for (size_t c = 0; c < channels; c++) dx[at + c] += up[c] * weight[q * channels + c];
      if (dweight)
        for (size_t c = 0; c < channels; c++) dweight[q * channels + c] += up[c] * x[at + c];
    }
}
