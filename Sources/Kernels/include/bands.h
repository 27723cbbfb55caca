// Bands: signals cut into frequency bands, each with a gain that moves in a straight line over a frame.
#pragma once
#include <stddef.h>

/// y[n] = Σ_k source[k][n]·((1 − n/samples)·from[k] + (n/samples)·to[k]) for one frame of `bands` × `samples`.
void fp_band_sum(size_t bands, size_t samples, const float *source, const float *from, const float *to, float *y);
/// Adds the gradients of both gains, given that of y.
void fp_band_sum_backward(size_t bands, size_t samples, const float *source, const float *upstream, float *from,
                          float *to);
/// energy[k] = ln(mean square of source[k] + floor).
void fp_band_energy(size_t bands, size_t samples, float floor, const float *source, float *energy);
/// y[t][c] = Σ_q x[t + q][c]·weight[q][c] for t < frames.
void fp_depthwise(size_t frames, size_t channels, size_t taps, const float *x, const float *weight, float *y);
/// dx[t + q][c] += dy[t][c]·weight[q][c], dweight[q][c] += Σ_t dy[t][c]·x[t + q][c]; either may be NULL.
void fp_depthwise_backward(size_t frames, size_t channels, size_t taps, const float *x, const float *weight,
                           const float *upstream, float *dx, float *dweight);
