// Scratch: working memory of a thread for one file of kernels. It grows when more is asked for, and stays.
#pragma once
#include <stdlib.h>

static _Thread_local float *held;
static _Thread_local size_t held_count;

/// `count` floats, aligned for vectors; what they hold is undefined.
static float *scratch(size_t count) {
  if (count > held_count) {
    free(held);
    held = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
    held_count = held ? count : 0;
  }
  return held;
}
