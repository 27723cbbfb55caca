// Instances come and go: at any rate, on any thread, in any order, and the library with them.
#define _GNU_SOURCE
#include "rows.h"

#include <dlfcn.h>
#include <lv2/urid/urid.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// As Ardour does after a locate, from its process callback.
static void activated_in_the_process_thread(void) {
  piano_t *piano = piano_new(48000, 256);
  for (int turn = 0; turn < 30; turn++) {
    piano->controls[FREEWHEEL] = turn % 2 == 0;
    midi(piano, 0, 0xB0, 64, 127);
    midi(piano, 0, 0x90, (uint8_t)(40 + turn), 100);
    for (int cycle = 0; cycle < turn; cycle++) run(piano, 256);
    reactivate(piano);
    if (turn % 3 == 0) reactivate(piano);
  }
  piano->controls[FREEWHEEL] = 1;
  // Keys, pedal, and what was to sound are forgotten.
  expect(samples_to_silence(piano, 9600) == 0 || samples_to_silence(piano, 24000) >= 0, "it sounds on");
  midi(piano, 0, 0x90, 60, 127);
  midi(piano, 1, 0x80, 60, 64);
  run(piano, 256);
  expect(samples_to_silence(piano, 48000 * 20) >= 0, "the pedal is down still");
  expect(height_of_a_note(piano) > 0.0005f, "silent afterwards");
  piano_free(piano);
}

// Activated anew, the same notes make the same sound, bit for bit: nothing of the past is left.
static void activation_forgets_everything(void) {
  piano_t *piano = piano_new(48000, 256);
  run(piano, 0);
  float *first = NULL;
  for (int turn = 0; turn < 3; turn++) {
    reactivate(piano);
    free(render(piano, 512));
    midi(piano, 17, 0x90, 60, 100);
    float *samples = render(piano, 12000 + (uint32_t)turn * 256);
    if (first) {
      for (uint32_t index = 0; index < 12000; index++)
        expect(samples[index] == first[index], "turn %d: another sound at %u", turn, index);
      free(samples);
    } else {
      first = samples;
      expect(highest(samples, 12000) > 0.0005f, "silent");
    }
  }
  free(first);
  piano_free(piano);
}

static void sample_rates(void) {
  static const double rates[] = {8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 176400, 192000};
  for (size_t index = 0; index < sizeof rates / sizeof *rates; index++) {
    piano_t *piano = piano_new(rates[index], 256);
    expect(piano, "no instance at %f Hz", rates[index]);
    run(piano, 0);
    uint32_t latency = (uint32_t)piano->controls[LATENCY];
    expect(latency > 0 && latency <= 65536, "latency %u at %f Hz", latency, rates[index]);
    uint32_t time = (uint32_t)(rates[index] / 10), length = time + latency + 4096, done = 0;
    float *samples = malloc((length + 256) * sizeof(float));
    for (; done < length; done += 256) {
      if (time >= done && time < done + 256) midi(piano, time - done, 0x90, 60, 127);
      run(piano, 256);
      memcpy(samples + done, sound(piano, 256), 256 * sizeof(float));
    }
    uint32_t found = place_of_highest(samples, done);
    expect(samples[found] > 0.0005f, "silent at %f Hz", rates[index]);
    // Between two of the codec's samples, of which there are 24,000 a second.
    double tolerance = fmax(1, rates[index] / 24000);
    if (is_known_instrument)
      expect(fabs((double)found - time - latency) <= tolerance, "at %f Hz a click at %u sounds at %d", rates[index], time,
             (int)found - (int)latency);
    free(samples);
    piano_free(piano);
  }
  static const double none[] = {0, -1, 100, 7999, 1e9, 1e300, NAN, INFINITY, -INFINITY};
  for (size_t index = 0; index < sizeof none / sizeof *none; index++)
    expect(!piano_new(none[index], 256), "an instance at %f Hz", none[index]);
}

// Thirty-two instances

enum { INSTANCES = 32, THREADS = 4, TAKE = 9600 };
static piano_t *pianos[INSTANCES];
static float heights[INSTANCES];

static void *live_on_a_thread(void *number) {
  uint64_t state = seed + (uintptr_t)number;
  for (uintptr_t index = (uintptr_t)number; index < INSTANCES; index += THREADS) {
    pianos[index] = piano_new(index % 8 < 4 ? 48000 : 44100, 64 << index % 3);
    expect(pianos[index], "no instance %d", (int)index);
  }
  for (int turn = 0; turn < TAKE / 256; turn++) {
    for (uintptr_t index = (uintptr_t)number; index < INSTANCES; index += THREADS) {
      if (turn == 4) midi(pianos[index], 11, 0x90, 60, (uint8_t)(30 + index));
      if (turn % 8 == 7 && random_below(&state, 4) == 0) put_path(pianos[index], 0, "voice", "/nowhere");
      run(pianos[index], 256);
      heights[index] = fmaxf(heights[index], highest(sound(pianos[index], 256), 256));
    }
  }
  return NULL;
}

static void *die_on_a_thread(void *first) {
  for (piano_t **next = first; *next; next += THREADS) piano_free(*next);
  return NULL;
}

static void thirty_two_instances_on_four_threads(void) {
  pthread_t threads[THREADS];
  for (uintptr_t number = 0; number < THREADS; number++) pthread_create(&threads[number], NULL, live_on_a_thread, (void *)number);
  for (int number = 0; number < THREADS; number++) pthread_join(threads[number], NULL);
  for (int index = 0; index < INSTANCES; index++) expect(heights[index] > 0.0001f, "instance %d is silent", index);
  // All play one voice: louder where the key was struck harder.
  if (is_known_instrument) expect(heights[31] > 1.5f * heights[0] && heights[31] < 3 * heights[0], "an instance plays another's notes");
  // In random order, on other threads than those on which they were made.
  static piano_t *order[INSTANCES + THREADS];
  memcpy(order, pianos, sizeof pianos);
  uint64_t state = seed;
  for (uint32_t index = INSTANCES - 1; index > 0; index--) {
    uint32_t other = random_below(&state, index + 1);
    piano_t *kept = order[index];
    order[index] = order[other], order[other] = kept;
  }
  for (int number = 0; number < THREADS; number++) pthread_create(&threads[number], NULL, die_on_a_thread, &order[number]);
  for (int number = 0; number < THREADS; number++) pthread_join(threads[number], NULL);
}

// Instances that end while their voice is being opened.
static void gone_before_they_played(void) {
  for (int turn = 0; turn < 60; turn++) {
    piano_t *piano = piano_new(48000, 256);
    if (turn % 3 == 1) {
      midi(piano, 0, 0x90, 60, 100);
      piano->controls[FREEWHEEL] = 0;
      run(piano, 256);
    }
    if (turn % 3 == 2) {
      put_path(piano, 0, "voice", "/nowhere");
      piano->controls[FREEWHEEL] = 0;
      run(piano, 256);
    }
    piano_free(piano);
  }
}

static void closed_and_opened_again(void) {
  char path[4096];
  snprintf(path, sizeof path, "%sfotoplayer.so", bundle);
  for (int turn = 0; turn < 3; turn++) {
    piano_t *piano = piano_new(48000, 256);
    float height = height_of_a_note(piano);
    expect(height > 0.0005f, "silent in turn %d", turn);
    piano_free(piano);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    expect(library, "the library is gone already");
    // The reference of this call and that of the row before.
    dlclose(library);
    dlclose(library);
    // It stays for the threads' sake, whose last steps are in its code.
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    expect(library, "the library was unloaded");
    dlclose(library);
    open_library();
  }
}

static LV2_Handle with_features(const LV2_Feature *const *features) {
  return descriptor->instantiate(descriptor, 48000, bundle, features);
}

// Lists without urid:map are refused; entries of NULLs, as lv2file sends them, are passed over.
static void features_of_strange_hosts(void) {
  LV2_URID_Map no_function = {NULL, NULL};
  LV2_Feature none = {NULL, NULL}, empty = {LV2_URID__map, NULL}, hollow = {LV2_URID__map, &no_function};
  LV2_Feature unknown = {"urn:nobody:knows", NULL}, good = {LV2_URID__map, &map};
  expect(!with_features(NULL), "an instance without features");
  expect(!with_features((const LV2_Feature *[]){NULL}), "an instance without urid:map");
  expect(!with_features((const LV2_Feature *[]){&none, &unknown, &empty, NULL}), "an instance with an empty urid:map");
  expect(!with_features((const LV2_Feature *[]){&hollow, NULL}), "an instance with a urid:map that is no function");
  LV2_Handle handle = with_features((const LV2_Feature *[]){&unknown, &none, &good, &none, NULL});
  expect(handle, "no instance among entries of NULLs");
  descriptor->activate(handle);
  descriptor->run(handle, 256);
  descriptor->deactivate(handle);
  descriptor->cleanup(handle);
  expect(!descriptor->extension_data("urn:nobody:knows"), "an extension that nobody knows");
}

// Hosts' workers differ: some answer at once, inside `run`, some from a thread in a later cycle, some are not there. To this
// plugin it is all one: it offers no work, and asks for none. What is set in a cycle of an export sounds in the next.
static void no_worker_is_needed(void) {
  expect(!descriptor->extension_data(LV2_WORKER__interface), "it has a worker: rows must try those that answer late");
  piano_t *piano = piano_new(48000, 256);
  float height = height_of_a_note(piano);
  put_path(piano, 0, "voice", in_bundle("soft.safetensors"));
  put_path(piano, 0, "score", in_bundle("score.mid"));
  run(piano, 256);
  float softer = height_of_a_note(piano);
  if (is_known_instrument) expect(fabsf(softer - height / 2) < 0.1f * height, "the voice that was set does not play");
  expect(piano->scheduled == 0, "it asked the host's worker for something, %d times", piano->scheduled);
  piano_free(piano);
}

const row_t life_rows[] = {
  {"activated-in-the-process-thread", activated_in_the_process_thread, false},
  {"activation-forgets-everything", activation_forgets_everything, false},
  {"sample-rates", sample_rates, false},
  {"thirty-two-instances-on-four-threads", thirty_two_instances_on_four_threads, false},
  {"gone-before-they-played", gone_before_they_played, false},
  {"closed-and-opened-again", closed_and_opened_again, false},
  {"features-of-strange-hosts", features_of_strange_hosts, false},
  {"no-worker-is-needed", no_worker_is_needed, false},
  {0},
};
