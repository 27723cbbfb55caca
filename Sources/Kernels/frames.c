// Frames: a signal cut into overlapping pieces, and the pieces added up again.
#include "algebra.h"
#include "signal.h"
#include <string.h>

size_t fp_frame_count(const fp_frames_shape *s) {
  return s->samples < s->length ? 0 : (s->samples - s->length) / s->hop + 1;
}

void fp_frames(const fp_frames_shape *s, const float *x, float *y) {
  size_t count = fp_frame_count(s);
  for (size_t row = 0; row < s->rows; row++, x += s->samples)
    for (size_t t = 0; t < count; t++, y += s->length) memcpy(y, x + t * s->hop, s->length * sizeof(float));
}

void fp_overlap_add(const fp_frames_shape *s, const float *x, float *y) {
  size_t count = fp_frame_count(s);
  for (size_t row = 0; row < s->rows; row++, y += s->samples)
    for (size_t t = 0; t < count; t++, x += s->length) fp_accumulate(s->length, x, y + t * s->hop);
}
