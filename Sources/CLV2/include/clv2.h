// The LV2 headers as Swift imports them, and the few calls that Swift cannot make by itself:
// variadic ones, and those of the audio thread, whose checks need C's word that nothing is locked or allocated.
#pragma once
#include <lv2/core/lv2.h>
#include <lv2/atom/atom.h>
#include <lv2/midi/midi.h>
#include <lv2/urid/urid.h>
#include <lv2/state/state.h>
#include <lv2/patch/patch.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/options/options.h>
#include <lv2/log/log.h>
#include <math.h>

#define CLV2_REALTIME __attribute__((swift_attr("@_noLocks"), swift_attr("@_noAllocation")))

/// 10^(decibels/20).
CLV2_REALTIME static inline float clv2_amplitude(float decibels) { return exp2f(decibels * 0.16609640474f); }

/// One line of the host's log, of `type` (log:Error, log:Warning, log:Note); never on the audio thread.
void clv2_log(const LV2_Log_Log *log, LV2_URID type, const char *line);
