// jack-listener: hears MIDI from a JACK port and drives the transport by a script, all inside the cycles, so that what
// comes out is the same whenever and however fast it runs. It prints a line for each message: the state of the transport
// (R rolling, S starting, T stopped), the frame, and the bytes in hexadecimal digits.
// usage: jack-listener [-fc] PORT STEP...
//   -f: the graph runs freely.  -c: frames are counted from the first message on, instead of taken from the transport.
// steps: locate:FRAME  start  stop  until:FRAME (of the transport, rolling)  frames:COUNT (cycles go by)
//   beats (prints "B frame bar beat tick tempo" of the next rolling cycle)  messages:COUNT (have been heard)
#define _GNU_SOURCE
#include <jack/jack.h>
#include <jack/midiport.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_LINES = 1 << 16 };

typedef struct {
  char state;
  int64_t frame;
  size_t size;
  jack_midi_data_t bytes[4];
  jack_position_t position;
} line_t;

static jack_client_t *client;
static jack_port_t *input;
static line_t *lines;
static atomic_int line_count, finished, has_begun;
static char **steps;
static int step_count, step, message_count, counts;
static int64_t counted = -1, since;

// One step of the script; false where it must be waited for.
static int take_step(char state, const jack_position_t *position, jack_nframes_t frames) {
  const char *name = steps[step];
  long long number = strchr(name, ':') ? atoll(strchr(name, ':') + 1) : 0;
  if (!strncmp(name, "locate:", 7)) {
    jack_transport_locate(client, (jack_nframes_t)number);
    return 1;
  }
  if (!strcmp(name, "start")) {
    jack_transport_start(client);
    return 1;
  }
  if (!strcmp(name, "stop")) {
    jack_transport_stop(client);
    return 1;
  }
  if (!strncmp(name, "until:", 6)) return state == 'R' && position->frame + frames > number;
  if (!strncmp(name, "messages:", 9)) return message_count >= number;
  if (!strncmp(name, "frames:", 7)) {
    since += frames;
    if (since < number) return 0;
    since = 0;
    return 1;
  }
  if (!strcmp(name, "beats")) {
    if (state != 'R' || !(position->valid & JackPositionBBT)) return 0;
    if (line_count < MOST_LINES) lines[line_count++] = (line_t){.state = 'B', .frame = position->frame, .position = *position};
    return 1;
  }
  fprintf(stderr, "jack-listener: no step is called %s\n", name);
  exit(2);
}

static int process(jack_nframes_t frames, void *unused) {
  (void)unused;
  void *midi = jack_port_get_buffer(input, frames);
  jack_position_t position;
  jack_transport_state_t now = jack_transport_query(client, &position);
  char state = now == JackTransportRolling ? 'R' : now == JackTransportStopped ? 'T' : 'S';
  uint32_t count = jack_midi_get_event_count(midi);
  for (uint32_t index = 0; index < count; index++) {
    jack_midi_event_t event;
    if (jack_midi_event_get(&event, midi, index) || line_count >= MOST_LINES) continue;
    if (counted < 0) counted = -(int64_t)event.time;
    line_t line = {.state = state, .frame = (counts ? counted : (int64_t)position.frame) + event.time, .size = event.size};
    if (line.size > 4) line.size = 4;
    memcpy(line.bytes, event.buffer, line.size);
    lines[line_count++] = line;
    message_count++;
  }
  if (message_count) counted += frames;
  // A transport takes what it is asked for in the next cycle.
  if (!has_begun) return 0;
  if (step < step_count && take_step(state, &position, frames)) step++;
  if (step == step_count) finished = 1;
  return 0;
}

static void leave(int number) {
  (void)number;
  finished = 1;
}

int main(int argc, char **argv) {
  int freely = 0;
  for (int option; (option = getopt(argc, argv, "+fc")) != -1;) {
    if (option == 'f') freely = 1;
    else if (option == 'c') counts = 1;
    else return 2;
  }
  const char *port = argv[optind];
  steps = argv + optind + 1;
  step_count = argc - optind - 1;
  lines = calloc(MOST_LINES, sizeof *lines);
  signal(SIGTERM, leave);
  client = jack_client_open("jack-listener", JackNoStartServer, NULL);
  if (!client) {
    fprintf(stderr, "jack-listener: no JACK server\n");
    return 1;
  }
  input = jack_port_register(client, "in", JACK_DEFAULT_MIDI_TYPE, JackPortIsInput, 0);
  jack_set_process_callback(client, process, NULL);
  // Whoever is to be heard may come later, or connect by itself ("-").
  if (strcmp(port, "-") && !jack_port_by_name(client, port)) {
    fprintf(stderr, "jack-listener: no port %s\n", port);
    return 1;
  }
  if (jack_activate(client)) return 1;
  if (strcmp(port, "-") && jack_connect(client, port, jack_port_name(input))) return 1;
  usleep(200000);
  if (freely) jack_set_freewheel(client, 1);
  has_begun = 1;
  for (int waits = 0; !finished && waits < 30000; waits++) usleep(1000);
  if (freely) jack_set_freewheel(client, 0);
  int is_whole = step == step_count || !step_count;
  jack_client_close(client);
  for (int index = 0; index < line_count; index++) {
    line_t *line = &lines[index];
    printf("%c %lld", line->state, (long long)line->frame);
    if (line->state == 'B')
      printf(" %d %d %.0f %.0f", line->position.bar, line->position.beat, (double)line->position.tick,
             line->position.beats_per_minute);
    for (size_t byte = 0; byte < line->size; byte++) printf(" %02x", line->bytes[byte]);
    printf("\n");
  }
  if (!is_whole) fprintf(stderr, "jack-listener: nobody came to \"%s\"\n", steps[step]);
  return is_whole ? 0 : 1;
}
