// Strings: decaying partials, summed into frequency bands. The excitation that the codec's decoder shapes.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// The partials of one struck string; every array has `count` entries.
typedef struct {
  size_t count;
  const float *log_level;   ///< natural logarithm of the amplitude at the strike
  const float *decay;       ///< 1/samples: the amplitude falls as exp(-decay · age)
  const double *frequency;  ///< cycles a sample
  const float *phase;       ///< cycles at the strike
  const int32_t *band;      ///< the lower of the two bands a partial is shared by
  const float *share;       ///< the upper band's share, 0…1
} fp_string;

/// bands[b][n] += Σ_p share_p(b) · exp(log_level_p − decay_p·(age+n) − loss − damping·n) · ramp(age+n) · sin 2π(phase_p + frequency_p·(age+n))
/// for n in 0..<samples. `age` is in samples since the strike, `loss` what the damper has taken so far (natural
/// logarithm), `damping` what it takes a sample, `attack` the length of the ramp in samples. Partials below `floor`
/// (natural logarithm) are left out. Returns the logarithm of the loudest partial at the first sample.
float fp_string_sound(const fp_string *string, double age, float loss, float damping, float attack, float floor,
                      size_t samples, float *bands, size_t stride);
