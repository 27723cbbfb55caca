// Attention: softmax(q·kᵀ·scale + mask)·v, head by head, in tiles of query rows that stay in the cache.
#pragma once
#include <stddef.h>

/// Sizes of one attention: q is [batch, queries, heads·width], k and v are [batch, keys, heads·width].
typedef struct {
  size_t batch, queries, keys, heads, width;
  float scale;
  size_t mask_step;  ///< floats from one batch's mask [queries, keys] to the next: 0 when they share one
} fp_attention_shape;

/// y [batch, queries, heads·width]. mask is additive and may be NULL; a query that sees nothing gets zeros.
/// The scratch grows at a thread's first use for a size, and is reused from then on.
void fp_attention(const fp_attention_shape *shape, const float *q, const float *k, const float *v, const float *mask,
                  float *y);
/// The gradients of all three, given that of y. The probabilities are computed again.
void fp_attention_backward(const fp_attention_shape *shape, const float *q, const float *k, const float *v,
                           const float *mask, const float *upstream, float *dq, float *dk, float *dv);
