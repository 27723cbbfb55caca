// A machine that is too slow, at the pace of the clock: what the plugin gives up is told on the ports, unasked, in the order
// that the documents promise; when there is time again, all comes back, and is told, too.
#define _GNU_SOURCE
#include "rows.h"

#include <lv2/patch/patch.h>
#include <stdio.h>
#include <string.h>

// The lowest key makes the voice slow for as long as it is down: 14 ms a step, where a block is heard for 26.7. So four steps
// and two are more than there is time for, on any machine, and one is not.
enum { WEIGHT = 21, STEPS_SET = 4 };

// How often a cycle of the host's own began late: then it is the whole machine that has no time.
static int host_was_late;

// Cycles at the clock's pace, with a note now and then, until the status that the plugin tells of itself has `words` in it,
// or has them no more; for at most two minutes. How far the economy came meanwhile is in `stages`, a bit each.
static bool plays_until(piano_t *piano, const char *words, bool has, uint32_t *stages) {
  char text[4096] = "";
  float latency = piano->controls[LATENCY];
  double begun = now();
  for (int cycle = 0; now() - begun < 120; cycle++) {
    if (cycle % 24 == 0) midi(piano, 0, cycle % 48 ? 0x80 : 0x90, 60, 100);
    run(piano, 256);
    *stages |= 1u << (int)piano->controls[ECONOMY];
    expect(piano->controls[LATENCY] == latency, "the latency changed from %g to %g while it rolls", (double)latency,
           (double)piano->controls[LATENCY]);
    if (has_said(piano, LV2_PATCH__Set, property("status"), text) && (strstr(text, words) != NULL) == has) return true;
    double due = begun + (cycle + 1) * 256 / piano->rate;
    sleep_until(due);
    if (now() > due + 0.01) host_was_late++;
  }
  return false;
}

static void a_machine_that_is_too_slow(void) {
  piano_t *piano = piano_new(48000, 256);
  put_path(piano, 0, "voice", in_bundle("slow.safetensors"));
  expect(height_of_a_note(piano) > 0.0005f, "the voice is silent");
  piano->controls[FREEWHEEL] = 0;
  piano->controls[STEPS] = STEPS_SET;
  run(piano, 256);
  uint32_t stages = 0;
  expect(piano->controls[ECONOMY] == 0 && piano->controls[LATE] == 0, "it is late before it has played");
  put_transport(piano, 0, 0, 1);
  midi(piano, 0, 0x90, WEIGHT, 100);
  expect(plays_until(piano, "the machine is too slow: 2 steps", true, &stages), "fewer steps are not told");
  expect(plays_until(piano, "the machine is too slow: 1 step", true, &stages), "one step is not told");
  expect(piano->controls[LATE] > 0 && (stages & 2), "the ports do not say what the status says");
  midi(piano, 0, 0x80, WEIGHT, 64);
  host_was_late = 0;
  bool is_well = plays_until(piano, "the machine is too slow", false, &stages);
  // A block late in five seconds puts recovery off; a machine that lets the host wait, too, is not judged.
  expect(is_well || host_was_late > 20, "all is well, and it does not say so");
  if (is_well) expect(piano->controls[ECONOMY] == 0, "the economy is %g still", (double)piano->controls[ECONOMY]);
  // An export gives up nothing, however long it takes.
  piano->controls[FREEWHEEL] = 1;
  float late = piano->controls[LATE];
  midi(piano, 0, 0x90, WEIGHT, 100);
  for (int cycle = 0; cycle < 400; cycle++) {
    run(piano, 256);
    expect(piano->controls[LATE] == late, "an export gives something up");
  }
  piano_free(piano);
}

const row_t economy_rows[] = {
  {"a-machine-that-is-too-slow", a_machine_that_is_too_slow, true},
  {0},
};
