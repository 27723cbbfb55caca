// Events at the wrong time, in the wrong order, of the wrong shape, and far too many of them.
#include "rows.h"

#include <lv2/atom/atom.h>
#include <lv2/midi/midi.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// Where the one click of a cycle's event sounds, without the latency.
static int64_t place(int64_t time, uint32_t count) {
  piano_t *piano = piano_new(48000, 256);
  run(piano, 0);
  midi(piano, time, 0x90, 60, 127);
  float *samples = malloc(12000 * sizeof(float));
  run(piano, count);
  memcpy(samples, sound(piano, count), count * sizeof(float));
  uint32_t done = count;
  for (; done + 256 <= 12000; done += 256) {
    run(piano, 256);
    memcpy(samples + done, sound(piano, 256), 256 * sizeof(float));
  }
  int64_t found = (int64_t)place_of_highest(samples, done) - (int64_t)piano->controls[LATENCY];
  expect(highest(samples, done) > 0.5f, "an event at %lld of %u is not heard", (long long)time, count);
  free(samples);
  piano_free(piano);
  return found;
}

static void events_at_the_end_and_beyond(void) {
  static const int64_t times[] = {255, 256, 257, 300, 1 << 20, INT64_MAX, INT64_MIN, -1, 0};
  for (size_t index = 0; index < sizeof times / sizeof *times; index++) {
    int64_t time = times[index], expected = time < 0 ? 0 : (time > 255 ? 255 : time), found = place(time, 256);
    // The codec's clock has half as many samples.
    expect(llabs(found - expected) <= 1, "an event at %lld sounds at %lld", (long long)time, (long long)found);
  }
  // In a cycle of no samples: at the next one's first.
  expect(llabs(place(5, 0)) <= 1, "an event of an empty cycle sounds elsewhere");
}

static void events_out_of_order(void) {
  piano_t *piano = piano_new(48000, 256);
  use_tones(piano);
  uint64_t state = seed;
  for (uint8_t key = 21; key < 109; key++) midi(piano, random_below(&state, 256), 0x90, key, 127);
  expect(fabsf(tones(piano) - 88) < 0.1f, "of 88 keys struck out of order %f sound", (double)tones(piano));
  // A release that is dated before its note, in the same cycle, still ends it: the order of arrival counts.
  for (uint8_t key = 21; key < 109; key++) midi(piano, 200, 0x90, key, 127), midi(piano, 10, 0x80, key, 0);
  expect(fabsf(tones(piano)) < 0.01f, "%f keys stay down", (double)tones(piano));
  piano_free(piano);
}

// A sequence of one event that ends at the edge of memory, in which one word says what is not true.
static void lie(piano_t *piano, const uint8_t *truth, uint32_t size) {
  static const uint32_t lies[] = {0, 1, 4, 7, 8, 9, 15, 16, 17, 23, 24, 25, 32, 100, 1 << 20, UINT32_MAX - 15,
                                  UINT32_MAX - 7, UINT32_MAX};
  uint8_t *sequence = edge_new(size);
  for (size_t index = 0; index < sizeof lies / sizeof *lies; index++) {
    for (uint32_t field = 0; field < size / 4; field++) {
      // A sequence that claims more than there is would be the host's fault: no reader can know.
      if (field == 0 && lies[index] > size - 8) continue;
      memcpy(sequence, truth, size);
      memcpy(sequence + 4 * field, &lies[index], 4);
      descriptor->connect_port(piano->handle, CONTROL, sequence);
      run(piano, 64);
    }
  }
  descriptor->connect_port(piano->handle, CONTROL, NULL);
  edge_free(sequence, size);
}

static void sequences_that_lie(void) {
  piano_t *piano = piano_new(48000, 256), *writer = piano_new(48000, 256);
  run(piano, 64);
  piano->is_connected_by_row = true;
  for (int way = 0; way < 3; way++) {
    writer->input_size = 0;
    if (way == 0) midi(writer, 0, 0x90, 60, 127);
    if (way == 1) put_path(writer, 0, "voice", "/no");
    if (way == 2) put_transport(writer, 0, 1000, 1);
    uint32_t size = 16 + writer->input_size;
    *(LV2_Atom *)writer->input = (LV2_Atom){size - 8, urid(LV2_ATOM__Sequence)};
    lie(piano, writer->input, size);
  }
  // Without the padding at the end, as hosts may send it.
  writer->input_size = 0;
  midi(writer, 0, 0x90, 60, 127);
  *(LV2_Atom *)writer->input = (LV2_Atom){35 - 8, urid(LV2_ATOM__Sequence)};
  lie(piano, writer->input, 35);
  expect(height_of_a_note(piano) > 0.0005f, "silent after sequences that lied");
  piano_free(writer);
  piano_free(piano);
}

static void messages_of_the_wrong_shape(void) {
  piano_t *piano = piano_new(48000, 256);
  uint64_t state = seed;
  const char *kinds[] = {LV2_MIDI__MidiEvent, LV2_ATOM__Object, LV2_ATOM__Blank, LV2_ATOM__Sequence, "urn:nobody:knows"};
  // Every length from nothing on, of bytes that are mostly numbers of URIs.
  for (uint32_t size = 0; size < 120; size++) {
    for (int way = 0; way < 5; way++) {
      uint8_t body[128];
      for (uint32_t index = 0; index < size; index++)
        body[index] = index % 4 ? 0 : (uint8_t)random_below(&state, way == 0 ? 256 : 64);
      put(piano, urid(kinds[way]), 0, body, size);
    }
    run(piano, 64);
  }
  // Messages of three bytes that are none.
  for (int first = 0; first < 256; first++) {
    for (int status = 0; status < 256; status += 16) {
      midi(piano, 0, (uint8_t)status, (uint8_t)first, 200);
      midi(piano, 0, (uint8_t)status, 200, (uint8_t)first);
    }
    run(piano, 64);
  }
  expect(height_of_a_note(piano) > 0.0005f, "silent after messages without shape");
  piano_free(piano);
}

// Paths and objects cut off at every length.
static void objects_cut_off(void) {
  piano_t *piano = piano_new(48000, 256);
  piano_t *writer = piano_new(48000, 256);
  put_path(writer, 0, "voice", "/nowhere/at/all.safetensors");
  uint32_t whole = writer->input_size - 16;
  uint8_t body[512];
  memcpy(body, writer->input + 32, whole);
  for (uint32_t size = 0; size <= whole; size++) {
    put(piano, urid(LV2_ATOM__Object), 0, body, size);
    run(piano, 64);
    // Each property's size, too large.
    for (uint32_t at = 8; at + 16 <= size; at += 8) {
      uint8_t lie[512];
      memcpy(lie, body, size);
      memset(lie + at + 8, 0xff, 4);
      put(piano, urid(LV2_ATOM__Object), 0, lie, size);
    }
    run(piano, 64);
  }
  // A path as long as no system knows.
  char path[8000];
  memset(path, 'a', sizeof path - 1);
  path[sizeof path - 1] = 0;
  put_path(piano, 0, "voice", path);
  run(piano, 64);
  put_path(piano, 0, "voice", "");
  run(piano, 64);
  expect(height_of_a_note(piano) > 0.0005f, "silent after objects that were cut off");
  piano_free(writer);
  piano_free(piano);
}

static void ten_thousand_events(void) {
  piano_t *piano = piano_new(48000, 256);
  if (is_known_instrument) use_tones(piano);
  for (int way = 0; way < 3; way++) {
    int count = 0;
    // Notes alone; notes and releases in turns; more than any ring holds, cycle after cycle, with the pedal down.
    for (int cycle = 0; cycle < (way == 2 ? 20 : 1); cycle++) {
      if (way == 2) midi(piano, 0, 0xB0, 64, 127);
      for (count = 0; count < 10000; count++)
        expect(midi(piano, count / 40, way == 1 && count % 2 ? 0x80 : 0x90, (uint8_t)(21 + count / 2 % 88), 100), "no room");
      run(piano, way == 2 ? 16 : 256);
    }
    run(piano, 256);
    for (int key = 0; key < 128; key++) midi(piano, 0, 0x80, (uint8_t)key, 64);
    midi(piano, 0, 0xB0, 64, 0);
    int64_t rest = samples_to_silence(piano, 48000 * 30);
    expect(rest >= 0, "way %d: a note is stuck after ten thousand", way);
  }
  expect(height_of_a_note(piano) > 0.0005f, "silent after ten thousand notes");
  // Releases that find no room end all notes, as soon as there is some.
  if (is_known_instrument) {
    midi(piano, 0, 0x90, 60, 127);
    expect(tones(piano) > 0, "no tone");
    for (int count = 0; count < 9000; count++) midi(piano, 0, 0x80, 61, 64);
    midi(piano, 0, 0x80, 60, 64);
    expect(tones(piano) == 0 || samples_to_silence(piano, 48000) >= 0, "a release that found no room is forgotten");
  }
  piano_free(piano);
}

static void all_keys_on_all_channels(void) {
  piano_t *piano = piano_new(48000, 256);
  if (is_known_instrument) use_tones(piano);
  for (int channel = 0; channel < 16; channel++) {
    for (int key = 0; key < 128; key++) midi(piano, 2 * channel, (uint8_t)(0x90 + channel), (uint8_t)key, 127);
    run(piano, 256);
  }
  // All channels play the one keyboard, which has 88 keys.
  if (is_known_instrument)
    expect(fabsf(tones(piano) - 88) < 0.1f, "of 88 keys %f sound", (double)tones(piano));
  float *samples = render(piano, 9600);
  // The voice never learned such a thing: what it makes of it is bounded, and the resampler adds its ringing.
  expect(highest(samples, 9600) < 16, "peak %f", (double)highest(samples, 9600));
  free(samples);
  for (int key = 0; key < 128; key++) midi(piano, 0, (uint8_t)(0x80 + key % 16), (uint8_t)key, 64);
  expect(samples_to_silence(piano, 48000 * 30) >= 0, "a note is stuck");
  expect(height_of_a_note(piano) > 0.0005f, "silent after all keys");
  piano_free(piano);
}

const row_t event_rows[] = {
  {"events-at-the-end-and-beyond", events_at_the_end_and_beyond, true},
  {"events-out-of-order", events_out_of_order, true},
  {"sequences-that-lie", sequences_that_lie, false},
  {"messages-of-the-wrong-shape", messages_of_the_wrong_shape, false},
  {"objects-cut-off", objects_cut_off, false},
  {"ten-thousand-events", ten_thousand_events, false},
  {"all-keys-on-all-channels", all_keys_on_all_channels, false},
  {0},
};
