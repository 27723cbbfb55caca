// The system calls are made directly: the C library's `syscall` sets errno, and realtime checkers refuse it unseen.
// Waking is the only one that an audio thread makes in real time.
#define _GNU_SOURCE
#include "CRealtime.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static long futex(const uint32_t *word, long operation, long value, const struct timespec *limit) {
#if defined(__x86_64__)
  register long number __asm__("rax") = SYS_futex;
  register const struct timespec *fourth __asm__("r10") = limit;
  register long fifth __asm__("r8") = 0;
  register long sixth __asm__("r9") = (long)FUTEX_BITSET_MATCH_ANY;
  __asm__ volatile("syscall"
                   : "+r"(number)
                   : "D"(word), "S"(operation), "d"(value), "r"(fourth), "r"(fifth), "r"(sixth)
                   : "rcx", "r11", "memory");
  return number;
#elif defined(__aarch64__)
  register long number __asm__("x8") = SYS_futex;
  register long first __asm__("x0") = (long)word;
  register long second __asm__("x1") = operation;
  register long third __asm__("x2") = value;
  register long fourth __asm__("x3") = (long)limit;
  register long fifth __asm__("x4") = 0;
  register long sixth __asm__("x5") = (long)FUTEX_BITSET_MATCH_ANY;
  __asm__ volatile("svc #0"
                   : "+r"(first)
                   : "r"(number), "r"(second), "r"(third), "r"(fourth), "r"(fifth), "r"(sixth)
                   : "memory");
  return first;
#else
  return syscall(SYS_futex, word, operation, value, limit, NULL, FUTEX_BITSET_MATCH_ANY);
#endif
}

void fp_wake(const uint32_t *word) { futex(word, FUTEX_WAKE_PRIVATE, 1, NULL); }

void fp_wake_all(const uint32_t *word) { futex(word, FUTEX_WAKE_PRIVATE, INT_MAX, NULL); }

void fp_wait(const uint32_t *word, uint32_t seen, int64_t deadline) {
  struct timespec limit = {.tv_sec = deadline / 1000000000, .tv_nsec = deadline % 1000000000};
  futex(word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, (long)seen, deadline < 0 ? NULL : &limit);
}

int64_t fp_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int32_t fp_thread(void) { return gettid(); }

int32_t fp_priority_below(int32_t thread) {
  struct sched_param parameter = {0};
  int policy = sched_getscheduler(thread);
  if (policy < 0 || sched_getparam(thread, &parameter) != 0) return 0;
  policy &= ~SCHED_RESET_ON_FORK;
  if (policy != SCHED_FIFO && policy != SCHED_RR) return 0;
  int lowest = sched_get_priority_min(SCHED_FIFO);
  return parameter.sched_priority > lowest ? parameter.sched_priority - 1 : lowest;
}

bool fp_set_priority(int32_t priority) {
  struct sched_param parameter = {.sched_priority = priority};
  if (priority <= 0) {
    parameter.sched_priority = 0;
    return sched_setscheduler(0, SCHED_OTHER, &parameter) == 0;
  }
  struct rlimit limit;
  if (getrlimit(RLIMIT_RTTIME, &limit) != 0 || limit.rlim_cur != RLIM_INFINITY) return false;
  return sched_setscheduler(0, SCHED_FIFO, &parameter) == 0;
}

int32_t fp_processors(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? (int32_t)count : 1;
}

void fp_name_thread(const char *name) {
  char kept[16] = {0};
  for (int i = 0; i < 15 && name[i]; i++) kept[i] = name[i];
  pthread_setname_np(pthread_self(), kept);
}

uint64_t fp_flush_denormals(void) {
#if defined(__x86_64__)
  unsigned state = _mm_getcsr();
  _mm_setcsr(state | 0x8040);  // flush to zero, denormals are zero
  return state;
#elif defined(__aarch64__)
  uint64_t state;
  __asm__ volatile("mrs %0, fpcr" : "=r"(state));
  __asm__ volatile("msr fpcr, %0" ::"r"(state | (1u << 24)));
  return state;
#else
  return 0;
#endif
}

void fp_restore_denormals(uint64_t state) {
#if defined(__x86_64__)
  _mm_setcsr((unsigned)state);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" ::"r"(state));
#else
  (void)state;
#endif
}
