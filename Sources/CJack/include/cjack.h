// Those parts of JACK's interface that the JACK room uses, found in the system's libjack while the program runs.
// Written by hand from the interface's documentation; Tests/Hosts/jack-layout.c holds it against JACK's own headers.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#define CJACK_REALTIME __attribute__((swift_attr("@_noLocks"))) __attribute__((swift_attr("@_noAllocation")))
#else
#define CJACK_REALTIME
#endif
// JACK packs its positions where unaligned numbers cost nothing.
#if defined(__arm__) || defined(__aarch64__) || defined(__mips__) || defined(__powerpc__)
#define CJACK_PACKED
#else
#define CJACK_PACKED __attribute__((packed))
#endif

typedef struct cjack_client cjack_client;
typedef struct cjack_port cjack_port;

enum {
  CJACK_NO_START_SERVER = 0x01,
  CJACK_SERVER_NAME = 0x04,
  CJACK_IS_INPUT = 0x1,
  CJACK_IS_OUTPUT = 0x2,
  CJACK_SERVER_FAILED = 0x10,
  CJACK_STOPPED = 0,
  CJACK_ROLLING = 1,
  CJACK_STARTING = 3,
  CJACK_CAPTURE_LATENCY = 0,
  CJACK_PLAYBACK_LATENCY = 1,
  CJACK_HAS_BEATS = 0x10,
};

/// Where the transport is.
typedef struct CJACK_PACKED {
  uint64_t unique_1;
  uint64_t usecs;
  uint32_t frame_rate;
  uint32_t frame;
  uint32_t valid;
  int32_t bar, beat, tick;
  double bar_start_tick;
  float beats_per_bar, beat_type;
  double ticks_per_beat, beats_per_minute;
  double frame_time, next_time;
  uint32_t bbt_offset;
  float audio_frames_per_video_frame;
  uint32_t video_offset;
  double tick_double;
  int32_t padding[5];
  uint64_t unique_2;
} cjack_position;

typedef struct {
  uint32_t time;
  size_t size;
  unsigned char *buffer;
} cjack_midi_event;

typedef struct {
  uint32_t min, max;
} cjack_latency_range;

typedef int (*cjack_frames_callback)(uint32_t frames, void *context);
typedef int (*cjack_callback)(void *context);
typedef void (*cjack_flag_callback)(int flag, void *context);
typedef void (*cjack_port_callback)(uint32_t port, int is_registered, void *context);
typedef void (*cjack_connect_callback)(uint32_t a, uint32_t b, int is_connected, void *context);
typedef void (*cjack_shutdown_callback)(int code, const char *reason, void *context);
typedef int (*cjack_sync_callback)(int state, cjack_position *position, void *context);
typedef void (*cjack_timebase_callback)(int state, uint32_t frames, cjack_position *position, int is_new, void *context);

/// Finds libjack. NULL when it is there, else why it is not. What JACK prints is no longer printed.
const char *cjack_load(void);

/// `server` NULL for the usual one. Status: JACK's bits.
cjack_client *cjack_open(const char *name, const char *server, int *status);
int cjack_close(cjack_client *client);
int cjack_activate(cjack_client *client);
int cjack_deactivate(cjack_client *client);
const char *cjack_name(cjack_client *client);
uint32_t cjack_sample_rate(cjack_client *client);
uint32_t cjack_buffer_size(cjack_client *client);

void cjack_on_process(cjack_client *client, cjack_frames_callback call, void *context);
void cjack_on_xrun(cjack_client *client, cjack_callback call, void *context);
void cjack_on_freewheel(cjack_client *client, cjack_flag_callback call, void *context);
void cjack_on_sample_rate(cjack_client *client, cjack_frames_callback call, void *context);
void cjack_on_latency(cjack_client *client, cjack_flag_callback call, void *context);
void cjack_on_shutdown(cjack_client *client, cjack_shutdown_callback call, void *context);
void cjack_on_port(cjack_client *client, cjack_port_callback call, void *context);
void cjack_on_connect(cjack_client *client, cjack_connect_callback call, void *context);
void cjack_on_sync(cjack_client *client, cjack_sync_callback call, void *context);
int cjack_on_timebase(cjack_client *client, cjack_timebase_callback call, void *context);

/// NULL when there is no room or the name is taken.
cjack_port *cjack_port_new(cjack_client *client, const char *name, bool is_midi, bool is_output);
void cjack_port_remove(cjack_client *client, cjack_port *port);
const char *cjack_port_name(const cjack_port *port);
/// Names, NULL at the end; to be freed by `cjack_free`. NULL when there are none.
const char **cjack_ports(cjack_client *client, bool is_midi, bool is_output);
const char **cjack_connections(cjack_client *client, const cjack_port *port);
void cjack_free(const char **names);
/// 0, or an error; to be connected already is none.
int cjack_connect(cjack_client *client, const char *source, const char *destination);
int cjack_recompute_latencies(cjack_client *client);

CJACK_REALTIME void *cjack_buffer(cjack_port *port, uint32_t frames);
CJACK_REALTIME void cjack_latency(cjack_port *port, int mode, cjack_latency_range *range);
CJACK_REALTIME void cjack_set_latency(cjack_port *port, int mode, cjack_latency_range *range);
CJACK_REALTIME void cjack_midi_clear(void *buffer);
CJACK_REALTIME uint32_t cjack_midi_count(void *buffer);
CJACK_REALTIME int cjack_midi_get(cjack_midi_event *event, void *buffer, uint32_t index);
/// Room for a message, or NULL.
CJACK_REALTIME unsigned char *cjack_midi_reserve(void *buffer, uint32_t time, size_t size);
/// The transport's state, and the frame that the coming cycle begins with.
CJACK_REALTIME int cjack_query(cjack_client *client, uint32_t *frame);
CJACK_REALTIME uint32_t cjack_frame(const cjack_position *position);
/// Fills in bars, beats and ticks: in the timebase callback.
CJACK_REALTIME void cjack_set_beats(cjack_position *position, int bar, int beat, int tick, double bar_start_tick,
                                    float beats_per_bar, float beat_type, double ticks_per_beat,
                                    double beats_per_minute);
CJACK_REALTIME int cjack_locate(cjack_client *client, uint32_t frame);
CJACK_REALTIME void cjack_start(cjack_client *client);
CJACK_REALTIME void cjack_stop(cjack_client *client);
