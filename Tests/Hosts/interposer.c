// interposer: preloaded into a host, it ends the process when a thread that is marked as real-time allocates, frees,
// locks, sleeps or touches a file. The host marks the thread around `run` by calling `interposer_mark`.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static __thread int marked __attribute__((tls_model("initial-exec")));

void interposer_mark(int on) { marked = on; }

static void check(const char *function) {
  if (__builtin_expect(!marked, 1)) return;
  marked = 0;
  fprintf(stderr, "interposer: %s on a real-time thread\n", function);
  void *frames[24];
  backtrace_symbols_fd(frames, backtrace(frames, 24), STDERR_FILENO);
  abort();
}

// The first backtrace allocates: let it be before anything is marked.
static __attribute__((constructor)) void prepare(void) {
  void *frames[4];
  backtrace(frames, 4);
}

// The allocator has other names to be called by; for the rest the next library is asked.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

void *malloc(size_t size) {
  check("malloc");
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  check("calloc");
  return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
  check("realloc");
  return __libc_realloc(memory, size);
}

void free(void *memory) {
  if (memory) check("free");
  __libc_free(memory);
}

void *aligned_alloc(size_t alignment, size_t size) {
  check("aligned_alloc");
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  check("posix_memalign");
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : 12;
}

#define NEXT(result, name, parameters, arguments)          \
  result name parameters {                                 \
    static result(*next) parameters;                       \
    check(#name);                                          \
    if (!next) next = (result(*) parameters)dlsym(RTLD_NEXT, #name); \
    return next arguments;                                 \
  }

NEXT(int, pthread_mutex_lock, (pthread_mutex_t *mutex), (mutex))
NEXT(int, pthread_cond_wait, (pthread_cond_t *condition, pthread_mutex_t *mutex), (condition, mutex))
NEXT(int, pthread_rwlock_rdlock, (pthread_rwlock_t *lock), (lock))
NEXT(int, pthread_rwlock_wrlock, (pthread_rwlock_t *lock), (lock))
NEXT(int, pthread_join, (pthread_t thread, void **result), (thread, result))
NEXT(int, sem_wait, (sem_t *semaphore), (semaphore))
NEXT(int, nanosleep, (const struct timespec *time, struct timespec *rest), (time, rest))
NEXT(int, usleep, (useconds_t time), (time))
NEXT(int, sched_yield, (void), ())
NEXT(ssize_t, read, (int file, void *buffer, size_t size), (file, buffer, size))
NEXT(ssize_t, write, (int file, const void *buffer, size_t size), (file, buffer, size))
NEXT(FILE *, fopen, (const char *path, const char *mode), (path, mode))
