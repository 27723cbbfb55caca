// What a thread beside the audio thread needs of the system: wake and wait, priority, flush-to-zero.
// Whatever carries the attributes below may be called from the audio thread.
#pragma once
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#if defined(__clang__)
#define FP_REALTIME __attribute__((swift_attr("@_noLocks"))) __attribute__((swift_attr("@_noAllocation")))
#else
#define FP_REALTIME
#endif

/// 10^(decibels/20).
FP_REALTIME static inline float fp_amplitude(float decibels) { return exp2f(decibels * 0.16609640474f); }

/// Wakes one thread that waits on `word`. Never blocks.
FP_REALTIME void fp_wake(const uint32_t *word);

/// Wakes all that wait on `word`. Not for the audio thread: its time grows with their number.
void fp_wake_all(const uint32_t *word);

/// Sleeps while `*word` equals `seen`, at most until `deadline` (nanoseconds of `fp_now`; negative: no limit).
/// May return early.
FP_REALTIME void fp_wait(const uint32_t *word, uint32_t seen, int64_t deadline);

/// The monotonic clock in nanoseconds.
FP_REALTIME int64_t fp_now(void);

/// The calling thread, as `fp_priority_below` wants it.
FP_REALTIME int32_t fp_thread(void);

/// The real-time priority just below that of `thread`; 0 when that one has none, or is no more.
int32_t fp_priority_below(int32_t thread);

/// Gives the calling thread a real-time priority (SCHED_FIFO), or with 0 a normal one.
/// False: the system did not allow it and nothing changed. Refused under a limit on real-time computing
/// (RLIMIT_RTTIME), which kills the whole process when a thread exceeds it.
bool fp_set_priority(int32_t priority);

/// The processors that the calling thread may run on, at least 1.
int32_t fp_processors(void);

/// Names the calling thread: at most 15 characters are kept.
void fp_name_thread(const char *name);

/// Makes denormal numbers zero on the calling thread. Returns what `fp_restore_denormals` puts back.
FP_REALTIME uint64_t fp_flush_denormals(void);
FP_REALTIME void fp_restore_denormals(uint64_t state);
