// Numbers that are none, and numbers far out, on every port that reads one; and voices that compute them.
#include "rows.h"

#include <float.h>
#include <lv2/atom/atom.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/options/options.h>
#include <math.h>
#include <stdlib.h>

static void no_number_on_any_port(void) {
  piano_t *piano = piano_new(48000, 256);
  piano->controls[GAIN] = -6, piano->controls[BLOCK] = 3, piano->controls[SEED] = 7;
  run(piano, 0);
  reactivate(piano);
  float before = height_of_a_note(piano), latency = piano->controls[LATENCY];
  // What is no number leaves what was set.
  for (uint32_t port = ENABLED; port < PORTS; port++) {
    if (port == LATE || port == READY) continue;
    float kept = piano->controls[port];
    piano->controls[port] = NAN;
    reactivate(piano);
    float during = height_of_a_note(piano);
    expect(during == before, "NaN on port %u changes %f to %f", port, (double)before, (double)during);
    expect(piano->controls[LATENCY] == latency, "NaN on port %u changes the latency", port);
    piano->controls[port] = kept;
  }
  piano_free(piano);
}

static void numbers_far_out(void) {
  static const float far_out[] = {INFINITY, -INFINITY, FLT_MAX, -FLT_MAX, FLT_MIN, -FLT_MIN, 1e-45f, 1e10f, -1e10f, -0.0f};
  piano_t *piano = piano_new(48000, 256);
  for (uint32_t port = ENABLED; port < PORTS; port++) {
    if (port == LATE || port == READY) continue;
    float kept = piano->controls[port];
    for (size_t index = 0; index < sizeof far_out / sizeof *far_out; index++) {
      piano->controls[port] = far_out[index];
      for (int cycle = 0; cycle < 8; cycle++) {
        midi(piano, 0, 0x90, (uint8_t)(50 + cycle), 100);
        run(piano, 256);
        float peak = highest(sound(piano, 256), 256);
        expect(peak < 100, "peak %f with %g on port %u", (double)peak, (double)far_out[index], port);
        expect(piano->controls[LATENCY] > 0 && piano->controls[LATENCY] <= 65536, "latency %f with %g on port %u",
               (double)piano->controls[LATENCY], (double)far_out[index], port);
      }
    }
    piano->controls[port] = kept;
  }
  expect(height_of_a_note(piano) > 0.0005f, "silent afterwards");
  piano_free(piano);
}

// A voice whose every fourth sample is no number, or infinite.
static void voice_that_computes_no_numbers(void) {
  piano_t *piano = piano_new(48000, 256);
  put_path(piano, 0, "voice", in_bundle("sick.safetensors"));
  free(render(piano, 9600));
  midi(piano, 0, 0x90, 60, 127);
  float *samples = render(piano, 24000);
  // `highest` looks at every one.
  expect(highest(samples, 24000) > 0.01f, "the sick voice is silent altogether");
  free(samples);
  piano_free(piano);
}

static void absurd_options(void) {
  static const int lengths[] = {-1, 1, INT32_MIN, INT32_MAX, 1 << 20, 65536};
  for (size_t index = 0; index < sizeof lengths / sizeof *lengths; index++) {
    piano_t *piano = piano_new(48000, lengths[index]);
    expect(piano, "no instance for a block length of %d", lengths[index]);
    expect(height_of_a_note(piano) > 0.0005f, "silent with a block length of %d", lengths[index]);
    expect(piano->controls[LATENCY] > 0 && piano->controls[LATENCY] <= 65536, "latency %f", (double)piano->controls[LATENCY]);
    piano_free(piano);
  }
  piano_t *piano = piano_new(48000, 256);
  const LV2_Options_Interface *options = descriptor->extension_data(LV2_OPTIONS__interface);
  if (options) {
    int32_t length = 0;
    float rate = 44100;
    LV2_URID integer = urid(LV2_ATOM__Int);
    LV2_Options_Option list[] = {
      {LV2_OPTIONS_INSTANCE, 0, urid(LV2_BUF_SIZE__nominalBlockLength), 4, integer, &length},
      {LV2_OPTIONS_INSTANCE, 0, urid(LV2_BUF_SIZE__nominalBlockLength), 0, integer, NULL},
      {LV2_OPTIONS_INSTANCE, 0, urid(LV2_BUF_SIZE__maxBlockLength), 4, urid(LV2_ATOM__Float), &rate},
      {LV2_OPTIONS_INSTANCE, 0, urid("urn:nobody:knows"), 4, integer, &length},
      {LV2_OPTIONS_INSTANCE, 0, 0, 0, 0, NULL}};
    options->set(piano->handle, list);
    options->set(piano->handle, NULL);
    options->get(piano->handle, list);
  }
  expect(height_of_a_note(piano) > 0.0005f, "silent after options");
  piano_free(piano);
}

const row_t control_rows[] = {
  {"no-number-on-any-port", no_number_on_any_port, false},
  {"numbers-far-out", numbers_far_out, false},
  {"voice-that-computes-no-numbers", voice_that_computes_no_numbers, true},
  {"absurd-options", absurd_options, false},
  {0},
};
