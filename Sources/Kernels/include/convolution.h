// Convolution over time, channels last: windows are rows that overlap in memory, so each is a product without a copy.
#pragma once
#include "gemm.h"

/// x is [batch, frames, channels], the weight [outputs, taps·channels] (all channels of the first tap, then of the
/// second …), y [batch, produced, outputs]. Frame t of y sees frames t·stride + q·dilation of x.
typedef struct {
  size_t batch, frames, channels, outputs, taps, stride, dilation;
} fp_convolution_shape;

/// The frames of y: (frames − reach)/stride + 1 with reach = (taps − 1)·dilation + 1; 0 when x is too short.
size_t fp_convolution_frames(const fp_convolution_shape *shape);
/// y = x ∗ weight + bias. bias may be NULL.
void fp_convolution(const fp_convolution_shape *shape, const float *x, const float *weight, const float *bias, float *y);
/// The same with the weight packed by `fp_pack`: the same bits in f32.
void fp_convolution_packed(const fp_convolution_shape *shape, fp_type type, const float *x, const void *packed,
                           const float *bias, float *y);
/// The gradient with respect to x, given that of y.
void fp_convolution_to_input(const fp_convolution_shape *shape, const float *upstream, const float *weight, float *dx);
/// The gradient with respect to the weight.
void fp_convolution_to_weight(const fp_convolution_shape *shape, const float *x, const float *upstream,
                              float *dweight);

/// Each channel for itself: channels equals outputs, the weight is [taps, channels], the stride 1.
void fp_depthwise(const fp_convolution_shape *shape, const float *x, const float *weight, const float *bias, float *y);
void fp_depthwise_to_input(const fp_convolution_shape *shape, const float *upstream, const float *weight, float *dx);
void fp_depthwise_to_weight(const fp_convolution_shape *shape, const float *x, const float *upstream, float *dweight);
