// Twelve independent chains of multiply-adds, in the widest registers that the machine has.
#include "peak.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// A register that holds vectors, by the assembler's letter for it: nothing may be folded away.
#if defined(__x86_64__)
#define KEEP "+v"
#else
#define KEEP "+w"
#endif

enum { chains = 12 };
static volatile float sink;

#define CHAINS(NAME, TARGET, WIDTH)                                                       \
  TARGET static void NAME(size_t rounds) {                                                \
    typedef float lane __attribute__((vector_size(WIDTH * 4)));                           \
    lane x[chains];                                                                       \
    lane scale = (lane){} + 0.999f, shift = (lane){} + 0.001f;                            \
    for (int i = 0; i < chains; i++) x[i] = (lane){} + (float)i;                          \
    for (size_t r = 0; r < rounds; r++) {                                                 \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < chains; i++) {               \
        x[i] = x[i] * scale + shift;                                                      \
        __asm__ volatile("" : KEEP(x[i]));                                                \
      }                                                                                   \
    }                                                                                     \
    for (int i = 0; i < chains; i++) sink = x[i][0];                                      \
  }

#if defined(__x86_64__)
CHAINS(avx512, __attribute__((target("avx512f"))), 16)
CHAINS(avx2, __attribute__((target("avx2,fma"))), 8)
#else
CHAINS(plain, , 4)
#endif

double bench_multiply_add(size_t rounds) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return avx512(rounds), 2.0 * chains * 16;
  return avx2(rounds), 2.0 * chains * 8;
#else
  return plain(rounds), 2.0 * chains * 4;
#endif
}

float bench_read(const float *x, size_t count) {
  typedef float lane __attribute__((vector_size(32), aligned(4)));
  lane sum[8] = {};
  for (size_t i = 0; i + 64 <= count; i += 64)
    for (int j = 0; j < 8; j++) sum[j] += *(const lane *)(x + i + 8 * j);
  lane all = sum[0] + sum[1] + sum[2] + sum[3] + sum[4] + sum[5] + sum[6] + sum[7];
  return all[0] + all[1] + all[2] + all[3] + all[4] + all[5] + all[6] + all[7];
}
