// torture: the rows, one after another, each in a process of its own; or a random walk.
// usage: torture BUNDLE/ [ROW…]   all rows that suit the bundle, or those of which the names begin so
//        torture BUNDLE/ --walk SECONDS [--live]
// INSTRUMENT=foley in the environment tortures the bundle's second plugin, SEED chooses other numbers. With OFFEND the audio thread
// allocates, so that a checker can be seen to check; with TOGETHER all rows share one process.
#define _GNU_SOURCE
#include "rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static bool plays_clicks(void) {
  char path[4096], word[6] = "";
  snprintf(path, sizeof path, "%svoices/piano.safetensors", bundle);
  FILE *file = fopen(path, "r");
  bool found = file && fread(word, 1, 5, file) == 5 && !strcmp(word, "CLICK");
  if (file) fclose(file);
  return found;
}

// Whether the row held. What it said is above its line.
static bool holds(const row_t *row) {
  double begun = now();
  fflush(stdout);
  pid_t child = getenv("TOGETHER") ? 0 : fork();
  if (child == 0) {
    if (!descriptor) open_library();
    row->torture();
    if (getenv("TOGETHER")) return true;
    exit(0);  // Not _exit: checkers report at the end.
  }
  int status = 0;
  waitpid(child, &status, 0);
  bool held = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (held) printf("  ok    %-40s %5.1f s\n", row->name, now() - begun);
  else if (WIFSIGNALED(status)) printf("  FELL  %-40s by signal %d, %s\n", row->name, WTERMSIG(status), strsignal(WTERMSIG(status)));
  else printf("  FAILS %-40s\n", row->name);
  return held;
}

static bool is_wanted(const row_t *row, int count, char **names) {
  for (int index = 0; index < count; index++)
    if (!strncmp(row->name, names[index], strlen(names[index]))) return true;
  return count == 0;
}

int main(int argc, char **argv) {
  if (argc < 2 || argv[1][0] == '\0' || argv[1][strlen(argv[1]) - 1] != '/')
    return fprintf(stderr, "usage: torture BUNDLE/ [ROW...] | BUNDLE/ --walk SECONDS [--live]\n"), 2;
  bundle = argv[1];
  is_known_instrument = plays_clicks();
  offends = getenv("OFFEND") != NULL;
  if (getenv("INSTRUMENT")) instrument = getenv("INSTRUMENT");
  if (getenv("SEED")) seed = strtoull(getenv("SEED"), NULL, 10);
  if (argc >= 4 && !strcmp(argv[2], "--walk")) {
    open_library();
    walk(atof(argv[3]), argc > 4 && !strcmp(argv[4], "--live"));
    return 0;
  }
  const row_t *const tables[] = {cycle_rows, event_rows, message_rows, control_rows, life_rows, state_rows, economy_rows};
  int held = 0, fallen = 0;
  for (size_t table = 0; table < sizeof tables / sizeof *tables; table++) {
    for (const row_t *row = tables[table]; row->name; row++) {
      if (!is_wanted(row, argc - 2, argv + 2) || (row->is_about_sound && !is_known_instrument)) continue;
      if (holds(row)) held++;
      else fallen++;
    }
  }
  printf("%d rows hold%s\n", held, fallen ? "" : ", all of them");
  if (fallen) printf("%d rows do not, with seed %llu\n", fallen, (unsigned long long)seed);
  return fallen || !held;
}
