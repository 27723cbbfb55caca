// Witnesses: a thread on each processor, above every other, that does nothing but come on time and turn a wheel. Where one comes
// late, no program ran there: a hypervisor or the kernel had taken the processor. Where the wheel turns slower than it can,
// the processor is shared with another machine. No plugin can help either.
#define _GNU_SOURCE
#include "host.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST = 256, KEPT = 1024 };
// Seconds between two looks; and what is the way from a timer to a thread: less was not taken from anybody.
static const double PACE = 0.001, USUAL = 0.0002;

// What was lost of a processor in the last `KEPT` times between two looks at it, in order, and when the next look is due.
typedef struct {
  pthread_t thread;
  _Atomic double due, from[KEPT], to[KEPT], lost[KEPT];
  _Atomic uint32_t count;
} witness_t;

static witness_t all[MOST];
static int count;
static _Atomic bool is_over;

// Some ten microseconds of arithmetic that nothing is known of beforehand; how long they took.
static double turn(void) {
  static _Thread_local volatile double wheel = 1;
  double begin = now(), angle = wheel;
  for (int step = 0; step < 6000; step++) angle = angle * 0.9999999 + 1e-9;
  wheel = angle;
  return now() - begin;
}

static void *watch(void *argument) {
  witness_t *witness = argument;
  double quickest = turn(), went = now();
  while (!is_over) {
    double due = now() + PACE;
    witness->due = due;
    sleep_until(due);
    double late = now() - due, took = turn();
    quickest = fmin(quickest, took);
    // Of the time between, as much was missing as of the turn; a quarter more is the turn of a processor that is warming up.
    double missing = took > 1.25 * quickest ? PACE * (1 - quickest / took) : 0;
    uint32_t place = witness->count % KEPT;
    witness->from[place] = went, went = now(), witness->to[place] = went;
    witness->lost[place] = (late < USUAL ? 0 : late) + missing;
    witness->count++;
  }
  return NULL;
}

// None where real time is not permitted: then lateness would be that of any busy machine, and is no excuse.
void witnesses_begin(void) {
  cpu_set_t allowed;
  sched_getaffinity(0, sizeof allowed, &allowed);
  is_over = false;
  for (int processor = 0; processor < CPU_SETSIZE && count < MOST; processor++) {
    if (!CPU_ISSET(processor, &allowed)) continue;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, SCHED_FIFO);
    pthread_attr_setschedparam(&attributes, &(struct sched_param){.sched_priority = sched_get_priority_max(SCHED_FIFO) - 1});
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(processor, &one);
    pthread_attr_setaffinity_np(&attributes, sizeof one, &one);
    all[count].due = INFINITY, all[count].count = 0;
    if (pthread_create(&all[count].thread, &attributes, watch, &all[count]) == 0) count++;
    pthread_attr_destroy(&attributes);
  }
}

void witnesses_end(void) {
  is_over = true;
  while (count > 0) pthread_join(all[--count].thread, NULL);
}

int witnesses(void) { return count; }

double lost_time(double from, double to) {
  double all_of_them = 0;
  for (int index = 0; index < count; index++) {
    const witness_t *witness = &all[index];
    // One that should have come and has not is standing still now.
    double lost = now() - witness->due > USUAL ? fmax(0, to - fmax(from, witness->due)) : 0;
    uint32_t end = witness->count;
    for (uint32_t back = 1; back <= KEPT && back <= end; back++) {
      uint32_t place = (end - back) % KEPT;
      if (witness->to[place] < from) break;
      double share = (fmin(to, witness->to[place]) - fmax(from, witness->from[place])) / (witness->to[place] - witness->from[place]);
      lost += fmax(0, share) * witness->lost[place];
    }
    all_of_them += lost;
  }
  return all_of_them;
}
