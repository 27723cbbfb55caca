// How a process and its threads compute, rather than what. For programs of our own; a plugin leaves its host as it is.
#pragma once
#include <stdbool.h>
#include <stddef.h>

/// From now on memory that is given back to the allocator stays with the process, whatever its size, so that the next
/// training step finds it without page faults. Call before the first thread starts.
void fp_recycle_memory(void);
/// The calling thread takes numbers below the smallest normal one for zero, which spares it their slow arithmetic.
void fp_flush_subnormals(void);

/// Bytes that this thread holds, and the most that it held since `fp_forget_memory_peak`.
typedef struct {
  ptrdiff_t live, peak;
} fp_memory;

/// Whoever takes or gives back large memory says so here: a few instructions, no lock. What another thread gives back is
/// missing here.
void fp_count_memory(ptrdiff_t bytes);
fp_memory fp_memory_of_this_thread(void);
void fp_forget_memory_peak(void);

/// Whether this thread's large memory comes from the system and goes back there, past the allocator: what is made on
/// threads that come and go would else stay with an arena of each. Costs page faults.
bool fp_own_pages(void);
void fp_set_own_pages(bool own);
/// Fresh pages, zeroed; null when there are none.
void *fp_take_pages(size_t bytes);
void fp_give_pages(void *pages, size_t bytes);

/// What the calling thread computes with in place of the kernels here; null for these.
void *fp_thread_engine(void);
void fp_set_thread_engine(void *engine);
