// Philox 4x32-10 as published; normals by Box-Muller on two of its words.
#include "random.h"
#include <math.h>

typedef struct { uint32_t word[4]; } block;

static block philox(uint64_t seed, uint32_t stream, uint64_t counter) {
  uint32_t c0 = (uint32_t)counter, c1 = (uint32_t)(counter >> 32), c2 = stream, c3 = 0;
  uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
    uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1, c3 = (uint32_t)p0, c0 = n0, c2 = n2;
    k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
  }
  return (block){{c0, c1, c2, c3}};
}

static float unit(uint32_t word) { return (float)(word >> 8) * 0x1p-24f; }

void fp_uniform(uint64_t seed, uint32_t stream, uint64_t position, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint64_t at = position + i;
    out[i] = unit(philox(seed, stream, at >> 2).word[at & 3]);
  }
}

void fp_normal(uint64_t seed, uint32_t stream, uint64_t position, float *out, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint64_t at = position + i;
    block b = philox(seed, stream ^ 0x80000000u, at >> 1);
    float radius = sqrtf(-2.0f * logf(1.0f - unit(b.word[0]))), angle = 6.28318530717958647692f * unit(b.word[1]);
    float pair[2] = {radius * cosf(angle), radius * sinf(angle)};
    out[i] = pair[at & 1];
    if ((at & 1) == 0 && i + 1 < count) out[++i] = pair[1];
  }
}
