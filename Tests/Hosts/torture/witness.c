// Witnesses: a thread on each processor, above every other, that does nothing but come on time. Where one comes late, no
// program ran there: a hypervisor or the kernel had taken the processor, and no plugin can help it.
#define _GNU_SOURCE
#include "host.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST = 256 };
// Seconds between two looks; and what is called standing still: a fifth of the piano's shortest latency is gone, at once or in
// pieces. A tenth of the time is nobody's business.
static const double PACE = 0.002, STILL = 0.005, USUAL = 0.1;

static pthread_t threads[MOST];
static int count;
static _Atomic bool is_over;
static _Atomic double last;
static _Atomic int pauses;

static void *watch(void *unused) {
  double lost = 0;
  for (double due = now() + PACE; !is_over; due = now() + PACE) {
    sleep_until(due);
    double late = now() - due;
    lost = fmax(0, lost + late - USUAL * (PACE + late));
    if (lost < STILL) continue;
    last = now();
    pauses++;
    lost = 0;
  }
  return unused;
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
    if (pthread_create(&threads[count], &attributes, watch, NULL) == 0) count++;
    pthread_attr_destroy(&attributes);
  }
}

void witnesses_end(void) {
  is_over = true;
  while (count > 0) pthread_join(threads[--count], NULL);
}

int witnesses(void) { return count; }
int standstills(void) { return pauses; }
double since_standstill(void) { return pauses ? now() - last : 1e9; }
