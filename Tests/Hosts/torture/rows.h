// rows: every abuse has a name, and is alone in its process: what falls, falls by that name.
#pragma once
#include "host.h"

typedef struct {
  const char *name;
  void (*torture)(void);
  // It needs an instrument of which the sound is known.
  bool is_about_sound;
} row_t;

// A table for each file, ended by a row without a name.
extern const row_t cycle_rows[], event_rows[], message_rows[], control_rows[], life_rows[], state_rows[],
  economy_rows[];

// A seeded random walk of so many seconds of the host's time; `is_live`: at the pace of the clock.
void walk(double seconds, bool is_live);
