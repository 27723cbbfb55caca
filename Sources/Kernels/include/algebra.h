// Sums and products of rows, and the fused forms that a transformer layer is made of.
#pragma once
#include <stddef.h>

typedef enum { fp_sum = 0, fp_difference = 1, fp_product = 2 } fp_pairing;

/// y = a ∘ b over n elements; a step of 0 repeats one element.
void fp_pair(fp_pairing pairing, size_t n, const float *a, size_t step_a, const float *b, size_t step_b, float *y);
/// y = scale·x + offset.
void fp_affine(size_t n, float scale, float offset, const float *x, float *y);
/// y += x.
void fp_accumulate(size_t n, const float *x, float *y);
/// y += a·b.
void fp_accumulate_product(size_t n, const float *a, const float *b, float *y);
/// Σ x, Σ x², Σ |x|, each in one fixed order.
float fp_total(size_t n, const float *x);
float fp_total_square(size_t n, const float *x);
float fp_total_absolute(size_t n, const float *x);
/// y = sign(x)·scale.
void fp_sign(size_t n, float scale, const float *x, float *y);
/// y = x·(1 + scale) + shift over `rows` rows of one scale and shift.
void fp_modulate(size_t rows, size_t width, const float *x, const float *scale, const float *shift, float *y);
/// y = x + gate·h over `rows` rows of one gate.
void fp_gated_sum(size_t rows, size_t width, const float *x, const float *gate, const float *h, float *y);
/// The cosines, then the sines, of position·base^(−2i/width) for i < width/2: turns [rows, width], positions [rows].
void fp_rotary_turns(size_t rows, size_t width, float base, const float *positions, float *turns);
/// Turns the pairs (i, i + width/2) of each of `heads` heads by a row's turns.
/// direction is +1, or −1 for the inverse. x and y are [batch, rows, heads·width].
void fp_rotary(size_t batch, size_t rows, size_t heads, size_t width, float direction, const float *turns,
               const float *x, float *y);
