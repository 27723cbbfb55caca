// Which file a function was loaded from: the one thing here that Swift cannot ask for itself.
#define _GNU_SOURCE
#include "ctorch.h"
#include <dlfcn.h>

const char *ct_file(const void *function) {
  Dl_info found;
  return dladdr(function, &found) ? found.dli_fname : NULL;
}
