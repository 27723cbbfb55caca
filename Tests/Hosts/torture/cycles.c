// Cycles of any length, and ports that lead nowhere, to the same place, or to next to no room.
#include "rows.h"

#include <lv2/patch/patch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// What of a phrase of two seconds lies in `count` samples from `now` on: single notes, and the pedal, in the order of time.
static void play_phrase(piano_t *piano, uint32_t now, uint32_t count) {
  for (uint32_t note = 0; note < 24; note++) {
    uint8_t key = (uint8_t)(40 + note);
    const struct { uint32_t time; uint8_t status, first, second; } messages[] = {
      {1000 + note * 3001, 0x90, key, (uint8_t)(50 + 3 * note)},
      {1100 + note * 3001, 0xB0, 64, note % 8 < 4 ? 127 : 0},
      {3500 + note * 3001, 0x80, key, 64}};
    for (int index = 0; index < 3; index++) {
      uint32_t time = messages[index].time;
      if (time >= now && time < now + count)
        midi(piano, time - now, messages[index].status, messages[index].first, messages[index].second);
    }
  }
}

enum { PHRASE = 96000 };

// The phrase in cycles of which the lengths are given by `length`.
static float *phrase(uint32_t (*length)(uint64_t *)) {
  piano_t *piano = piano_new(48000, 256);
  uint64_t state = seed;
  run(piano, 0);
  uint32_t latency = (uint32_t)piano->controls[LATENCY], whole = latency + PHRASE;
  float *samples = malloc((whole + LONGEST) * sizeof(float));
  for (uint32_t now = 0; now < whole;) {
    uint32_t count = length(&state);
    play_phrase(piano, now, count);
    run(piano, count);
    expect(piano->controls[LATENCY] == (float)latency, "the latency changed in cycles of %u samples", count);
    memcpy(samples + now, sound(piano, count), count * sizeof(float));
    now += count;
  }
  piano_free(piano);
  memmove(samples, samples + latency, PHRASE * sizeof(float));
  return samples;
}

static uint32_t usual(uint64_t *state) { return (void)state, 256; }
static uint32_t any(uint64_t *state) { return random_below(state, LONGEST + 1); }
static uint32_t short_or_none(uint64_t *state) { return random_below(state, 40); }
static uint32_t extremes(uint64_t *state) {
  static const uint32_t lengths[] = {0, 1, LONGEST, 2, 0, 0, LONGEST - 1, 127};
  return lengths[random_below(state, 8)];
}

static void cycles_of_every_length(void) {
  float *reference = phrase(usual);
  expect(highest(reference, PHRASE) > 0.01f, "the phrase is silent");
  uint32_t (*const lengths[])(uint64_t *) = {any, short_or_none, extremes};
  for (int way = 0; way < 3; way++) {
    float *samples = phrase(lengths[way]);
    for (uint32_t index = 0; index < PHRASE; index++)
      expect(samples[index] == reference[index], "way %d of cutting: another sound at sample %u", way, index);
    free(samples);
  }
  free(reference);
}

static void cycles_of_every_length_live(void) {
  piano_t *piano = piano_new(48000, 64);
  uint64_t state = seed;
  piano->controls[FREEWHEEL] = 0;
  for (int cycle = 0; cycle < 400; cycle++) {
    uint32_t count = random_below(&state, LONGEST + 1);
    for (int note = 0; note < 8; note++) midi(piano, random_below(&state, LONGEST), 0x90, (uint8_t)(40 + note), 100);
    run(piano, count);
    expect(piano->controls[LATENCY] > 0 && piano->controls[LATENCY] <= 65536, "latency %f", (double)piano->controls[LATENCY]);
    highest(sound(piano, count), count);
  }
  piano_free(piano);
}

static void ports_that_are_not_there(void) {
  piano_t *piano = piano_new(48000, 256);
  uint64_t state = seed;
  for (int way = 0; way < 4 * PORTS; way++) {
    piano->missing = way < PORTS ? 1u << way : (uint32_t)random_bits(&state);
    for (int cycle = 0; cycle < 3; cycle++) {
      midi(piano, 3, 0x90, 60, 100);
      put_get(piano, 5);
      run(piano, 200);
    }
  }
  piano->missing = UINT32_MAX;
  for (int cycle = 0; cycle < 50; cycle++) run(piano, 256);
  // Ports that no description knows.
  for (uint32_t port = 100; port < 140; port++) descriptor->connect_port(piano->handle, port, piano->left);
  descriptor->connect_port(piano->handle, UINT32_MAX, piano->left);
  piano->is_connected_by_row = true;
  for (int cycle = 0; cycle < 5; cycle++) run(piano, 256);
  expect(height_of_a_note(piano) > 0.0005f, "silent after all ports are there");
  piano_free(piano);
}

// Before any port was ever connected, lilv's NULLs included.
static void run_before_connecting(void) {
  piano_t *piano = piano_new(48000, 256);
  piano->is_connected_by_row = true;
  for (int cycle = 0; cycle < 20; cycle++) run(piano, 256);
  expect(height_of_a_note(piano) > 0.0005f, "silent after ports were connected");
  piano_free(piano);
}

// Ardour computes latencies with one buffer for all audio ports. The gain must not be applied to it twice.
static void one_buffer_for_all_outputs(void) {
  float peaks[2];
  for (int way = 0; way < 2; way++) {
    piano_t *piano = piano_new(48000, 256);
    piano->controls[GAIN] = -20;
    run(piano, 256);
    if (way == 1) {
      piano->is_connected_by_row = true;
      descriptor->connect_port(piano->handle, LEFT, sound(piano, 256));
      descriptor->connect_port(piano->handle, RIGHT, sound(piano, 256));
    }
    float *silence = render(piano, 4800);
    free(silence);
    piano->is_connected_by_row = false;
    midi(piano, 0, 0x90, 60, 127);
    run(piano, 256);
    piano->is_connected_by_row = way == 1;
    if (way == 1) {
      descriptor->connect_port(piano->handle, CONTROL, NULL);
      descriptor->connect_port(piano->handle, NOTIFY, NULL);
      descriptor->connect_port(piano->handle, LEFT, sound(piano, 256));
      descriptor->connect_port(piano->handle, RIGHT, sound(piano, 256));
    }
    float *samples = render(piano, 24000);
    peaks[way] = highest(samples, 24000);
    free(samples);
    piano_free(piano);
  }
  expect(peaks[0] > 0.001f && fabsf(peaks[0] - peaks[1]) < 1e-6f, "peak %f, through one buffer %f", (double)peaks[0],
         (double)peaks[1]);
}

static void notify_port_of_eight_bytes(void) {
  piano_t *piano = piano_new(48000, 256);
  static const uint32_t rooms[] = {8, 0, 4, 7, 12, 16, 24, 31, 40, 64, 100, 200, 8};
  char text[4096];
  for (size_t way = 0; way < sizeof rooms / sizeof *rooms; way++) {
    piano->notify_room = rooms[way];
    for (int cycle = 0; cycle < 3; cycle++) {
      put_get(piano, 0);
      // Beyond the room there is the edge of memory; `has_said` looks at what was written.
      run(piano, 64);
      if (rooms[way] >= 8) has_said(piano, LV2_PATCH__Set, property("status"), text);
    }
  }
  // What found no room is said as soon as there is some, without asking again.
  piano->notify_room = ROOM - 8;
  run(piano, 64);
  expect(has_said(piano, LV2_PATCH__Set, property("voice"), text), "what was asked for is forgotten");
  piano_free(piano);
}

// Hosts have their own rounding: whoever changes it gives it back.
static void denormals_are_left_as_they_were(void) {
#if defined(__x86_64__)
  piano_t *piano = piano_new(48000, 256);
  unsigned before = __builtin_ia32_stmxcsr();
  midi(piano, 0, 0x90, 60, 100);
  for (int cycle = 0; cycle < 20; cycle++) run(piano, 256);
  expect(__builtin_ia32_stmxcsr() == before, "the host's floating-point mode has changed");
  piano_free(piano);
#endif
}

const row_t cycle_rows[] = {
  {"cycles-of-every-length", cycles_of_every_length, false},
  {"cycles-of-every-length-live", cycles_of_every_length_live, false},
  {"ports-that-are-not-there", ports_that_are_not_there, false},
  {"run-before-connecting", run_before_connecting, false},
  {"one-buffer-for-all-outputs", one_buffer_for_all_outputs, false},
  {"notify-port-of-eight-bytes", notify_port_of_eight_bytes, false},
  {"denormals-are-left-as-they-were", denormals_are_left_as_they_were, false},
  {0},
};
