// The channel messages that a piano obeys, and those that it must not even notice.
#include "rows.h"

#include <lv2/midi/midi.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ON = 0x90, OFF = 0x80, CONTROLLER = 0xB0 };

static piano_t *organ(void) {
  piano_t *piano = piano_new(48000, 256);
  use_tones(piano);
  return piano;
}

#define expect_tones(piano, count, what)                                     \
  do {                                                                       \
    float found = tones(piano);                                              \
    expect(fabsf(found - (count)) < 0.02f, "%s: %.3f tones", what, (double)found); \
  } while (0)

static void sustain_pedal(void) {
  piano_t *piano = organ();
  midi(piano, 0, ON, 60, 127);
  midi(piano, 1, CONTROLLER, 64, 127);
  midi(piano, 2, OFF, 60, 0);
  expect_tones(piano, 1, "the pedal is down");
  midi(piano, 0, ON, 64, 127);
  midi(piano, 0, CONTROLLER, 64, 63);
  expect_tones(piano, 1, "the pedal is up, one key is down");
  midi(piano, 0, OFF, 64, 0);
  expect_tones(piano, 0, "all is up");
  piano_free(piano);
}

static void sostenuto_pedal(void) {
  piano_t *piano = organ();
  midi(piano, 0, ON, 60, 127);
  midi(piano, 1, CONTROLLER, 66, 127);
  midi(piano, 2, ON, 64, 127);
  midi(piano, 3, OFF, 60, 0);
  midi(piano, 3, OFF, 64, 0);
  expect_tones(piano, 1, "the pedal caught one key of two");
  midi(piano, 0, CONTROLLER, 66, 0);
  expect_tones(piano, 0, "the pedal is up");
  piano_free(piano);
}

static void soft_pedal(void) {
  piano_t *piano = organ();
  midi(piano, 0, CONTROLLER, 67, 127);
  midi(piano, 0, ON, 60, 127);
  float soft = tones(piano);
  expect(soft > 0.5f && soft < 0.8f, "the soft pedal leaves %f", (double)soft);
  piano_free(piano);
}

static void all_sound_off(void) {
  piano_t *piano = organ();
  for (uint8_t key = 40; key < 60; key++) midi(piano, 0, ON, key, 127);
  midi(piano, 0, CONTROLLER, 64, 127);
  expect_tones(piano, 20, "twenty keys");
  // At its sample: where the cut begins is as far away as the latency says, and it lasts 5 ms and the resampler's ringing.
  midi(piano, 100, CONTROLLER, 120, 0);
  uint32_t latency = (uint32_t)piano->controls[LATENCY];
  float *samples = render(piano, latency + 4800);
  expect(fabsf(samples[latency + 60] - 0.02f) < 1e-3f, "silent before its time");
  for (uint32_t index = latency + 100 + 240 + 240; index < latency + 4800; index++)
    expect(samples[index] == 0, "%f sounds on at %u", (double)samples[index], index - latency);
  free(samples);
  // The pedal is where the foot is.
  midi(piano, 0, ON, 60, 127);
  midi(piano, 1, OFF, 60, 0);
  expect_tones(piano, 1, "the pedal is down still");
  // Also within one cycle.
  midi(piano, 0, CONTROLLER, 120, 0);
  midi(piano, 1, ON, 61, 127);
  midi(piano, 2, OFF, 61, 0);
  expect_tones(piano, 1, "the pedal is down still, in the cycle of all sound off");
  piano_free(piano);
}

static void reset_controllers(void) {
  piano_t *piano = organ();
  midi(piano, 0, CONTROLLER, 64, 127);
  midi(piano, 0, CONTROLLER, 67, 127);
  midi(piano, 0, ON, 60, 127);
  midi(piano, 0, ON, 62, 127);
  midi(piano, 0, CONTROLLER, 66, 127);
  midi(piano, 0, OFF, 60, 0);
  midi(piano, 0, CONTROLLER, 121, 0);
  float left = tones(piano);
  expect(left > 0.5f && left < 0.8f, "one key is down: %f tones", (double)left);
  midi(piano, 0, OFF, 62, 0);
  midi(piano, 0, ON, 64, 127);
  expect_tones(piano, 1, "all pedals are up");
  piano_free(piano);
}

static void all_notes_off(void) {
  piano_t *piano = organ();
  for (uint8_t key = 40; key < 60; key++) midi(piano, 0, ON, key, 127);
  midi(piano, 200, CONTROLLER, 123, 0);
  expect_tones(piano, 0, "all keys are up");
  // The pedal holds what the keys let go.
  midi(piano, 0, CONTROLLER, 64, 127);
  midi(piano, 0, ON, 60, 127);
  midi(piano, 1, CONTROLLER, 123, 0);
  expect_tones(piano, 1, "the pedal is down");
  midi(piano, 0, CONTROLLER, 64, 0);
  expect_tones(piano, 0, "the pedal is up");
  piano_free(piano);
}

// What hosts send when somebody stops, locates or panics: for every channel the pedal, then all notes off.
static void panic_button(void) {
  piano_t *piano = organ();
  for (uint8_t key = 21; key < 109; key++) midi(piano, 0, ON, key, 127);
  midi(piano, 0, CONTROLLER, 64, 127);
  expect_tones(piano, 88, "all keys");
  for (uint8_t channel = 0; channel < 16; channel++) {
    midi(piano, 0, (uint8_t)(CONTROLLER + channel), 64, 0);
    midi(piano, 0, (uint8_t)(CONTROLLER + channel), 123, 0);
  }
  expect_tones(piano, 0, "after the panic");
  piano_free(piano);
}

enum { LENGTH = 48000 };

static float *with_noise(bool noise) {
  piano_t *piano = piano_new(48000, 256);
  float *samples = malloc(LENGTH * sizeof(float));
  uint8_t exclusive[6000];
  memset(exclusive, 0x11, sizeof exclusive);
  exclusive[0] = 0xF0, exclusive[sizeof exclusive - 1] = 0xF7;
  LV2_URID type = urid(LV2_MIDI__MidiEvent);
  for (uint32_t cycle = 0; cycle < LENGTH / 250; cycle++) {
    if (noise) {
      uint8_t value = (uint8_t)(cycle % 128);
      midi(piano, 0, 0xE0, value, 64);                 // pitch bend
      put(piano, type, 0, (uint8_t[]){0xC3, value}, 2);  // program change
      put(piano, type, 0, (uint8_t[]){0xD0, value}, 2);  // pressure
      midi(piano, 0, 0xA0, 60, value);
      put(piano, type, 1, exclusive, sizeof exclusive);
      put(piano, type, 1, exclusive, 5);
      put(piano, type, 1, (uint8_t[]){0xF8}, 1);  // clock
      put(piano, type, 1, (uint8_t[]){0xFE}, 1);
      put(piano, type, 1, (uint8_t[]){0xF2, 1, 2}, 3);
      for (uint8_t controller = 0; controller < 120; controller++)
        if (controller != 64 && controller != 66 && controller != 67) midi(piano, 2, CONTROLLER, controller, value);
      midi(piano, 2, CONTROLLER, 122, value);  // local control
    }
    if (cycle % 16 == 3) midi(piano, 5, ON, (uint8_t)(40 + cycle / 16), 100);
    if (cycle % 16 == 12) midi(piano, 5, OFF, (uint8_t)(40 + cycle / 16), 64);
    run(piano, 250);
    memcpy(samples + cycle * 250, sound(piano, 250), 250 * sizeof(float));
  }
  piano_free(piano);
  return samples;
}

static void what_is_not_for_a_piano(void) {
  float *plain = with_noise(false), *noisy = with_noise(true);
  expect(highest(plain, LENGTH) > 0.005f, "silent");
  for (uint32_t index = 0; index < LENGTH; index++)
    expect(plain[index] == noisy[index], "another sound at sample %u", index);
  free(plain);
  free(noisy);
}

const row_t message_rows[] = {
  {"sustain-pedal", sustain_pedal, true},
  {"sostenuto-pedal", sostenuto_pedal, true},
  {"soft-pedal", soft_pedal, true},
  {"all-sound-off", all_sound_off, true},
  {"reset-controllers", reset_controllers, true},
  {"all-notes-off", all_notes_off, true},
  {"panic-button", panic_button, true},
  {"what-is-not-for-a-piano", what_is_not_for_a_piano, false},
  {0},
};
