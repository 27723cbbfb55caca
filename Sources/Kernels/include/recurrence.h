// Long short-term memory over a whole sequence (Hochreiter and Schmidhuber 1997; gates in PyTorch's order i, f, g, o).
#pragma once
#include <stddef.h>

/// Sizes of one run: projected inputs are [batch, frames, 4·width].
typedef struct {
  size_t batch, frames, width;
} fp_recurrence_shape;

/// trace [batch, frames, 6·width] holds, for each frame, the gates i, f, g, o after their functions, then c, then h:
///   a = projected + h₋₁·weightᵀ,  i, f, o = σ(a),  g = tanh(a),  c = f·c₋₁ + i·g,  h = o·tanh(c).
/// `packed` is the weight [4·width, width] in f32 panels; hidden and cell are the state before, [batch, width].
void fp_recurrence(const fp_recurrence_shape *shape, const float *projected, const void *packed, const float *hidden,
                   const float *cell, float *trace);
/// The walk back, from the gradient of the trace to those of the projected inputs and of the state before. `packed` is
/// the weight transposed, [width, 4·width]. The weight's gradient is Σ dprojectedᵀ·h₋₁.
void fp_recurrence_backward(const fp_recurrence_shape *shape, const void *packed, const float *cell, const float *trace,
                            const float *upstream, float *dprojected, float *dhidden, float *dcell);
