// Scratch: working memory of a thread for one file of kernels. It grows when more is asked for, and stays until the
// thread ends: threads come and go with every voice.
#pragma once
#include <stdlib.h>
#include <threads.h>

static _Thread_local float *held;
static _Thread_local size_t held_count;
static tss_t held_key;
static once_flag held_once = ONCE_FLAG_INIT;

static void make_held_key(void) { tss_create(&held_key, free); }

/// `count` floats, aligned for vectors; what they hold is undefined.
static float *scratch(size_t count) {
  if (count > held_count) {
    free(held);
    held = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
    held_count = held ? count : 0;
    call_once(&held_once, make_held_key);
    tss_set(held_key, held);
  }
  return held;
}
