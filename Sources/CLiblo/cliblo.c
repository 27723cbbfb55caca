// liblo by dlopen: who uses no session manager needs no liblo.
#include "cliblo.h"
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

typedef int (*method)(const char *path, const char *types, void **arguments, int count, void *message, void *context);

static struct {
  void *(*address_new_from_url)(const char *);
  void (*address_free)(void *);
  void *(*server_new)(const char *, void *);
  void (*server_free)(void *);
  int (*server_get_socket_fd)(void *);
  int (*server_recv_noblock)(void *, int);
  void *(*server_add_method)(void *, const char *, const char *, method, const void *);
  void *(*message_new)(void);
  void (*message_free)(void *);
  int (*message_add_string)(void *, const char *);
  int (*message_add_int32)(void *, int32_t);
  int (*send_message_from)(void *, void *, const char *, void *);
} lo;

struct cliblo_link {
  void *address, *server;
  cliblo_handler handler;
  void *context;
};

static bool find(void *library, void *place, const char *name) {
  return (*(void **)place = dlsym(library, name)) != NULL;
}

const char *cliblo_load(void) {
  static bool is_loaded = false;
  if (is_loaded) return NULL;
  void *library = dlopen("liblo.so.7", RTLD_NOW | RTLD_LOCAL);
  if (!library) return dlerror();
#define FIND(name) \
  if (!find(library, &lo.name, "lo_" #name)) return "liblo.so.7 lacks lo_" #name
  FIND(address_new_from_url);
  FIND(address_free);
  FIND(server_new);
  FIND(server_free);
  FIND(server_get_socket_fd);
  FIND(server_recv_noblock);
  FIND(server_add_method);
  FIND(message_new);
  FIND(message_free);
  FIND(message_add_string);
  FIND(message_add_int32);
  FIND(send_message_from);
#undef FIND
  is_loaded = true;
  return NULL;
}

static int receive(const char *path, const char *types, void **arguments, int count, void *message, void *context) {
  (void)count;
  (void)message;
  cliblo_link *link = context;
  link->handler(path, types, (const void *const *)arguments, link->context);
  return 0;
}

cliblo_link *cliblo_open(const char *url, cliblo_handler handler, void *context) {
  cliblo_link *link = calloc(1, sizeof *link);
  if (!link) return NULL;
  link->handler = handler;
  link->context = context;
  link->address = lo.address_new_from_url(url);
  link->server = link->address ? lo.server_new(NULL, NULL) : NULL;
  if (!link->server) {
    if (link->address) lo.address_free(link->address);
    free(link);
    return NULL;
  }
  lo.server_add_method(link->server, NULL, NULL, receive, link);
  return link;
}

void cliblo_close(cliblo_link *link) {
  lo.server_free(link->server);
  lo.address_free(link->address);
  free(link);
}

int cliblo_descriptor(cliblo_link *link) { return lo.server_get_socket_fd(link->server); }

void cliblo_receive(cliblo_link *link) {
  while (lo.server_recv_noblock(link->server, 0) > 0) continue;
}

int cliblo_send(cliblo_link *link, const char *path, const char *types, const char *const *strings, const int32_t *numbers) {
  void *message = lo.message_new();
  for (size_t index = 0; types[index]; index++) {
    if (types[index] == 's') lo.message_add_string(message, strings[index]);
    else lo.message_add_int32(message, numbers[index]);
  }
  int sent = lo.send_message_from(link->address, link->server, path, message);
  lo.message_free(message);
  return sent < 0 ? -1 : 0;
}
