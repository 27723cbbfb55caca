// Elementary functions without branches, so that loops over them become vector code; good to a few units in the last place.
#pragma once
#include "clones.h"
#include <stdint.h>
#include <string.h>

INLINE float from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}
INLINE uint32_t to_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return bits;
}

typedef struct {
  float power, rest;
} fp_split_power;

/// e^x = power·(1 + rest) for x in −87…88: x = n·ln2 + r, |r| ≤ ln2/2, power = 2ⁿ, rest = eʳ − 1.
INLINE fp_split_power split_power(float x) {
  float held = x < -87.0f ? -87.0f : x;
  held = held > 88.0f ? 88.0f : held;
  float n = held * 1.44269504f + 12582912.0f;
  uint32_t exponent = (to_bits(n) + 127) << 23;
  n -= 12582912.0f;
  float r = held - n * 0.693359375f;
  r -= n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return (fp_split_power){from_bits(exponent), p * r * r + r};
}

/// e^x; 0 below −87, e⁸⁸ above 88.
INLINE float exponential(float x) {
  fp_split_power e = split_power(x);
  float y = x < -87.0f ? 0.0f : e.power + e.power * e.rest;
  return x != x ? x : y;
}

/// e^x − 1, which keeps its precision near zero; e⁸⁸ − 1 above 88.
INLINE float exponential_less_one(float x) {
  fp_split_power e = split_power(x);
  float y = e.power * e.rest + (e.power - 1.0f);
  return x != x ? x : y;
}

/// ln x for positive normal x. x = 2^n·m, √½ ≤ m < √2.
INLINE float logarithm(float x) {
  uint32_t bits = to_bits(x) - 0x3f3504f3u;
  int32_t exponent = (int32_t)bits >> 23;
  float m = from_bits((bits & 0x007fffffu) + 0x3f3504f3u) - 1.0f, n = (float)exponent;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  float z = m * m, y = p * m * z + n * -2.12194440e-4f;
  y -= 0.5f * z;
  return m + y + n * 0.693359375f;
}

INLINE float logistic(float x) { return 1.0f / (1.0f + exponential(-x)); }
INLINE float hyperbolic_tangent(float x) {
  float e = exponential_less_one(2.0f * x);
  return e / (e + 2.0f);
}
