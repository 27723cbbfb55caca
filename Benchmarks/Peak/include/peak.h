// The most that a core can do: multiply-adds without memory, and reading without arithmetic.
#pragma once
#include <stddef.h>

/// Runs `rounds` rounds of independent fused multiply-adds; returns the floating-point operations of one round.
double bench_multiply_add(size_t rounds);
/// Reads `count` floats; returns something that depends on them.
float bench_read(const float *x, size_t count);
