// host: a host in C that can be as rude as hosts are: it decides every pointer, size and moment itself.
// What the plugin is given ends at the edge of memory, so that one byte too many is noticed without any checker.
#pragma once
#include <lv2/core/lv2.h>
#include <lv2/state/state.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

// Ports: more than there are, so that those to come are connected too.
enum { PORTS = 24, LONGEST = 8192, ROOM = 1 << 18 };
enum {
  CONTROL, NOTIFY, LEFT, RIGHT, LATENCY, ENABLED, FREEWHEEL, GAIN, STEPS, BLOCK, GUIDANCE, SEED, VELOCITY, LATE, READY, TONE,
  SCORE_TIME, ECONOMY
};

extern const char *bundle;
// It plays clicks and tones, of which the place and height are known.
extern bool is_known_instrument;
// With this the audio thread allocates in `run`, so that a checker can be seen to check.
extern bool offends;
// A file in the bundle's folder of voices; valid until the next call of the thread.
const char *in_bundle(const char *name);
extern const LV2_Descriptor *descriptor;
// Which of the bundle's two is tortured: "piano", or "foley"; and the URI of a property of it, valid until the thread's next call.
extern const char *instrument;
const char *property(const char *name);

// Opens the bundle's library. It is called once, before anything else.
void open_library(void);

LV2_URID urid(const char *uri);
extern LV2_URID_Map map;

// An instance, the memory of its ports, and the events of its next cycle.
typedef struct {
  LV2_Handle handle;
  double rate;
  float controls[PORTS];
  // `LONGEST` samples that end at the edge of memory.
  float *left, *right;
  // A sequence that ends at the edge of memory when it is handed over.
  uint8_t *input, *notify;
  uint32_t input_size, notify_room;
  // Bit `port` set: it is given NULL.
  uint32_t missing;
  // What the plugin asked the host's worker for.
  LV2_Worker_Schedule worker;
  atomic_int scheduled;
  // The ports are connected as they were, by the row itself.
  bool is_connected_by_row;
} piano_t;

// An instance as workstations make it: connected, activated, freewheeling, at the description's defaults.
// `nominal`: the block length that it is told, 0 for none. NULL where the plugin refused.
piano_t *piano_new(double rate, int nominal);
void piano_free(piano_t *piano);

// An event of the next cycle. What finds no room is left out, and false comes back.
bool put(piano_t *piano, LV2_URID type, int64_t time, const void *body, uint32_t size);
bool midi(piano_t *piano, int64_t time, uint8_t status, uint8_t first, uint8_t second);
// Sets a property of the plugin, "voice" for one, to a path.
bool put_path(piano_t *piano, int64_t time, const char *name, const char *path);
bool put_get(piano_t *piano, int64_t time);
bool put_transport(piano_t *piano, int64_t time, int64_t frame, float speed);

// One cycle of `count` samples, which then stand in `left` and `right` from `sound(piano, count)` on. The thread is marked
// as real-time meanwhile.
void run(piano_t *piano, uint32_t count);
float *sound(const piano_t *piano, uint32_t count);
// Deactivates and activates, as workstations do after a locate, on the audio thread.
void reactivate(piano_t *piano);

// Whether the plugin said something of this type of object in the last cycle; its text, if it set a property to one.
bool has_said(const piano_t *piano, const char *object, const char *property, char text[4096]);
// Asks for a property until it is told, for at most ten seconds of cycles; "" if it never was.
const char *ask(piano_t *piano, const char *name, char text[4096]);

// Cycles of 256 samples until `count` samples of the left channel are gathered; for free() to free.
float *render(piano_t *piano, uint32_t count);
float highest(const float *samples, uint32_t count);
uint32_t place_of_highest(const float *samples, uint32_t count);
// Runs until all is silent, exactly: the samples that it took, or -1 if `limit` samples were not enough.
int64_t samples_to_silence(piano_t *piano, uint32_t limit);

// The loudest of half a second in which a note is struck, after whatever sounded was cut off.
float height_of_a_note(piano_t *piano);
// Tones instead of clicks, each of a height of 0.001 while it sounds: their sum tells how many there are.
void use_tones(piano_t *piano);
float tones(piano_t *piano);

// The machine's clock, in seconds.
double now(void);
void sleep_until(double seconds);

// Threads that tell when a processor was not this machine's: how many there are, and how many seconds between two moments of the
// last second were lost, of all processors together: who plays waits on one, who makes the block on another.
void witnesses_begin(void);
void witnesses_end(void);
int witnesses(void);
double lost_time(double from, double to);

// Memory whose last byte is the last before a page that may not be touched.
void *edge_new(size_t size);
void edge_free(void *memory, size_t size);

// SplitMix64 (Steele, Lea and Flood, 2014): the same seed, the same abuse.
extern uint64_t seed;
uint64_t random_bits(uint64_t *state);
// 0..<limit
uint32_t random_below(uint64_t *state, uint32_t limit);

// Ends the row with a reason when `condition` does not hold.
#define expect(condition, ...) ((condition) ? (void)0 : fail(__FILE__, __LINE__, __VA_ARGS__))
_Noreturn void fail(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));
