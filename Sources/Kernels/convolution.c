// Convolutions as products of overlapping rows. With dilation every tap is a product of its own, added to the last.
// Taps are summed in order whatever the number of frames: streaming equals offline bit for bit.
#include "convolution.h"
#include "algebra.h"
#include "tiles.h"
#include <string.h>

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

size_t fp_convolution_frames(const fp_convolution_shape *s) {
  size_t reach = (s->taps - 1) * s->dilation + 1;
  return s->frames < reach ? 0 : (s->frames - reach) / s->stride + 1;
}

void fp_convolution(const fp_convolution_shape *s, const float *x, const float *weight, const float *bias, float *y) {
  size_t produced = fp_convolution_frames(s), row = s->taps * s->channels;
  // Taps that lie behind each other in memory are one product.
  size_t parts = s->dilation == 1 ? 1 : s->taps, width = row / parts;
  for (size_t b = 0; b < s->batch; b++, x += s->frames * s->channels, y += produced * s->outputs) {
    for (size_t q = 0; q < parts; q++)
      fp_gemm(false, true, produced, s->outputs, width, x + q * s->dilation * s->channels, s->stride * s->channels,
              weight + q * width, row, y, s->outputs, q > 0);
    if (bias)
      for (size_t t = 0; t < produced; t++) fp_accumulate(s->outputs, bias, y + t * s->outputs);
  }
}

void fp_convolution_packed(const fp_convolution_shape *s, fp_type type, const float *x, const void *packed,
                           const float *bias, float *y) {
  const fp_tiles *tiles = fp_tiles_of_this_machine();
  size_t produced = fp_convolution_frames(s), row = s->taps * s->channels, step = s->stride * s->channels;
  for (size_t b = 0; b < s->batch; b++, x += s->frames * s->channels, y += produced * s->outputs) {
    if (s->dilation == 1) {
      fp_linear(type, produced, s->outputs, row, x, step, packed, bias, fp_identity, y, s->outputs);
      continue;
    }
    const char *weights = packed;
    size_t segment = s->channels * 32 * (type == fp_bf16 ? 2 : 4);
    for (size_t first = 0; first < s->outputs; first += 32) {
      size_t width = smaller(s->outputs - first, 32);
      for (size_t q = 0; q < s->taps; q++, weights += segment)
        fp_tile_rows(tiles, type, produced, width, s->channels, x + q * s->dilation * s->channels, step, 1, weights,
                     y + first, s->outputs, q > 0);
      if (bias)
        for (size_t t = 0; t < produced; t++) fp_accumulate(width, bias + first, y + t * s->outputs + first);
    }
  }
}

void fp_convolution_to_input(const fp_convolution_shape *s, const float *upstream, const float *weight, float *dx) {
  size_t produced = fp_convolution_frames(s), row = s->taps * s->channels, step = s->stride * s->channels;
  // Rows of dx must not overlap within a product, so a window is written in parts of at most one step.
  size_t width = s->dilation == 1 ? smaller(step, row) : s->channels;
  memset(dx, 0, s->batch * s->frames * s->channels * sizeof(float));
  for (size_t b = 0; b < s->batch; b++, dx += s->frames * s->channels, upstream += produced * s->outputs)
    for (size_t from = 0; from < row; from += width) {
      size_t at = s->dilation == 1 ? from : from * s->dilation;
      fp_gemm(false, false, produced, smaller(width, row - from), s->outputs, upstream, s->outputs, weight + from, row,
              dx + at, step, true);
    }
}

void fp_convolution_to_weight(const fp_convolution_shape *s, const float *x, const float *upstream, float *dweight) {
  size_t produced = fp_convolution_frames(s), row = s->taps * s->channels;
  size_t parts = s->dilation == 1 ? 1 : s->taps, width = row / parts;
  if (s->batch == 0) memset(dweight, 0, s->outputs * row * sizeof(float));
  for (size_t b = 0; b < s->batch; b++, x += s->frames * s->channels, upstream += produced * s->outputs)
    for (size_t q = 0; q < parts; q++)
      fp_gemm(true, false, s->outputs, width, produced, upstream, s->outputs, x + q * s->dilation * s->channels,
              s->stride * s->channels, dweight + q * width, row, b > 0);
}

void fp_depthwise(const fp_convolution_shape *s, const float *x, const float *weight, const float *bias, float *y) {
  size_t produced = fp_convolution_frames(s), n = s->channels;
  for (size_t b = 0; b < s->batch; b++, x += s->frames * n)
    for (size_t t = 0; t < produced; t++, y += n) {
      fp_pair(fp_product, n, x + t * n, 1, weight, 1, y);
      for (size_t q = 1; q < s->taps; q++)
        fp_accumulate_product(n, x + (t + q * s->dilation) * n, weight + q * n, y);
      if (bias) fp_accumulate(n, bias, y);
    }
}

void fp_depthwise_to_input(const fp_convolution_shape *s, const float *upstream, const float *weight, float *dx) {
  size_t produced = fp_convolution_frames(s), n = s->channels;
  memset(dx, 0, s->batch * s->frames * n * sizeof(float));
  for (size_t b = 0; b < s->batch; b++, dx += s->frames * n)
    for (size_t t = 0; t < produced; t++, upstream += n)
      for (size_t q = 0; q < s->taps; q++)
        fp_accumulate_product(n, upstream, weight + q * n, dx + (t + q * s->dilation) * n);
}

void fp_depthwise_to_weight(const fp_convolution_shape *s, const float *x, const float *upstream, float *dweight) {
  size_t produced = fp_convolution_frames(s), n = s->channels;
  memset(dweight, 0, s->taps * n * sizeof(float));
  for (size_t b = 0; b < s->batch; b++, x += s->frames * n)
    for (size_t t = 0; t < produced; t++, upstream += n)
      for (size_t q = 0; q < s->taps; q++)
        fp_accumulate_product(n, x + (t + q * s->dilation) * n, upstream, dweight + q * n);
}
