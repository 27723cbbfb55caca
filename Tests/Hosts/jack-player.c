// jack-player: plays timed MIDI messages into a JACK port and records what comes back, without the latency that JACK
// reports for it, so that recordings can be compared. It plays as the transport rolls, from the start; with -f the graph
// runs freely, else at the pace of its clock.
// With -k it tells how long after each key went down its sound began, as the recorder heard it.
// With -c it compares what came back with a sound file, sample by sample.
// usage: jack-player [-fk] [-c FILE] -o OUT.wav -d SECONDS -m EVENTS -i MIDI-PORT AUDIO-PORT...
// A line of EVENTS is a time in seconds and the bytes of a message in hexadecimal digits.
#define _GNU_SOURCE
#include <jack/jack.h>
#include <jack/midiport.h>
#include <sndfile.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MOST_CHANNELS = 8 };

typedef struct {
  uint64_t frame;
  size_t size;
  jack_midi_data_t bytes[3];
} event_t;

static jack_client_t *sender, *recorder;
static jack_port_t *output, *inputs[MOST_CHANNELS];
static int channels;
static event_t *events;
static size_t event_count, next_event;
static float *recording;
static uint64_t length;
static atomic_bool finished;
static atomic_int xruns;

// Two clients: were they one, the graph would be a ring, and JACK would cut it open by a period of delay.
// In a cycle the sender comes first, then the plugin, then the recorder.
static int send(jack_nframes_t frames, void *unused) {
  (void)unused;
  void *midi = jack_port_get_buffer(output, frames);
  jack_midi_clear_buffer(midi);
  jack_position_t transport;
  int is_cycle = jack_transport_query(sender, &transport) == JackTransportRolling && !finished;
  uint64_t position = transport.frame;
  while (is_cycle && next_event < event_count && events[next_event].frame < position + frames) {
    const event_t *event = &events[next_event++];
    uint64_t offset = event->frame > position ? event->frame - position : 0;
    jack_midi_event_write(midi, (jack_nframes_t)offset, event->bytes, event->size);
  }
  return 0;
}

static int record(jack_nframes_t frames, void *unused) {
  (void)unused;
  // Where nothing connects them, the sender may come later.
  jack_position_t transport;
  if (jack_transport_query(recorder, &transport) != JackTransportRolling || finished) return 0;
  uint64_t position = transport.frame;
  for (int channel = 0; channel < channels; channel++) {
    const float *samples = jack_port_get_buffer(inputs[channel], frames);
    for (uint64_t index = 0; index < frames && position + index < length; index++)
      recording[(position + index) * (uint64_t)channels + (uint64_t)channel] = samples[index];
  }
  if (position + frames >= length) finished = 1;
  return 0;
}

static int count_xrun(void *unused) {
  (void)unused;
  xruns++;
  return 0;
}

static void read_events(const char *path, double rate) {
  FILE *file = fopen(path, "r");
  if (!file) {
    perror(path);
    exit(1);
  }
  char line[256];
  while (fgets(line, sizeof line, file)) {
    double seconds;
    unsigned bytes[3] = {0};
    int found = sscanf(line, "%lf %x %x %x", &seconds, &bytes[0], &bytes[1], &bytes[2]);
    if (found < 2) continue;
    events = realloc(events, (event_count + 1) * sizeof *events);
    event_t *event = &events[event_count++];
    event->frame = (uint64_t)(seconds * rate + 0.5);
    event->size = (size_t)found - 1;
    for (size_t index = 0; index < event->size; index++) event->bytes[index] = (jack_midi_data_t)bytes[index];
  }
  fclose(file);
}

static void must(int error, const char *what) {
  if (!error) return;
  fprintf(stderr, "jack-player: cannot %s\n", what);
  exit(1);
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// A sound has begun where it first reaches a tenth (-20 dB) of what it reaches in the next 300 ms. The events are
// single notes with silence between them.
static void report_delays(double rate) {
  double *delays = malloc((event_count + 1) * sizeof *delays);
  size_t count = 0, silent = 0;
  for (size_t index = 0; index < event_count; index++) {
    const event_t *event = &events[index];
    if ((event->bytes[0] & 0xf0) != 0x90 || event->bytes[2] == 0) continue;
    uint64_t end = event->frame + (uint64_t)(0.3 * rate), at = event->frame;
    if (end > length) break;
    float peak = 0;
    for (uint64_t n = event->frame; n < end; n++) {
      float x = recording[n * (uint64_t)channels];
      if (x < 0) x = -x;
      if (x > peak) peak = x;
    }
    while (at < end && recording[at * (uint64_t)channels] < peak / 10 && -recording[at * (uint64_t)channels] < peak / 10)
      at++;
    if (peak < 1e-4f) silent++;
    else delays[count++] = 1000 * (double)(at - event->frame) / rate;
  }
  qsort(delays, count, sizeof *delays, by_size);
  must(count == 0, "hear any note");
  printf("keys %zu median %.2f least %.2f most %.2f silent %zu\n", count, delays[count / 2], delays[0],
         delays[count - 1], silent);
  free(delays);
}

// The recording is the beginning of the file, or the whole of it.
static void compare(const char *path, const float *heard, uint64_t frames) {
  SF_INFO information = {0};
  SNDFILE *file = sf_open(path, SFM_READ, &information);
  must(!file || information.channels != channels, "read the file to compare with");
  must((uint64_t)information.frames < frames, "compare: the file is shorter");
  float *expected = calloc(frames * (uint64_t)channels, sizeof *expected);
  sf_readf_float(file, expected, (sf_count_t)frames);
  sf_close(file);
  for (uint64_t index = 0; index < frames * (uint64_t)channels; index++) {
    if (heard[index] == expected[index]) continue;
    fprintf(stderr, "jack-player: sample %llu: expected %g, heard %g\n",
            (unsigned long long)(index / (uint64_t)channels), expected[index], heard[index]);
    exit(1);
  }
  free(expected);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int main(int argc, char **argv) {
  const char *path = "out.wav", *score = NULL, *destination = NULL, *other = NULL;
  double seconds = 5;
  int freely = 0, tells_delays = 0;
  for (int option; (option = getopt(argc, argv, "fkc:o:d:m:i:")) != -1;) {
    if (option == 'f') freely = 1;
    else if (option == 'k') tells_delays = 1;
    else if (option == 'c') other = optarg;
    else if (option == 'o') path = optarg;
    else if (option == 'd') seconds = atof(optarg);
    else if (option == 'm') score = optarg;
    else if (option == 'i') destination = optarg;
    else return 2;
  }
  sender = jack_client_open("jack-player", JackNoStartServer, NULL);
  recorder = jack_client_open("jack-recorder", JackNoStartServer, NULL);
  must(!sender || !recorder, "find a JACK server");
  double rate = jack_get_sample_rate(sender);
  if (score) read_events(score, rate);
  output = jack_port_register(sender, "midi", JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput, 0);
  for (; channels < argc - optind && channels < MOST_CHANNELS; channels++) {
    char name[16];
    snprintf(name, sizeof name, "in_%d", channels + 1);
    inputs[channels] = jack_port_register(recorder, name, JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
  }
  jack_set_process_callback(sender, send, NULL);
  jack_set_process_callback(recorder, record, NULL);
  jack_set_xrun_callback(sender, count_xrun, NULL);
  must(jack_activate(sender) || jack_activate(recorder), "take part in the graph");
  if (destination) must(jack_connect(sender, jack_port_name(output), destination), "connect the MIDI port");
  for (int channel = 0; channel < channels; channel++)
    must(jack_connect(recorder, argv[optind + channel], jack_port_name(inputs[channel])), "connect an audio port");

  usleep(500000);  // The graph settles, and latencies are told around. jalv tells its plugin's on its own input, too.
  jack_latency_range_t range = {0, 0}, there = {0, 0};
  if (destination) jack_port_get_latency_range(jack_port_by_name(sender, destination), JackCaptureLatency, &range);
  if (channels > 0) jack_port_get_latency_range(jack_port_by_name(recorder, argv[optind]), JackCaptureLatency, &there);
  uint64_t wanted = (uint64_t)(seconds * rate), latency = range.max > there.max ? range.max : there.max;
  length = wanted + latency;
  recording = calloc(length * (uint64_t)channels + 1, sizeof *recording);
  if (freely) must(jack_set_freewheel(sender, 1), "freewheel");
  jack_transport_locate(sender, 0);
  usleep(100000);
  double begin = now();
  jack_transport_start(sender);
  while (!finished) usleep(2000);
  double taken = now() - begin;
  jack_transport_stop(sender);
  if (freely) jack_set_freewheel(sender, 0);

  SF_INFO information = {.samplerate = (int)rate, .channels = channels, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
  SNDFILE *file = sf_open(path, SFM_WRITE, &information);
  must(!file, "write the recording");
  sf_command(file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
  sf_writef_float(file, recording + latency * (uint64_t)channels, (sf_count_t)wanted);
  sf_close(file);
  uint64_t first = latency;  // The first sample that is not silence.
  while (first < length && !(recording[first * (uint64_t)channels] > 0.02f)) first++;
  printf("latency %llu first %lld seconds %.3f wall %.3f xruns %d\n", (unsigned long long)latency,
         first < length ? (long long)(first - latency) : -1, seconds, taken, xruns);
  if (tells_delays) report_delays(rate);
  if (other) compare(other, recording + latency * (uint64_t)channels, wanted);
  jack_client_close(recorder);
  jack_client_close(sender);
  return 0;
}
