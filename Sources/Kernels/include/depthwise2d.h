// Convolution over rows and columns, each channel for itself, channels last.
#pragma once
#include <stddef.h>

/// x is [batch, rows, columns, channels], the weight [row_taps, column_taps, channels], y [batch, produced rows, produced
/// columns, channels]. Row t, column f of y sees rows t·row_stride + p − row_padding of x, columns f·column_stride + q −
/// column_padding; what lies outside of x is zero.
typedef struct {
  size_t batch, rows, columns, channels, row_taps, column_taps, row_stride, column_stride, row_padding, column_padding;
} fp_depthwise2d_shape;

/// Rows and columns of y; 0 when x is too small.
size_t fp_depthwise2d_rows(const fp_depthwise2d_shape *shape);
size_t fp_depthwise2d_columns(const fp_depthwise2d_shape *shape);
void fp_depthwise2d(const fp_depthwise2d_shape *shape, const float *x, const float *weight, float *y);
/// The gradients with respect to x and to the weight, given that of y.
void fp_depthwise2d_to_input(const fp_depthwise2d_shape *shape, const float *upstream, const float *weight, float *dx);
void fp_depthwise2d_to_weight(const fp_depthwise2d_shape *shape, const float *x, const float *upstream, float *dweight);
