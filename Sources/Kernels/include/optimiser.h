// What an optimiser does to every weight, in one pass over the memory.
#pragma once
#include <stddef.h>

/// One step of AdamW (Loshchilov and Hutter 2019). `correction1` and `correction2` are 1 − βᵗ.
typedef struct {
  float rate, beta1, beta2, epsilon, decay;
  double correction1, correction2;
} fp_adamw_step;

/// g = scale·gradient; first += (1 − β₁)(g − first); second += (1 − β₂)(g² − second);
/// w −= rate·decay·w + rate·(first/correction1) / (√(second/correction2) + epsilon).
void fp_adamw(const fp_adamw_step *step, size_t n, float scale, const float *gradient, float *weights, float *first,
              float *second);
/// average += share·(x − average).
void fp_average(size_t n, float share, const float *x, float *average);
