// Pointwise functions: one loop a function, in clones for each processor.
#include "pointwise.h"
#include "elementary.h"
#include <math.h>

INLINE float gelu_inner(float x) { return 0.7978845608f * (x + 0.044715f * x * x * x); }

#define MAP(NAME, EXPRESSION)                                                            \
  CLONES static void NAME(size_t n, const float *x, float *y) {                          \
    EACH(i, n) {                                                     \
      float v = x[i];                                                                    \
      y[i] = EXPRESSION;                                                                 \
    }                                                                                    \
  }
MAP(silu, v *logistic(v))
MAP(gelu, v *logistic(2 * gelu_inner(v)))
MAP(elu, v > 0 ? v : exponential_less_one(v))
MAP(tangent, hyperbolic_tangent(v))
MAP(relu, v <= 0 ? 0 : v)
MAP(leaky_relu, v > 0 ? v : 0.2f * v)
MAP(exponentials, exponential(v))
MAP(roots, __builtin_sqrtf(v > 0 ? v : 0))

/// x·Φ(x) = x·erfc(−x/√2)/2, which keeps its precision where Φ is small.
static void exact_gelu(size_t n, const float *x, float *y) {
  for (size_t i = 0; i < n; i++) y[i] = 0.5f * x[i] * erfcf(-0.70710678f * x[i]);
}

void fp_activate(fp_activation activation, size_t n, const float *x, float *y) {
  switch (activation) {
    case fp_silu: return silu(n, x, y);
    case fp_gelu: return gelu(n, x, y);
    case fp_elu: return elu(n, x, y);
    case fp_tanh: return tangent(n, x, y);
    case fp_relu: return relu(n, x, y);
    case fp_leaky_relu: return leaky_relu(n, x, y);
    case fp_exact_gelu: return exact_gelu(n, x, y);
    case fp_identity: memmove(y, x, n * sizeof(float));
  }
}
void fp_exp(size_t n, const float *x, float *y) { exponentials(n, x, y); }
void fp_square_root(size_t n, const float *x, float *y) { roots(n, x, y); }
void fp_sin(size_t n, const float *x, float *y) {
  for (size_t i = 0; i < n; i++) y[i] = sinf(x[i]);
}
void fp_cos(size_t n, const float *x, float *y) {
  for (size_t i = 0; i < n; i++) y[i] = cosf(x[i]);
}
CLONES void fp_log(size_t n, float floor, const float *x, float *y) {
  EACH(i, n) y[i] = logarithm(x[i] > floor ? x[i] : floor);
}

INLINE float silu_slope(float x) {
  float s = logistic(x);
  return s * (1 + x * (1 - s));
}
INLINE float gelu_slope(float x) {
  float t = hyperbolic_tangent(gelu_inner(x));
  return 0.5f * (1 + t) + 0.5f * x * (1 - t * t) * 0.7978845608f * (1 + 0.134145f * x * x);
}
INLINE float tanh_slope(float x) {
  float t = hyperbolic_tangent(x);
  return 1 - t * t;
}

#define SLOPE(NAME, EXPRESSION)                                                              \
  CLONES static void NAME(size_t n, const float *x, const float *upstream, float *dx) {      \
    EACH(i, n) {                                                         \
      float v = x[i];                                                                        \
      dx[i] = upstream[i] * (EXPRESSION);                                                    \
    }                                                                                        \
  }
SLOPE(silu_backward, silu_slope(v))
SLOPE(gelu_backward, gelu_slope(v))
SLOPE(elu_backward, v > 0 ? 1.0f : exponential(v))
SLOPE(tanh_backward, tanh_slope(v))
SLOPE(relu_backward, v <= 0 ? 0.0f : 1.0f)
SLOPE(leaky_relu_backward, v > 0 ? 1.0f : 0.2f)

/// Φ(x) + x·φ(x).
static void exact_gelu_backward(size_t n, const float *x, const float *upstream, float *dx) {
  for (size_t i = 0; i < n; i++)
    dx[i] = upstream[i] * (0.5f * erfcf(-0.70710678f * x[i]) + 0.39894228f * x[i] * expf(-0.5f * x[i] * x[i]));
}

void fp_activate_backward(fp_activation activation, size_t n, const float *x, const float *upstream, float *dx) {
  switch (activation) {
    case fp_silu: return silu_backward(n, x, upstream, dx);
    case fp_gelu: return gelu_backward(n, x, upstream, dx);
    case fp_elu: return elu_backward(n, x, upstream, dx);
    case fp_tanh: return tanh_backward(n, x, upstream, dx);
    case fp_relu: return relu_backward(n, x, upstream, dx);
    case fp_leaky_relu: return leaky_relu_backward(n, x, upstream, dx);
    case fp_exact_gelu: return exact_gelu_backward(n, x, upstream, dx);
    case fp_identity: memmove(dx, upstream, n * sizeof(float));
  }
}
