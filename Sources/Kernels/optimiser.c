// Elementwise, so a weight's future depends on its own past only, wherever it lies in the memory.
#include "optimiser.h"
#include "clones.h"
#include <math.h>

CLONES void fp_adamw(const fp_adamw_step *step, size_t n, float scale, const float *restrict gradient,
                     float *restrict weights, float *restrict first, float *restrict second) {
  const float keep = 1 - step->rate * step->decay, size = (float)(step->rate / step->correction1);
  const float share1 = 1 - step->beta1, share2 = 1 - step->beta2, epsilon = step->epsilon;
  const float root = (float)(1 / sqrt(step->correction2));
  EACH(i, n) {
    const float g = scale * gradient[i];
    const float m = first[i] + share1 * (g - first[i]), v = second[i] + share2 * (g * g - second[i]);
    first[i] = m;
    second[i] = v;
    weights[i] = keep * weights[i] - size * m / (sqrtf(v) * root + epsilon);
  }
}

CLONES void fp_average(size_t n, float share, const float *restrict x, float *restrict average) {
  EACH(i, n) average[i] += share * (x[i] - average[i]);
}
