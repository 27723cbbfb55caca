// The LV2 headers as Swift imports them, and the one call that Swift cannot make by itself: a variadic one.
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

/// One line of the host's log, of `type` (log:Error, log:Warning, log:Note); never on the audio thread.
void clv2_log(const LV2_Log_Log *log, LV2_URID type, const char *line);
