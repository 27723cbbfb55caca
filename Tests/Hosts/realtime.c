// realtime: hosts the plugin with an audio thread on which nothing may block, while another thread saves and restores
// its state, presets change, voices are set, notes play. Built with -fsanitize=realtime, or run under the interposer.
// usage: realtime BUNDLE/ SECONDS [VOICE…]
#define _GNU_SOURCE
#include <dlfcn.h>
#include <lv2/atom/atom.h>
#include <lv2/core/lv2.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>
#include <lv2/state/state.h>
#include <lv2/urid/urid.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#if defined(__clang__)
#define NONBLOCKING [[clang::nonblocking]]
#else
#define NONBLOCKING
#endif

enum { FRAMES = 256, RATE = 48000, PORTS = 17 };

// The interposer's, where there is one.
extern void interposer_mark(int on) __attribute__((weak));

// Numbers for URIs

static pthread_mutex_t uris_lock = PTHREAD_MUTEX_INITIALIZER;
static char *uris[1000];
static uint32_t uri_count;

static LV2_URID map_uri(LV2_URID_Map_Handle handle, const char *uri) {
  (void)handle;
  pthread_mutex_lock(&uris_lock);
  uint32_t index = 0;
  while (index < uri_count && strcmp(uris[index], uri)) index++;
  if (index == uri_count) uris[uri_count++] = strdup(uri);
  pthread_mutex_unlock(&uris_lock);
  return index + 1;
}

static LV2_URID urid(const char *uri) { return map_uri(NULL, uri); }

// The plugin and its ports

static const LV2_Descriptor *descriptor;
static LV2_Handle plugin;
static float controls[PORTS], left[FRAMES], right[FRAMES];
static uint64_t to_plugin[8192], from_plugin[8192];
static struct { LV2_URID sequence, midi, object, set, property, value, urid, path, voice; } types;

static void append(LV2_URID type, int64_t time, const void *body, uint32_t size) {
  LV2_Atom *sequence = (LV2_Atom *)to_plugin;
  uint8_t *end = (uint8_t *)to_plugin + 8 + ((sequence->size + 7) & ~7u);
  memcpy(end, &time, 8);
  memcpy(end + 8, &size, 4);
  memcpy(end + 12, &type, 4);
  memcpy(end + 16, body, size);
  sequence->size = (uint32_t)(end + 16 + size - (uint8_t *)to_plugin - 8);
}

static void append_note(int on, uint8_t key, int64_t time) {
  uint8_t message[3] = {on ? 0x90 : 0x80, key, 90};
  append(types.midi, time, message, 3);
}

static void append_voice(const char *path) {
  uint32_t length = (uint32_t)strlen(path) + 1;
  uint32_t body[2 + 4 + 2 + 4 + 1024] = {0, types.set, types.property, 0, 4, types.urid, types.voice, 0,
                                         types.value, 0, length, types.path};
  memcpy(body + 12, path, length);
  append(types.object, 0, body, (48 + length + 7) & ~7u);
}

// With OFFEND in the environment it allocates, so that a checker can be seen to check.
static int offends;
static void *volatile offence;

static void run(void) NONBLOCKING {
  if (offends) offence = malloc(1);
  descriptor->run(plugin, FRAMES);
}

// State, in memory

static struct { LV2_URID key, type; size_t size; char value[4096]; } store[8];
static int stored;

static LV2_State_Status keep(LV2_State_Handle handle, uint32_t key, const void *value, size_t size, uint32_t type,
                             uint32_t flags) {
  (void)handle, (void)flags;
  if (stored == 8 || size > sizeof store[0].value) return LV2_STATE_ERR_NO_SPACE;
  store[stored].key = key;
  store[stored].type = type;
  store[stored].size = size;
  memcpy(store[stored++].value, value, size);
  return LV2_STATE_SUCCESS;
}

static const void *give(LV2_State_Handle handle, uint32_t key, size_t *size, uint32_t *type, uint32_t *flags) {
  (void)handle;
  for (int index = 0; index < stored; index++) {
    if (store[index].key != key) continue;
    *size = store[index].size;
    *type = store[index].type;
    *flags = LV2_STATE_IS_POD;
    return store[index].value;
  }
  return NULL;
}

// The threads

static atomic_int finished;
static int voice_count, cycles;
static char **voices;
static float peak;

// The voice is opened on a thread of its own, at the pace of the machine: up to ten seconds.
static void wait_for_voice(void) {
  for (int cycle = 0; cycle < 10 * RATE / FRAMES && controls[14] < 1; cycle++) {
    *(LV2_Atom *)to_plugin = (LV2_Atom){8, types.sequence};
    to_plugin[1] = 0;
    *(LV2_Atom *)from_plugin = (LV2_Atom){sizeof from_plugin - 8, 0};
    run();
    usleep(1000000L * FRAMES / RATE);
  }
}

static void *play(void *unused) {
  wait_for_voice();
  for (int cycle = 0; cycle < cycles; cycle++) {
    LV2_Atom *sequence = (LV2_Atom *)to_plugin;
    *sequence = (LV2_Atom){8, types.sequence};
    to_plugin[1] = 0;
    append_note(cycle % 8 < 4, (uint8_t)(40 + cycle / 8 % 40), cycle % FRAMES);
    if (cycle % 100 == 50 && voice_count > 0) append_voice(voices[cycle / 100 % voice_count]);
    *(LV2_Atom *)from_plugin = (LV2_Atom){sizeof from_plugin - 8, 0};
    controls[7] = (float)(cycle % 60) * -0.2f;
    controls[8] = (float)(1 + cycle / 40 % 4);
    controls[9] = (float)(1 + cycle / 120 % 3);
    controls[5] = cycle % 200 < 180;
    if (interposer_mark) interposer_mark(1);
    run();
    if (interposer_mark) interposer_mark(0);
    for (int index = 0; index < FRAMES; index++) {
      if (left[index] > peak) peak = left[index];
    }
    if (cycle % 150 == 149) {  // As workstations do after a locate, in the audio thread.
      if (interposer_mark) interposer_mark(1);
      descriptor->deactivate(plugin);
      descriptor->activate(plugin);
      if (interposer_mark) interposer_mark(0);
    }
    usleep(1000000L * FRAMES / RATE);
  }
  finished = 1;
  return unused;
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: realtime BUNDLE/ SECONDS [VOICE...]\n"), 2;
  char binary[4096];
  snprintf(binary, sizeof binary, "%sfotoplayer.so", argv[1]);
  void *library = dlopen(binary, RTLD_NOW | RTLD_LOCAL);
  if (!library) return fprintf(stderr, "%s\n", dlerror()), 1;
  descriptor = ((LV2_Descriptor_Function)dlsym(library, "lv2_descriptor"))(0);
  types.sequence = urid(LV2_ATOM__Sequence), types.midi = urid(LV2_MIDI__MidiEvent);
  types.object = urid(LV2_ATOM__Object), types.set = urid(LV2_PATCH__Set);
  types.property = urid(LV2_PATCH__property), types.value = urid(LV2_PATCH__value);
  types.urid = urid(LV2_ATOM__URID), types.path = urid(LV2_ATOM__Path), types.voice = urid("urn:fotoplayer:piano#voice");
  LV2_URID_Map map = {NULL, map_uri};
  LV2_Feature feature = {LV2_URID__map, &map};
  const LV2_Feature *features[] = {&feature, NULL};
  plugin = descriptor->instantiate(descriptor, RATE, argv[1], features);
  if (!plugin) return fprintf(stderr, "no instance\n"), 1;
  for (uint32_t port = 4; port < PORTS; port++) descriptor->connect_port(plugin, port, &controls[port]);
  descriptor->connect_port(plugin, 0, to_plugin);
  descriptor->connect_port(plugin, 1, from_plugin);
  descriptor->connect_port(plugin, 2, left);
  descriptor->connect_port(plugin, 3, right);
  controls[5] = 1, controls[8] = 4, controls[9] = 2, controls[10] = 1;
  offends = getenv("OFFEND") != NULL;
  voices = argv + 3, voice_count = argc - 3, cycles = (int)(atof(argv[2]) * RATE / FRAMES);

  descriptor->activate(plugin);
  pthread_t audio;
  pthread_create(&audio, NULL, play, NULL);
  const LV2_State_Interface *state = descriptor->extension_data(LV2_STATE__interface);
  int restored = 0;
  while (!finished) {
    stored = 0;
    state->save(plugin, keep, NULL, 0, NULL);
    usleep(150000);
    state->restore(plugin, give, NULL, 0, NULL);
    restored++;
  }
  pthread_join(audio, NULL);
  descriptor->deactivate(plugin);
  descriptor->cleanup(plugin);
  printf("%d cycles, %d restores, %d late blocks, peak %.3f%s\n", cycles, restored, (int)controls[13], peak,
         interposer_mark ? ", interposer on" : "");
  if (peak > 0) return 0;
  fprintf(stderr, "nothing sounded\n");
  return 1;
}
