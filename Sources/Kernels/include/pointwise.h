// Pointwise functions and row statistics. An element's result depends on its value only, never on where it stands.
#pragma once
#include "gemm.h"
#include <stddef.h>

/// y = f(x); x and y may be the same memory.
void fp_activate(fp_activation activation, size_t n, const float *x, float *y);
/// dx = upstream · f′(x).
void fp_activate_backward(fp_activation activation, size_t n, const float *x, const float *upstream, float *dx);
void fp_exp(size_t n, const float *x, float *y);
/// y = ln(max(x, floor)); zero, negative and NaN inputs give ln(floor).
void fp_log(size_t n, float floor, const float *x, float *y);
void fp_sin(size_t n, const float *x, float *y);
void fp_cos(size_t n, const float *x, float *y);
void fp_square_root(size_t n, const float *x, float *y);

/// Each row becomes exp(x − max) / Σ. A row of −∞ becomes zeros.
void fp_softmax(size_t rows, size_t width, const float *x, float *y);
void fp_softmax_backward(size_t rows, size_t width, const float *y, const float *upstream, float *dx);
/// One number a row: max + ln Σ e^(x − max), without overflow. A row of −∞ gives −∞.
void fp_log_sum_exp(size_t rows, size_t width, const float *x, float *y);
/// Each row becomes (x − mean) / √(variance + epsilon).
void fp_layer_norm(size_t rows, size_t width, float epsilon, const float *x, float *y);
void fp_layer_norm_backward(size_t rows, size_t width, float epsilon, const float *x, const float *upstream, float *dx);
/// Each row becomes x / √(mean square + epsilon).
void fp_rms_norm(size_t rows, size_t width, float epsilon, const float *x, float *y);
void fp_rms_norm_backward(size_t rows, size_t width, float epsilon, const float *x, const float *upstream, float *dx);
