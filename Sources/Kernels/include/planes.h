// Pooling over rows and columns, channels last, and the norm of each channel over everything else.
#pragma once
#include <stddef.h>

/// x is [batch, rows, columns, channels]. Row t, column f of the result is made of rows t·row_stride − row_padding on,
/// row_length of them, and of columns likewise; only of those that lie inside of x.
typedef struct {
  size_t batch, rows, columns, channels, row_length, column_length, row_stride, column_stride, row_padding,
      column_padding;
} fp_pooling_shape;

/// Rows and columns of the result; 0 when x is too small.
size_t fp_pooling_rows(const fp_pooling_shape *shape);
size_t fp_pooling_columns(const fp_pooling_shape *shape);
/// The largest of a window, for each channel. On the way back the first of several that are the largest gets all.
void fp_max_pool(const fp_pooling_shape *shape, const float *x, float *y);
void fp_max_pool_backward(const fp_pooling_shape *shape, const float *x, const float *y, const float *upstream,
                          float *dx);
/// The mean of a window, for each channel.
void fp_average_pool(const fp_pooling_shape *shape, const float *x, float *y);
void fp_average_pool_backward(const fp_pooling_shape *shape, const float *upstream, float *dx);

/// Mean and variance (the mean square of what remains) of each of `width` columns of `rows` rows.
void fp_column_moments(size_t rows, size_t width, const float *x, double *mean, double *variance);
/// y = (x − mean)/√(variance + ε), column by column.
void fp_batch_norm(size_t rows, size_t width, float epsilon, const float *x, float *y);
void fp_batch_norm_backward(size_t rows, size_t width, float epsilon, const float *x, const float *upstream, float *dx);
