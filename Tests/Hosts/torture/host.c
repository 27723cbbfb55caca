// The instance and its cycles: memory that ends at the edge, features, ports connected anew in every cycle.
#define _GNU_SOURCE
#include "host.h"

#include <dlfcn.h>
#include <lv2/atom/atom.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/log/log.h>
#include <lv2/options/options.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const char *bundle;
bool is_known_instrument;
const LV2_Descriptor *descriptor;
const char *instrument = "piano";

const char *property(const char *name) {
  static _Thread_local char uri[256];
  snprintf(uri, sizeof uri, "urn:fotoplayer:%s#%s", instrument, name);
  return uri;
}

void fail(const char *file, int line, const char *format, ...) {
  const char *name = strrchr(file, '/');
  fprintf(stderr, "    %s:%d: ", name ? name + 1 : file, line);
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  _exit(1);
}

void open_library(void) {
  char path[4096];
  snprintf(path, sizeof path, "%sfotoplayer.so", bundle);
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  expect(library, "%s", dlerror());
  LV2_Descriptor_Function find = (LV2_Descriptor_Function)dlsym(library, "lv2_descriptor");
  expect(find, "%s has no lv2_descriptor", path);
  // The clicks are a piano alone.
  descriptor = find(0);
  expect(descriptor && !strcmp(descriptor->URI, "urn:fotoplayer:piano"), "%s does not begin with the piano", path);
  if (strcmp(instrument, "piano")) descriptor = find(1);
  char wanted[256];
  snprintf(wanted, sizeof wanted, "urn:fotoplayer:%s", instrument);
  expect(descriptor && !strcmp(descriptor->URI, wanted), "%s has no %s", path, wanted);
  expect(!find(2) && !find(UINT32_MAX), "%s has more plugins than two", path);
}

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

LV2_URID urid(const char *uri) { return map_uri(NULL, uri); }

// Memory

static size_t page(void) { return (size_t)sysconf(_SC_PAGESIZE); }
static size_t whole_pages(size_t size) { return (size + page() - 1) / page() * page(); }

void *edge_new(size_t size) {
  size_t pages = whole_pages(size);
  uint8_t *memory = mmap(NULL, pages + page(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  expect(memory != MAP_FAILED && !mprotect(memory + pages, page(), PROT_NONE), "no memory");
  return memory + pages - size;
}

void edge_free(void *memory, size_t size) {
  size_t pages = whole_pages(size);
  munmap((uint8_t *)memory + size - pages, pages + page());
}

uint64_t seed = 1;

uint64_t random_bits(uint64_t *state) {
  uint64_t mixed = *state += 0x9E3779B97F4A7C15;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
  return mixed ^ (mixed >> 31);
}

uint32_t random_below(uint64_t *state, uint32_t limit) { return (uint32_t)((random_bits(state) >> 32) * limit >> 32); }

// The worker. The plugin offers no work to be done (it has threads of its own), so it must not ask for any.

static LV2_Worker_Status schedule(LV2_Worker_Schedule_Handle handle, uint32_t size, const void *data) {
  (void)size, (void)data;
  ((piano_t *)handle)->scheduled++;
  return LV2_WORKER_ERR_UNKNOWN;
}

// The log is kept from the terminal: rows say themselves what is wrong.

static int ignore_list(LV2_Log_Handle handle, LV2_URID type, const char *format, va_list arguments) {
  (void)handle, (void)type, (void)format, (void)arguments;
  return 0;
}

static int ignore(LV2_Log_Handle handle, LV2_URID type, const char *format, ...) {
  (void)handle, (void)type, (void)format;
  return 0;
}

static LV2_Log_Log silent_log = {NULL, ignore, ignore_list};

// The instance

LV2_URID_Map map = {NULL, map_uri};

piano_t *piano_new(double rate, int nominal) {
  piano_t *piano = calloc(1, sizeof *piano);
  piano->rate = rate;
  piano->left = edge_new(LONGEST * sizeof(float));
  piano->right = edge_new(LONGEST * sizeof(float));
  piano->input = edge_new(ROOM);
  piano->notify = edge_new(ROOM);
  piano->notify_room = ROOM - 8;
  piano->controls[ENABLED] = piano->controls[FREEWHEEL] = piano->controls[GUIDANCE] = 1;
  piano->controls[STEPS] = 4, piano->controls[BLOCK] = 2;

  piano->worker = (LV2_Worker_Schedule){piano, schedule};
  int32_t length = nominal, longest = LONGEST;
  LV2_URID integer = urid(LV2_ATOM__Int);
  LV2_Options_Option options[] = {
    {LV2_OPTIONS_INSTANCE, 0, urid(LV2_BUF_SIZE__nominalBlockLength), 4, integer, &length},
    {LV2_OPTIONS_INSTANCE, 0, urid(LV2_BUF_SIZE__maxBlockLength), 4, integer, &longest},
    {LV2_OPTIONS_INSTANCE, 0, 0, 0, 0, NULL}};
  LV2_Feature features[] = {
    {LV2_URID__map, &map}, {LV2_WORKER__schedule, &piano->worker}, {LV2_BUF_SIZE__boundedBlockLength, NULL},
    {LV2_LOG__log, &silent_log}, {LV2_OPTIONS__options, options}};
  const LV2_Feature *list[] = {&features[0], &features[1], &features[2], &features[3], nominal ? &features[4] : NULL, NULL};
  piano->handle = descriptor->instantiate(descriptor, rate, bundle, list);
  if (!piano->handle) {
    piano_free(piano);
    return NULL;
  }
  // As lilv does, which every host calls it through.
  for (uint32_t port = 0; port < PORTS; port++) descriptor->connect_port(piano->handle, port, NULL);
  descriptor->activate(piano->handle);
  return piano;
}

void piano_free(piano_t *piano) {
  if (piano->handle) {
    descriptor->deactivate(piano->handle);
    descriptor->cleanup(piano->handle);
  }
  edge_free(piano->left, LONGEST * sizeof(float));
  edge_free(piano->right, LONGEST * sizeof(float));
  edge_free(piano->input, ROOM);
  edge_free(piano->notify, ROOM);
  free(piano);
}

float *sound(const piano_t *piano, uint32_t count) { return piano->left + LONGEST - count; }

// The interposer's, where there is one.
extern void interposer_mark(int on) __attribute__((weak));

static void mark(int on) {
  if (interposer_mark) interposer_mark(on);
}

#if defined(__clang__) && __has_feature(realtime_sanitizer)
#define NONBLOCKING [[clang::nonblocking]]
#else
#define NONBLOCKING
#endif

bool offends;
static void *volatile offence;

static void connect(piano_t *piano, uint32_t port, void *data) NONBLOCKING {
  descriptor->connect_port(piano->handle, port, piano->missing >> port & 1 ? NULL : data);
}

static void call_run(piano_t *piano, uint32_t count) NONBLOCKING {
  if (offends) offence = malloc(1);
  descriptor->run(piano->handle, count);
}

static void call_reactivate(piano_t *piano) NONBLOCKING {
  descriptor->deactivate(piano->handle);
  descriptor->activate(piano->handle);
}

void run(piano_t *piano, uint32_t count) {
  // The sequence goes to the edge, and so does what the plugin may write.
  uint32_t size = (16 + piano->input_size + 7) & ~7u;
  uint8_t *sequence = piano->input + ROOM - size;
  memmove(sequence + 16, piano->input + 16, piano->input_size);
  *(LV2_Atom *)sequence = (LV2_Atom){8 + piano->input_size, urid(LV2_ATOM__Sequence)};
  memset(sequence + 8, 0, 8);
  uint8_t *answers = piano->notify + ROOM - ((8 + piano->notify_room + 7) & ~7u);
  *(LV2_Atom *)answers = (LV2_Atom){piano->notify_room, 0};
  mark(1);
  if (!piano->is_connected_by_row) {
    connect(piano, CONTROL, sequence);
    connect(piano, NOTIFY, answers);
    connect(piano, LEFT, sound(piano, count));
    connect(piano, RIGHT, piano->right + LONGEST - count);
    for (uint32_t port = LATENCY; port < PORTS; port++) connect(piano, port, &piano->controls[port]);
  }
  call_run(piano, count);
  mark(0);
  piano->input_size = 0;
}

void reactivate(piano_t *piano) {
  mark(1);
  call_reactivate(piano);
  mark(0);
}

// What comes out

float *render(piano_t *piano, uint32_t count) {
  float *samples = malloc((count + 256) * sizeof(float));
  for (uint32_t done = 0; done < count; done += 256) {
    run(piano, 256);
    memcpy(samples + done, sound(piano, 256), 256 * sizeof(float));
  }
  return samples;
}

float highest(const float *samples, uint32_t count) { return count ? samples[place_of_highest(samples, count)] : 0; }

uint32_t place_of_highest(const float *samples, uint32_t count) {
  uint32_t place = 0;
  for (uint32_t index = 0; index < count; index++) {
    expect(isfinite(samples[index]), "sample %u is %f", index, (double)samples[index]);
    if (samples[index] > samples[place]) place = index;
  }
  return place;
}

int64_t samples_to_silence(piano_t *piano, uint32_t limit) {
  // As long as the latency, so that what was played before has come out.
  uint32_t silent = 0, longest = (uint32_t)piano->controls[LATENCY] + 4096;
  for (uint32_t done = 0; done < limit; done += 256) {
    run(piano, 256);
    const float *samples = sound(piano, 256);
    for (uint32_t index = 0; index < 256; index++) silent = samples[index] == 0 ? silent + 1 : 0;
    if (silent > longest) return done + 256 - silent;
  }
  return -1;
}

float height_of_a_note(piano_t *piano) {
  piano->missing = 0;
  piano->is_connected_by_row = false;
  midi(piano, 0, 0xB0, 120, 0);
  midi(piano, 0, 0xB0, 121, 0);
  run(piano, 256);
  free(render(piano, 9600));
  midi(piano, 0, 0x90, 60, 127);
  float *samples = render(piano, 24000), height = highest(samples, 24000);
  free(samples);
  midi(piano, 0, 0x80, 60, 64);
  return height;
}

const char *in_bundle(const char *name) {
  static _Thread_local char path[4096];
  snprintf(path, sizeof path, "%svoices/%s", bundle, name);
  return path;
}

void use_tones(piano_t *piano) {
  put_path(piano, 0, "voice", in_bundle("tones.safetensors"));
  free(render(piano, 9600));
}

float tones(piano_t *piano) {
  float *samples = render(piano, 9600), last = samples[9599];
  free(samples);
  return 1000 * last;
}
