// Convolution over rows and columns, channels last. Windows along a row overlap in memory, so each is a product without
// a copy; neighbouring results that share their window fill the width of a product where there are few outputs.
#pragma once
#include <stddef.h>

/// x is [batch, rows, columns, channels], the weight [outputs, row_taps·column_taps·channels] (all channels of the first
/// column tap of the first row tap, then of the second column tap …), y [batch, produced rows, produced columns, outputs].
/// Row t, column f of y sees rows t·row_stride + p·row_dilation − row_padding of x, columns f·column_stride + q −
/// column_padding; what lies outside of x is zero.
typedef struct {
  size_t batch, rows, columns, channels, outputs, row_taps, column_taps, row_stride, column_stride, row_dilation,
      row_padding, column_padding;
} fp_convolution2d_shape;

/// Rows and columns of y; 0 when x is too small. The scratch of the products below grows at a thread's first use, and
/// is reused from then on.
size_t fp_convolution2d_rows(const fp_convolution2d_shape *shape);
size_t fp_convolution2d_columns(const fp_convolution2d_shape *shape);
/// y = x ∗ weight + bias. bias may be NULL.
void fp_convolution2d(const fp_convolution2d_shape *shape, const float *x, const float *weight, const float *bias,
                      float *y);
/// The same with the weight packed once. With more than 16 outputs what is packed serves any batch, rows and columns; with
/// fewer, those that it was packed for.
size_t fp_convolution2d_packed_count(const fp_convolution2d_shape *shape);
void fp_convolution2d_pack(const fp_convolution2d_shape *shape, const float *weight, float *packed);
void fp_convolution2d_packed(const fp_convolution2d_shape *shape, const float *x, const float *packed,
                             const float *bias, float *y);
/// The gradient with respect to x, given that of y.
void fp_convolution2d_to_input(const fp_convolution2d_shape *shape, const float *upstream, const float *weight,
                               float *dx);
/// The gradient with respect to the weight.
void fp_convolution2d_to_weight(const fp_convolution2d_shape *shape, const float *x, const float *upstream,
                                float *dweight);
