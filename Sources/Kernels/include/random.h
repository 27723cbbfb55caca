// Counter-based randomness: Philox 4x32-10 (Salmon et al. 2011). The same (seed, position) is the same number for ever.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Fills `out` with `count` standard normals; element i depends on (seed, stream, position + i) only.
void fp_normal(uint64_t seed, uint32_t stream, uint64_t position, float *out, size_t count);
/// The same for uniforms in [0, 1).
void fp_uniform(uint64_t seed, uint32_t stream, uint64_t position, float *out, size_t count);
