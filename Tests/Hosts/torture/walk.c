// A random walk: what hosts and people do, in no order, from a seed. One instance plays, eight are idle.
// It looks at every sample, lets go of every key now and then and waits for silence, and weighs the process.
#define _GNU_SOURCE
#include "rows.h"

#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RATE = 48000, IDLE = 8 };
// Seconds within which one late block follows from another.
static const double AT_ONCE = 0.06;
// Bytes that are allocated, which must not grow; and bytes that are resident once the C library has given back what nobody
// uses: it keeps an arena for each thread, with room for what was there.
static double in_use(void) { return (double)mallinfo2().uordblks + (double)mallinfo2().hblkhd; }

static double resident(void) {
  long pages = 0;
  malloc_trim(0);
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file || fscanf(file, "%*d %ld", &pages) != 1) pages = 0;
  if (file) fclose(file);
  return (double)pages * 4096;
}

// Seconds that a hypervisor gave to other machines, all processors together; 0 on a machine of its own.
static double stolen(void) {
  long ticks = 0;
  FILE *file = fopen("/proc/stat", "r");
  if (!file || fscanf(file, "cpu %*d %*d %*d %*d %*d %*d %*d %ld", &ticks) != 1) ticks = 0;
  if (file) fclose(file);
  return (double)ticks / (double)sysconf(_SC_CLK_TCK);
}

typedef struct {
  uint64_t random;
  piano_t *piano;
  // Null while it is being made.
  piano_t *_Atomic idle[IDLE];
  bool keys[128], pedal, is_live;
  int64_t frame;
  // How late its cycles began at most; and how late the host was a short time ago, which it makes up for at once.
  double begun, delay, behind;
  // What a thread is given that makes an instance: nothing is made at the pace of the clock.
  struct birth *births;
  sem_t bell;
  _Atomic bool is_over;
  // What was done last, and when; the longest call of `run` since.
  const char *deed;
  double done, longest;
  // Late blocks, and those of them for which too much time was lost while they should have been made: they are not the
  // plugin's. Of all cycles, and of these, how many would have been excused: what the excuse is worth.
  double late, excused, cycles, excusable;
  // When the last one was noticed, and since when its time was counted: late blocks that follow each other are one mishap.
  double noticed, since;
  // Seconds that may be lost before a block is late.
  double leeway;
} walk_t;

static void play(walk_t *walk, uint32_t count) {
  uint8_t key = (uint8_t)(random_below(&walk->random, 100) + 15);
  walk->keys[key] = !walk->keys[key];
  midi(walk->piano, random_below(&walk->random, count + 3), walk->keys[key] ? 0x90 : 0x80, key,
       (uint8_t)(1 + random_below(&walk->random, 127)));
}

static void rage(walk_t *walk) {
  uint8_t body[96];
  uint32_t size = random_below(&walk->random, sizeof body);
  for (uint32_t index = 0; index < size; index++) body[index] = (uint8_t)random_below(&walk->random, 256);
  // Bytes that are no message of three: those might be notes.
  put(walk->piano, random_below(&walk->random, 60), (int64_t)random_bits(&walk->random), body, size == 3 ? 4 : size);
}

static void turn_a_knob(walk_t *walk) {
  static const struct { uint32_t port; float lowest, highest; } knobs[] = {
    {GAIN, -20, 6}, {STEPS, 1, 4}, {SEED, 0, 9999}, {VELOCITY, -1, 1}};
  uint32_t knob = random_below(&walk->random, 4);
  float share = (float)random_below(&walk->random, 1000) / 999;
  walk->piano->controls[knobs[knob].port] =
    random_below(&walk->random, 20) ? knobs[knob].lowest + share * (knobs[knob].highest - knobs[knob].lowest) : NAN;
}

typedef struct birth {
  piano_t *old, *_Atomic *place;
  double rate;
  bool is_live;
  _Atomic bool is_asked;
} birth_t;

static void *give_birth(void *argument) {
  birth_t *birth = argument;
  piano_free(birth->old);
  piano_t *piano = piano_new(birth->rate, 256);
  expect(piano, "no instance");
  piano->controls[FREEWHEEL] = birth->is_live ? 0 : 1;
  atomic_store(birth->place, piano);
  return NULL;
}

// At the clock's pace on another thread than the one that plays, as hosts do it.
static void be_reborn(walk_t *walk) {
  uint32_t index = random_below(&walk->random, IDLE);
  double rate = random_below(&walk->random, 2) ? RATE : 44100;
  piano_t *old = atomic_exchange(&walk->idle[index], NULL);
  // Another is being made in its place already.
  if (!old) return;
  birth_t *birth = &walk->births[index];
  birth->old = old, birth->place = &walk->idle[index], birth->rate = rate, birth->is_live = walk->is_live;
  if (!walk->is_live) {
    give_birth(birth);
  } else {
    atomic_store(&birth->is_asked, true);
    sem_post(&walk->bell);
  }
}

// Makes instances, at the clock's pace and without the walk's priority.
static void *lend_a_hand(void *argument) {
  walk_t *walk = argument;
  while (sem_wait(&walk->bell) == 0 && !atomic_load(&walk->is_over))
    for (int index = 0; index < IDLE; index++)
      if (atomic_exchange(&walk->births[index].is_asked, false)) give_birth(&walk->births[index]);
  return NULL;
}

static pthread_t call_a_hand(walk_t *walk) {
  pthread_attr_t attributes;
  struct sched_param usual = {0};
  pthread_t thread;
  sem_init(&walk->bell, 0, 0);
  pthread_attr_init(&attributes);
  pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
  pthread_attr_setschedpolicy(&attributes, SCHED_OTHER);
  pthread_attr_setschedparam(&attributes, &usual);
  expect(pthread_create(&thread, &attributes, lend_a_hand, walk) == 0, "no thread");
  pthread_attr_destroy(&attributes);
  return thread;
}

// The keys and the pedal are let go, one by one, as a player does; then it must become silent.
static void run_one(walk_t *walk, uint32_t count);
static void rest(walk_t *walk) {
  for (uint8_t key = 0; key < 128; key++) {
    if (walk->keys[key]) midi(walk->piano, 0, 0x80, key, 64);
    walk->keys[key] = false;
  }
  midi(walk->piano, 0, 0xB0, 64, 0);
  midi(walk->piano, 0, 0xB0, 66, 0);
  uint32_t silent = 0, done = 0;
  while (silent < (uint32_t)walk->piano->controls[LATENCY] + 4096) {
    expect(done < 40 * RATE, "a note is stuck");
    run_one(walk, 256);
    const float *samples = sound(walk->piano, 256);
    for (uint32_t index = 0; index < 256; index++) silent = samples[index] == 0 ? silent + 1 : 0;
    done += 256;
  }
}

// What was lost of the time that the last block had, which is the latency and for how long the host was behind.
static void judge(walk_t *walk) {
  double late = (double)walk->piano->controls[LATE], moment = now();
  double since = moment - (double)walk->piano->controls[LATENCY] / RATE - walk->behind;
  if (late != walk->late && moment - walk->noticed < AT_ONCE) since = fmin(since, walk->since);
  double lost = lost_time(since, moment);
  bool is_excused = lost >= walk->leeway;
  walk->cycles++, walk->excusable += is_excused;
  if (late == walk->late) return;
  walk->noticed = moment, walk->since = since;
  if (is_excused) walk->excused += late - walk->late;
  printf("    at %.2f s a block was late, %.1f ms were lost: %.0f ms ago \"%s\", the longest call since then took %.2f ms, the host was %.1f ms behind\n",
         (double)walk->frame / RATE, 1e3 * lost, 1e3 * (moment - walk->done), walk->deed, 1e3 * walk->longest, 1e3 * walk->behind);
  fflush(stdout);
  walk->late = late;
}

// A cycle of all instances, at the clock's pace if there is one.
static void run_one(walk_t *walk, uint32_t count) {
  double begin = now();
  run(walk->piano, count);
  walk->longest = fmax(walk->longest, now() - begin);
  float peak = highest(sound(walk->piano, count), count);
  expect(peak < 50, "peak %f", (double)peak);
  for (int index = 0; index < IDLE; index++) {
    piano_t *idle = walk->idle[index];
    if (!idle) continue;
    run(idle, count);
    const float *samples = sound(idle, count);
    for (uint32_t sample = 0; sample < count; sample++) expect(samples[sample] == 0, "an idle instance sounds");
  }
  walk->frame += count;
  if (!walk->is_live) return;
  judge(walk);
  double due = walk->begun + (double)walk->frame / RATE;
  sleep_until(due);
  double delay = now() - due;
  walk->delay = fmax(walk->delay, delay);
  walk->behind = fmax(walk->behind - (now() - begin), delay);
}

static void step(walk_t *walk) {
  uint32_t count = walk->is_live || random_below(&walk->random, 4) ? 256 : random_below(&walk->random, 1025);
  uint32_t way = random_below(&walk->random, 1000);
  static const char *const deeds[] = {"no matter", "a knob", "a patch message", "the transport", "ports are missing",
                                      "activated anew", "another voice", "an instance is made anew"};
  static const uint32_t until[] = {80, 100, 103, 105, 106, 107, 108, 109};
  for (int index = 1; index < 8; index++)
    if (way >= until[index - 1] && way < until[index]) walk->deed = deeds[index], walk->done = now(), walk->longest = 0;
  if (way < 60) play(walk, count);
  else if (way < 70) midi(walk->piano, 0, 0xB0, 64 + 3 * (way & 1), (uint8_t)random_below(&walk->random, 128));
  else if (way < 80) rage(walk);
  else if (way < 100) turn_a_knob(walk);
  else if (way < 103) put_get(walk->piano, 0);
  else if (way < 105) put_transport(walk->piano, 0, (int64_t)random_below(&walk->random, 1 << 20), (float)(way & 1));
  else if (way < 106) walk->piano->missing = (uint32_t)random_bits(&walk->random) & ~(1u << CONTROL | 1u << LATENCY | 1u << FREEWHEEL);
  else if (way < 107) reactivate(walk->piano), memset(walk->keys, 0, sizeof walk->keys);
  else if (way < 108) put_path(walk->piano, 0, "voice", random_below(&walk->random, 2) ? "" : "/nowhere.safetensors");
  else if (way < 109) be_reborn(walk);
  run_one(walk, count);
  walk->piano->missing = 0;
}

// The latency is constant. Only where time was lost, and blocks were late for that, may a pause have made blocks
// larger, or as they were (docs/decisions/0024).
static double latency_now(const walk_t *walk, double before) {
  double latency = (double)walk->piano->controls[LATENCY];
  if (latency == before) return before;
  bool is_excused = walk->is_live && walk->late > 0 && walk->late == walk->excused;
  expect(is_excused, "the latency changed from %g to %g", before, latency);
  printf("    %5.0f s: \"%s\", and the latency went from %g to %g samples\n", (double)walk->frame / RATE, walk->deed, before,
         latency);
  return latency;
}

static int by_size(const void *a, const void *b) { return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b); }

// What the time that a block has leaves when the block is made, in most steps: half the block's length without its cost
// (docs/decisions/0006), which nine of ten blocks do not exceed while nothing else is done.
static double leeway(piano_t *piano) {
  enum { BLOCKS = 101, CYCLE = 256 };
  double costs[BLOCKS], length = (double)piano->controls[BLOCK] * RATE / 75;
  float steps = piano->controls[STEPS];
  piano->controls[STEPS] = 4, piano->controls[FREEWHEEL] = 1;
  for (uint8_t key = 21; key <= 108; key++) midi(piano, 0, 0x90, key, 90);
  for (int block = 0; block < BLOCKS; block++) {
    double begin = now();
    // As many cycles of a fifth of a block as make one.
    for (int cycle = 0; cycle < 5; cycle++) run(piano, (uint32_t)(length / 5));
    costs[block] = now() - begin;
  }
  qsort(costs, BLOCKS, sizeof *costs, by_size);
  midi(piano, 0, 0xB0, 120, 0);
  piano->controls[STEPS] = steps;
  double has = length / RATE / 2, cost = costs[BLOCKS * 9 / 10];
  printf("    a block of %g frames in four steps takes %.1f ms, and nine of ten at most %.1f, of the %.1f ms that it has: it may lose %.1f\n",
         (double)piano->controls[BLOCK], 1e3 * costs[BLOCKS / 2], 1e3 * cost, 1e3 * has, 1e3 * (has - cost));
  fflush(stdout);
  return has - cost;
}

void walk(double seconds, bool is_live) {
  walk_t *walk = calloc(1, sizeof *walk);
  walk->random = seed, walk->is_live = is_live, walk->births = calloc(IDLE, sizeof(birth_t)), walk->deed = "nothing";
  pthread_t hand = 0;
  if (is_live) hand = call_a_hand(walk);
  // Every instance is heard once, so that what they need is there; then eight are idle.
  for (int index = 0; index <= IDLE; index++) {
    piano_t *piano = piano_new(RATE, 256);
    expect(piano && height_of_a_note(piano) > 0.0005f, "instance %d is silent", index);
    expect(samples_to_silence(piano, 40 * RATE) >= 0, "instance %d is not silent", index);
    if (index == IDLE && is_live) {
      walk->leeway = leeway(piano);
      expect(walk->leeway > 0, "the machine is too slow");
      expect(samples_to_silence(piano, 40 * RATE) >= 0, "the last instance is not silent");
    }
    piano->controls[FREEWHEEL] = is_live ? 0 : 1;
    if (index < IDLE) walk->idle[index] = piano;
    else walk->piano = piano;
  }
  double allocated = 0, held = 0, grown = 0, next = 0, warm = fmin(seconds / 4, 120);
  double latency = (double)walk->piano->controls[LATENCY];
  if (is_live) witnesses_begin();
  walk->begun = now();
  double start = walk->begun, taken = stolen();
  while ((double)walk->frame < seconds * RATE) {
    for (int turn = 0; turn < 2000 && (double)walk->frame < seconds * RATE; turn++) {
      step(walk);
      latency = latency_now(walk, latency);
    }
    rest(walk);
    double at = (double)walk->frame / RATE;
    // Memory is compared where everything rests, once all that is made on first use was made, and not while an instance is
    // being made by another thread, half of which is there.
    bool are_whole = true;
    for (int index = 0; index < IDLE; index++) are_whole = are_whole && walk->idle[index];
    if (at >= warm && are_whole) {
      // The clock stands still while memory is counted.
      double since = now();
      if (allocated == 0) allocated = in_use(), held = resident();
      double more = in_use() - allocated;
      expect(more < 1e6, "%.0f bytes have leaked after %.0f s, seed %llu", more, at, (unsigned long long)seed);
      if (at >= next) grown = resident() - held;
      walk->begun += now() - since;
    }
    double late = (double)walk->piano->controls[LATE];
    expect(is_live || late == 0, "%g late blocks while freewheeling", late);
    if (at >= next) {
      printf("    %5.0f s of host time in %5.0f s: %.0f kB more allocated, %.0f kB more resident, %g blocks late", at,
             now() - start, allocated ? (in_use() - allocated) / 1e3 : 0, grown / 1e3, walk->late);
      if (is_live)
        printf(" (%g of them where time was lost on %d processors, as in %.2f %% of all cycles); the host at most %.1f ms late, %.1f s stolen",
               walk->excused, witnesses(), 1e2 * walk->excusable / walk->cycles, 1e3 * walk->delay, stolen() - taken);
      printf("\n");
      fflush(stdout);
      walk->delay = 0;
      next = at + fmax(10, seconds / 20);
    }
  }
  witnesses_end();
  expect(height_of_a_note((walk->piano->controls[FREEWHEEL] = 1, walk->piano)) > 0.0001f, "silent afterwards");
  expect(walk->late - walk->excused == 0, "%g blocks came late", walk->late - walk->excused);
  for (int index = 0; index < IDLE; index++) {
    while (!walk->idle[index]) sleep_until(now() + 0.01);
    piano_free(walk->idle[index]);
  }
  piano_free(walk->piano);
  atomic_store(&walk->is_over, true);
  if (is_live) sem_post(&walk->bell), pthread_join(hand, NULL);
  free(walk->births);
  free(walk);
}
