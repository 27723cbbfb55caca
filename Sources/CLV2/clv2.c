// What of LV2's interface is variadic.
// Everything else is in the header, or in Swift.
#include "clv2.h"

void clv2_log(const LV2_Log_Log *log, LV2_URID type, const char *line) { log->printf(log->handle, type, "%s\n", line); }
