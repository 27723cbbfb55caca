// Signals: overlapping frames, their spectra, and sources in frequency bands.
#pragma once
#include <stdbool.h>
#include <stddef.h>

/// `rows` signals of `samples`, cut into frames of `length` every `hop` samples.
typedef struct {
  size_t rows, samples, length, hop;
} fp_frames_shape;

/// The frames that fit: (samples − length)/hop + 1.
size_t fp_frame_count(const fp_frames_shape *shape);
/// x [rows, samples] to y [rows, frames, length].
void fp_frames(const fp_frames_shape *shape, const float *x, float *y);
/// y += the frames x, each where it was taken from, the earliest first.
void fp_overlap_add(const fp_frames_shape *shape, const float *x, float *y);

/// The spectra of windowed frames. length is a power of two, at least 2; `window` has `length` entries, `turns` the
/// length/2 pairs cos, −sin of 2πk/length. y is [rows, frames, length/2 + 1]: |X|², or √(|X|² + floor).
/// The scratch grows at a thread's first use for a length, and is reused from then on.
void fp_spectrum(const fp_frames_shape *shape, const float *window, const float *turns, bool magnitude, float floor,
                 const float *x, float *y);
/// dx, given the gradient of y. The spectra are computed again.
void fp_spectrum_backward(const fp_frames_shape *shape, const float *window, const float *turns, bool magnitude,
                          float floor, const float *x, const float *upstream, float *dx);

/// The same spectra as they are: y is [rows, frames, length/2 + 1, 2], the real and the imaginary part of every bin.
void fp_complex_spectrum(const fp_frames_shape *shape, const float *window, const float *turns, const float *x,
                         float *y);
/// dx, given the gradient of y.
void fp_complex_spectrum_backward(const fp_frames_shape *shape, const float *window, const float *turns,
                                  const float *upstream, float *dx);

/// source is [batch, frames, bands, samples], gains [batch, frames + 1, bands] at the frames' borders.
typedef struct {
  size_t batch, frames, bands, samples;
} fp_bands_shape;

/// y[n] = Σ_k source[k][n]·((1 − n/samples)·gain before + n/samples·gain after); y is [batch, frames, samples].
void fp_band_sum(const fp_bands_shape *shape, const float *source, const float *gains, float *y);
void fp_band_sum_to_gains(const fp_bands_shape *shape, const float *source, const float *upstream, float *dgains);
void fp_band_sum_to_source(const fp_bands_shape *shape, const float *gains, const float *upstream, float *dsource);
/// y [batch, frames, bands] = ln(mean square + floor).
void fp_band_energy(const fp_bands_shape *shape, float floor, const float *source, float *y);
