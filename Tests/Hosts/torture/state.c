// States: saved at any moment, restored with little help, from other versions, with voices that moved or are gone.
#define _GNU_SOURCE
#include "rows.h"

#include <fcntl.h>
#include <lv2/atom/atom.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


// What is stored: values that are handed out at the edge of memory.
typedef struct {
  struct { LV2_URID key, type; size_t size; void *value; } items[16];
  int count, room;
} store_t;

static LV2_State_Status keep(LV2_State_Handle handle, uint32_t key, const void *value, size_t size, uint32_t type,
                             uint32_t flags) {
  store_t *store = handle;
  (void)flags;
  if (store->count >= store->room) return LV2_STATE_ERR_NO_SPACE;
  void *copy = edge_new(size ? size : 1);
  memcpy(copy, value, size);
  store->items[store->count].key = key;
  store->items[store->count].type = type;
  store->items[store->count].size = size;
  store->items[store->count++].value = copy;
  return LV2_STATE_SUCCESS;
}

static const void *give(LV2_State_Handle handle, uint32_t key, size_t *size, uint32_t *type, uint32_t *flags) {
  const store_t *store = handle;
  for (int index = 0; index < store->count; index++) {
    if (store->items[index].key != key) continue;
    *size = store->items[index].size;
    *type = store->items[index].type;
    *flags = LV2_STATE_IS_POD;
    return store->items[index].value;
  }
  return NULL;
}

static void empty(store_t *store) {
  for (int index = 0; index < store->count; index++) edge_free(store->items[index].value, store->items[index].size ? store->items[index].size : 1);
  *store = (store_t){.room = 16};
}

static void add(store_t *store, const char *key, const char *type, const void *value, size_t size) {
  keep(store, urid(key), value, size, urid(type), 0);
}
static void add_version(store_t *store, int32_t number) { add(store, property("version"), LV2_ATOM__Int, &number, 4); }
static void add_voice(store_t *store, const char *path) {
  add(store, property("voice"), LV2_ATOM__Path, path, strlen(path) + 1);
}

// Asked for once, before there are threads, as the specification has it.
static const LV2_State_Interface *interface(void) {
  static const LV2_State_Interface *state;
  if (!state) state = descriptor->extension_data(LV2_STATE__interface);
  expect(state, "no state:interface");
  return state;
}

static LV2_State_Status restore(piano_t *piano, store_t *store) {
  return interface()->restore(piano->handle, give, store, 0, NULL);
}

static void expect_voice(piano_t *piano, const char *path) {
  char text[4096];
  ask(piano, "voice", text);
  expect(!strcmp(text, path), "the voice is \"%s\", expected \"%s\"", text, path);
}

// An audio thread that plays, one that saves, one that restores and sets.

static atomic_bool is_over;
static store_t last_saved;
static pthread_mutex_t store_lock = PTHREAD_MUTEX_INITIALIZER;

static void *save_all_the_time(void *piano) {
  while (!is_over) {
    store_t store = {.room = 16};
    expect(interface()->save(((piano_t *)piano)->handle, keep, &store, 0, NULL) == LV2_STATE_SUCCESS, "not saved");
    expect(store.count >= 1, "nothing was saved");
    pthread_mutex_lock(&store_lock);
    empty(&last_saved);
    last_saved = store;
    pthread_mutex_unlock(&store_lock);
    usleep(1000);
  }
  return NULL;
}

static void *restore_all_the_time(void *piano) {
  for (int turn = 0; !is_over; turn++) {
    store_t store = {.room = 16};
    add_version(&store, 1);
    if (turn % 3) add_voice(&store, turn % 3 == 1 ? in_bundle("soft.safetensors") : "/nowhere.safetensors");
    double start = turn % 5;
    if (turn % 2) add(&store, property("score-start"), LV2_ATOM__Double, &start, sizeof start);
    restore(piano, &store);
    empty(&store);
    pthread_mutex_lock(&store_lock);
    if (last_saved.count) restore(piano, &last_saved);
    pthread_mutex_unlock(&store_lock);
    usleep(7000);
  }
  return NULL;
}

static void saved_and_restored_while_running(void) {
  piano_t *piano = piano_new(48000, 256);
  pthread_t threads[2];
  piano->controls[FREEWHEEL] = 0;
  interface();
  pthread_create(&threads[0], NULL, save_all_the_time, piano);
  pthread_create(&threads[1], NULL, restore_all_the_time, piano);
  float peak = 0;
  for (int cycle = 0; cycle < 400; cycle++) {
    midi(piano, cycle % 256, cycle % 8 < 4 ? 0x90 : 0x80, (uint8_t)(40 + cycle / 8 % 40), 90);
    if (cycle % 50 == 20) put_path(piano, 3, "voice", in_bundle(cycle % 100 == 20 ? "soft.safetensors" : "piano.safetensors"));
    // For instruments that perform a file along with the transport; to others it is a property that nobody knows.
    if (cycle % 60 == 10) put_path(piano, 5, "score", cycle % 120 == 10 ? in_bundle("score.mid") : "/nowhere.mid");
    if (cycle % 45 == 15) put_transport(piano, cycle % 256, cycle * 7919LL % (20 * 48000), cycle % 4 == 3 ? 0.5f : 1);
    if (cycle % 97 == 96) put_transport(piano, 0, 0, 0);
    piano->controls[GAIN] = (float)(cycle % 60) * -0.2f;
    piano->controls[STEPS] = (float)(1 + cycle / 40 % 4);
    piano->controls[BLOCK] = (float)(1 + cycle / 120 % 3);
    piano->controls[ENABLED] = cycle % 200 < 180;
    run(piano, 256);
    peak = fmaxf(peak, highest(sound(piano, 256), 256));
    if (cycle % 150 == 149) reactivate(piano);
    usleep(256 * 1000000L / 48000);
  }
  is_over = true;
  for (int thread = 0; thread < 2; thread++) pthread_join(threads[thread], NULL);
  expect(peak > 0.0005f, "nothing sounded");
  expect(height_of_a_note((piano->controls[ENABLED] = piano->controls[FREEWHEEL] = 1, piano)) > 0.0005f, "silent afterwards");
  piano_free(piano);
}

static void restored_with_no_features(void) {
  piano_t *piano = piano_new(48000, 256);
  float height = height_of_a_note(piano);
  put_path(piano, 0, "voice", in_bundle("soft.safetensors"));
  run(piano, 256);
  store_t store = {.room = 16};
  expect(interface()->save(piano->handle, keep, &store, 0, NULL) == LV2_STATE_SUCCESS, "not saved");
  piano_free(piano);
  // Restored before it was ever activated or run, it plays in its first cycle.
  piano = piano_new(48000, 256);
  expect(restore(piano, &store) == LV2_STATE_SUCCESS, "not restored");
  expect_voice(piano, in_bundle("soft.safetensors"));
  float softer = height_of_a_note(piano);
  if (is_known_instrument) expect(fabsf(softer - height / 2) < 0.1f * height, "%f, expected half of %f", (double)softer, (double)height);
  // What was restored is what is saved.
  store_t again = {.room = 16};
  interface()->save(piano->handle, keep, &again, 0, NULL);
  expect(again.count == store.count, "%d values were saved, then %d", store.count, again.count);
  for (int index = 0; index < store.count; index++)
    expect(again.items[index].size == store.items[index].size
             && !memcmp(again.items[index].value, store.items[index].value, store.items[index].size),
           "value %d is another one after a round trip", index);
  piano_free(piano);
}

// A state as the first release stored it, to the byte: it is understood for ever.
static void restored_from_the_first_version(void) {
  piano_t *piano = piano_new(48000, 256);
  store_t store = {.room = 16};
  add_version(&store, 1);
  add_voice(&store, in_bundle("soft.safetensors"));
  expect(restore(piano, &store) == LV2_STATE_SUCCESS, "not restored");
  expect_voice(piano, in_bundle("soft.safetensors"));
  // Without a voice: the bundle's own.
  empty(&store);
  add_version(&store, 1);
  expect(restore(piano, &store) == LV2_STATE_SUCCESS, "not restored");
  expect_voice(piano, "");
  expect(height_of_a_note(piano) > 0.0005f, "silent afterwards");
  piano_free(piano);
}

static void restored_from_a_later_version(void) {
  piano_t *piano = piano_new(48000, 256);
  put_path(piano, 0, "voice", in_bundle("soft.safetensors"));
  run(piano, 256);
  static const int32_t versions[] = {1000, INT32_MAX, 0, -1, INT32_MIN};
  for (size_t index = 0; index < sizeof versions / sizeof *versions; index++) {
    store_t store = {.room = 16};
    add_version(&store, versions[index]);
    add_voice(&store, "/of/another/time.safetensors");
    expect(restore(piano, &store) != LV2_STATE_SUCCESS, "version %d was understood", versions[index]);
    expect_voice(piano, in_bundle("soft.safetensors"));
    empty(&store);
  }
  expect(height_of_a_note(piano) > 0.0005f, "silent afterwards");
  piano_free(piano);
}

static void restored_with_unknown_keys(void) {
  piano_t *piano = piano_new(48000, 256);
  put_path(piano, 0, "voice", in_bundle("soft.safetensors"));
  run(piano, 256);
  // Of others alone, as presets of the ports are: the voice stays.
  store_t store = {.room = 16};
  add(&store, "urn:nobody:knows", LV2_ATOM__String, "x", 2);
  expect(restore(piano, &store) == LV2_STATE_SUCCESS, "not restored");
  expect_voice(piano, in_bundle("soft.safetensors"));
  add_version(&store, 1);
  add_voice(&store, "/elsewhere.safetensors");
  expect(restore(piano, &store) == LV2_STATE_SUCCESS, "not restored beside unknown keys");
  expect_voice(piano, "/elsewhere.safetensors");
  piano_free(piano);
}

static void values_of_the_wrong_kind(void) {
  piano_t *piano = piano_new(48000, 256);
  uint64_t state = seed;
  const char *types[] = {LV2_ATOM__Int, LV2_ATOM__Path, LV2_ATOM__String, LV2_ATOM__Float, LV2_ATOM__Object, "urn:nobody:knows"};
  for (int turn = 0; turn < 300; turn++) {
    store_t store = {.room = 16};
    uint8_t bytes[64];
    for (size_t index = 0; index < sizeof bytes; index++) bytes[index] = (uint8_t)random_below(&state, 256);
    // Texts without an end, numbers of other sizes, nothing at all.
    add(&store, property("voice"), types[turn % 6], bytes, random_below(&state, sizeof bytes));
    add(&store, property("score-start"), turn % 4 ? types[turn / 4 % 6] : LV2_ATOM__Double, bytes, random_below(&state, 12));
    if (turn % 2) add_version(&store, 1);
    else add(&store, property("version"), types[turn / 2 % 6], bytes, random_below(&state, 9));
    restore(piano, &store);
    run(piano, 64);
    empty(&store);
  }
  char longest[5000];
  memset(longest, 'a', sizeof longest);
  store_t store = {.room = 16};
  add_version(&store, 1);
  add(&store, property("voice"), LV2_ATOM__Path, longest, sizeof longest);
  expect(restore(piano, &store) != LV2_STATE_SUCCESS, "a path of 5000 characters was taken");
  empty(&store);
  add_version(&store, 1);
  expect(restore(piano, &store) == LV2_STATE_SUCCESS, "not restored");
  expect(height_of_a_note(piano) > 0.0005f, "silent afterwards");
  // Calls without functions, and a store without room.
  expect(interface()->restore(piano->handle, NULL, NULL, 0, NULL) != LV2_STATE_SUCCESS, "restored from nothing");
  expect(interface()->save(piano->handle, NULL, NULL, 0, NULL) != LV2_STATE_SUCCESS, "saved into nothing");
  empty(&store);
  store.room = 0;
  expect(interface()->save(piano->handle, keep, &store, 0, NULL) != LV2_STATE_SUCCESS, "saved where there is no room");
  piano_free(piano);
}

// The session keeps the path, the old voice plays on, and the status says what is missing.
static void voice_that_is_gone(void) {
  piano_t *piano = piano_new(48000, 256);
  float height = height_of_a_note(piano);
  store_t store = {.room = 16};
  add_version(&store, 1);
  add_voice(&store, "/nowhere/grand.safetensors");
  expect(restore(piano, &store) == LV2_STATE_SUCCESS, "not restored");
  float after = height_of_a_note(piano);
  // A noise is never the same twice; a piano's note is.
  bool plays = strcmp(instrument, "piano") ? after > 0.0005f : fabsf(after - height) < 0.1f * height;
  expect(plays, "the old voice does not play on: %f, then %f", (double)height, (double)after);
  char text[4096];
  for (int turn = 0; turn < 2000 && !strstr(ask(piano, "status", text), "/nowhere/grand.safetensors:"); turn++) usleep(1000);
  expect(strstr(text, "/nowhere/grand.safetensors:"), "the status is \"%s\"", text);
  expect(piano->controls[READY] == 0, "ready, without its voice");
  empty(&store);
  interface()->save(piano->handle, keep, &store, 0, NULL);
  bool is_kept = false;
  for (int index = 0; index < store.count; index++)
    is_kept |= store.items[index].key == urid(property("voice")) && !strcmp(store.items[index].value, "/nowhere/grand.safetensors");
  expect(is_kept, "the path is not kept");
  piano_free(piano);
}

// Voices are looked for in folders that may be full of other things, with names of every length.
static void voice_among_many_files(void) {
  char folder[] = "/tmp/fotoplayer-many-XXXXXX", path[600];
  expect(mkdtemp(folder), "no folder in /tmp");
  for (int file = 0; file < 700; file++) {
    snprintf(path, sizeof path, "%s/%0*d", folder, 1 + file % 200, file);
    close(open(path, O_CREAT | O_WRONLY, 0600));
  }
  setenv("LV2_PATH", folder, 1);
  for (int turn = 0; turn < 8; turn++) {
    piano_t *piano = piano_new(48000, 256);
    put_path(piano, 0, "voice", "/nowhere/grand.safetensors");
    run(piano, 256);
    piano_free(piano);
  }
  snprintf(path, sizeof path, "rm -rf %s", folder);
  expect(!system(path), "the folder stays");
}

// A session that has moved: what it stores as a path is found again through the host.

static char *to_abstract(LV2_State_Map_Path_Handle handle, const char *path) {
  (void)handle, (void)path;
  return strdup("voice-of-the-session");
}

static char *to_absolute(LV2_State_Map_Path_Handle handle, const char *path) {
  (void)handle;
  return strdup(strcmp(path, "voice-of-the-session") ? path : in_bundle("soft.safetensors"));
}

static int freed;
static void free_path(LV2_State_Free_Path_Handle handle, char *path) {
  (void)handle;
  freed++;
  free(path);
}

static void voice_that_has_moved(void) {
  LV2_State_Map_Path map_path = {NULL, to_abstract, to_absolute};
  LV2_State_Free_Path freeing = {NULL, free_path};
  LV2_Feature mapping = {LV2_STATE__mapPath, &map_path}, releasing = {LV2_STATE__freePath, &freeing};
  const LV2_Feature *features[] = {&mapping, &releasing, NULL};
  piano_t *piano = piano_new(48000, 256);
  put_path(piano, 0, "voice", "/an/old/home/soft.safetensors");
  run(piano, 256);
  store_t store = {.room = 16};
  interface()->save(piano->handle, keep, &store, 0, features);
  bool is_abstract = false;
  for (int index = 0; index < store.count; index++)
    is_abstract |= store.items[index].key == urid(property("voice")) && !strcmp(store.items[index].value, "voice-of-the-session");
  expect(is_abstract, "the path was stored as it is on this machine");
  piano_free(piano);
  piano = piano_new(48000, 256);
  expect(interface()->restore(piano->handle, give, &store, 0, features) == LV2_STATE_SUCCESS, "not restored");
  expect_voice(piano, in_bundle("soft.safetensors"));
  expect(freed >= 2, "a path that the host mapped was not given back");
  expect(height_of_a_note(piano) > 0.0005f, "silent afterwards");
  piano_free(piano);
}

const row_t state_rows[] = {
  {"saved-and-restored-while-running", saved_and_restored_while_running, false},
  {"restored-with-no-features", restored_with_no_features, false},
  {"restored-from-the-first-version", restored_from_the_first_version, false},
  {"restored-from-a-later-version", restored_from_a_later_version, false},
  {"restored-with-unknown-keys", restored_with_unknown_keys, false},
  {"values-of-the-wrong-kind", values_of_the_wrong_kind, false},
  {"voice-that-is-gone", voice_that_is_gone, false},
  {"voice-among-many-files", voice_among_many_files, false},
  {"voice-that-has-moved", voice_that_has_moved, false},
  {0},
};
