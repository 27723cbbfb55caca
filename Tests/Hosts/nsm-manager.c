// nsm-manager: a session manager for one program: it answers its introduction, opens a session, has it saved, and ends it.
// It prints what the program said, a line each.
// usage: nsm-manager FOLDER CLIENT-NAME PROGRAM ARGUMENT...
#define _GNU_SOURCE
#include <lo/lo.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static lo_server server;
static lo_address program;
static int is_announced, replies, is_clean = -1;

static int announce(const char *path, const char *types, lo_arg **arguments, int count, lo_message message, void *unused) {
  (void)path, (void)types, (void)count, (void)unused;
  program = lo_address_new_from_url(lo_address_get_url(lo_message_get_source(message)));
  printf("announce %s %s %s %d.%d\n", &arguments[0]->s, &arguments[1]->s, &arguments[2]->s, arguments[3]->i, arguments[4]->i);
  is_announced = 1;
  return 0;
}

static int reply(const char *path, const char *types, lo_arg **arguments, int count, lo_message message, void *unused) {
  (void)types, (void)count, (void)message, (void)unused;
  if (!strcmp(path, "/error")) printf("error %s %d %s\n", &arguments[0]->s, arguments[1]->i, &arguments[2]->s);
  else printf("reply %s\n", &arguments[0]->s);
  replies++;
  return 0;
}

static int clean(const char *path, const char *types, lo_arg **arguments, int count, lo_message message, void *unused) {
  (void)types, (void)arguments, (void)count, (void)message, (void)unused;
  is_clean = strstr(path, "is_clean") != NULL;
  printf("%s\n", is_clean ? "clean" : "dirty");
  return 0;
}

static void wait_until(const int *value, int least) {
  for (int waits = 0; waits < 300 && *value < least; waits++) lo_server_recv_noblock(server, 100);
  if (*value >= least) return;
  printf("nothing came\n");
  exit(1);
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  server = lo_server_new(NULL, NULL);
  lo_server_add_method(server, "/nsm/server/announce", "sssiii", announce, NULL);
  lo_server_add_method(server, "/reply", NULL, reply, NULL);
  lo_server_add_method(server, "/error", "sis", reply, NULL);
  lo_server_add_method(server, "/nsm/client/is_dirty", "", clean, NULL);
  lo_server_add_method(server, "/nsm/client/is_clean", "", clean, NULL);
  char *url = lo_server_get_url(server);
  setenv("NSM_URL", url, 1);
  pid_t child = fork();
  if (!child) {
    execv(argv[3], argv + 3);
    _exit(127);
  }
  wait_until(&is_announced, 1);
  lo_send_from(program, server, LO_TT_IMMEDIATE, "/reply", "ssss", "/nsm/server/announce", "Welcome", "nsm-manager", ":server-control:");
  char path[4096];
  snprintf(path, sizeof path, "%s/Fotoplayer.%s", argv[1], argv[2]);
  lo_send_from(program, server, LO_TT_IMMEDIATE, "/nsm/client/open", "sss", path, "Test", argv[2]);
  wait_until(&replies, 1);
  // The program reads commands from this program's input: what they change is to be saved.
  int is_dirty = 0;
  for (int waits = 0; waits < 100 && !is_dirty; waits++) {
    lo_server_recv_noblock(server, 100);
    is_dirty = is_clean == 0;
  }
  lo_send_from(program, server, LO_TT_IMMEDIATE, "/nsm/client/save", "");
  wait_until(&replies, 2);
  wait_until(&is_clean, 1);
  kill(child, SIGTERM);
  int status = 0;
  waitpid(child, &status, 0);
  printf("ended %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
  return 0;
}
