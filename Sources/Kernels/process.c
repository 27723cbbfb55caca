// glibc's allocator and the processor's floating-point modes; on others nothing changes but the speed.
#include "process.h"
#include <stdlib.h>
#include <sys/mman.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

void fp_recycle_memory(void) {
#if defined(__GLIBC__)
  // One arena, which may grow without bound (those of threads end at 64 MB); no mapping of single blocks; no trimming.
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
}

void fp_flush_subnormals(void) {
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040);  // flush to zero, and denormals are zero
#elif defined(__aarch64__)
  unsigned long mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  __asm__ volatile("msr fpcr, %0" : : "r"(mode | 1ul << 24));
#endif
}

static _Thread_local fp_memory memory;

void fp_count_memory(ptrdiff_t bytes) {
  memory.live += bytes;
  if (memory.live > memory.peak) memory.peak = memory.live;
}
fp_memory fp_memory_of_this_thread(void) { return memory; }
void fp_forget_memory_peak(void) { memory.peak = memory.live; }

static _Thread_local bool own_pages;

bool fp_own_pages(void) { return own_pages; }
void fp_set_own_pages(bool own) { own_pages = own; }

void *fp_take_pages(size_t bytes) {
  void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return pages == MAP_FAILED ? NULL : pages;
}
void fp_give_pages(void *pages, size_t bytes) { munmap(pages, bytes); }

static _Thread_local void *thread_engine;

void *fp_thread_engine(void) { return thread_engine; }
void fp_set_thread_engine(void *engine) { thread_engine = engine; }
