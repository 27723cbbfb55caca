// libjack by dlopen: the program starts, and all that is not JACK works, where there is none; and whose libjack it is
// (JACK 1, JACK 2, PipeWire) is the machine's affair.
#include "cjack.h"
#include <dlfcn.h>
#include <errno.h>

static struct {
  cjack_client *(*client_open)(const char *, int, int *, ...);
  int (*client_close)(cjack_client *);
  int (*activate)(cjack_client *);
  int (*deactivate)(cjack_client *);
  const char *(*get_client_name)(cjack_client *);
  uint32_t (*get_sample_rate)(cjack_client *);
  uint32_t (*get_buffer_size)(cjack_client *);
  int (*set_process_callback)(cjack_client *, cjack_frames_callback, void *);
  int (*set_xrun_callback)(cjack_client *, cjack_callback, void *);
  int (*set_freewheel_callback)(cjack_client *, cjack_flag_callback, void *);
  int (*set_sample_rate_callback)(cjack_client *, cjack_frames_callback, void *);
  int (*set_latency_callback)(cjack_client *, cjack_flag_callback, void *);
  void (*on_info_shutdown)(cjack_client *, cjack_shutdown_callback, void *);
  int (*set_port_registration_callback)(cjack_client *, cjack_port_callback, void *);
  int (*set_port_connect_callback)(cjack_client *, cjack_connect_callback, void *);
  int (*set_sync_callback)(cjack_client *, cjack_sync_callback, void *);
  int (*set_timebase_callback)(cjack_client *, int, cjack_timebase_callback, void *);
  cjack_port *(*port_register)(cjack_client *, const char *, const char *, unsigned long, unsigned long);
  int (*port_unregister)(cjack_client *, cjack_port *);
  const char *(*port_name)(const cjack_port *);
  const char **(*get_ports)(cjack_client *, const char *, const char *, unsigned long);
  const char **(*port_get_all_connections)(cjack_client *, const cjack_port *);
  void (*free)(void *);
  int (*connect)(cjack_client *, const char *, const char *);
  int (*recompute_total_latencies)(cjack_client *);
  void *(*port_get_buffer)(cjack_port *, uint32_t);
  void (*port_get_latency_range)(cjack_port *, int, cjack_latency_range *);
  void (*port_set_latency_range)(cjack_port *, int, cjack_latency_range *);
  void (*midi_clear_buffer)(void *);
  uint32_t (*midi_get_event_count)(void *);
  int (*midi_event_get)(cjack_midi_event *, void *, uint32_t);
  unsigned char *(*midi_event_reserve)(void *, uint32_t, size_t);
  int (*transport_query)(cjack_client *, cjack_position *);
  int (*transport_locate)(cjack_client *, uint32_t);
  void (*transport_start)(cjack_client *);
  void (*transport_stop)(cjack_client *);
  void (*set_error_function)(void (*)(const char *));
  void (*set_info_function)(void (*)(const char *));
} jack;

static void say_nothing(const char *text) { (void)text; }

static bool find(void *library, void *place, const char *name) {
  return (*(void **)place = dlsym(library, name)) != NULL;
}

const char *cjack_load(void) {
  static bool is_loaded = false;
  if (is_loaded) return NULL;
  void *library = dlopen("libjack.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) return dlerror();
#define FIND(name) \
  if (!find(library, &jack.name, "jack_" #name)) return "libjack.so.0 is too old: it lacks jack_" #name
  FIND(client_open);
  FIND(client_close);
  FIND(activate);
  FIND(deactivate);
  FIND(get_client_name);
  FIND(get_sample_rate);
  FIND(get_buffer_size);
  FIND(set_process_callback);
  FIND(set_xrun_callback);
  FIND(set_freewheel_callback);
  FIND(set_sample_rate_callback);
  FIND(set_latency_callback);
  FIND(on_info_shutdown);
  FIND(set_port_registration_callback);
  FIND(set_port_connect_callback);
  FIND(set_sync_callback);
  FIND(set_timebase_callback);
  FIND(port_register);
  FIND(port_unregister);
  FIND(port_name);
  FIND(get_ports);
  FIND(port_get_all_connections);
  FIND(free);
  FIND(connect);
  FIND(recompute_total_latencies);
  FIND(port_get_buffer);
  FIND(port_get_latency_range);
  FIND(port_set_latency_range);
  FIND(midi_clear_buffer);
  FIND(midi_get_event_count);
  FIND(midi_event_get);
  FIND(midi_event_reserve);
  FIND(transport_query);
  FIND(transport_locate);
  FIND(transport_start);
  FIND(transport_stop);
  FIND(set_error_function);
  FIND(set_info_function);
#undef FIND
  jack.set_error_function(say_nothing);
  jack.set_info_function(say_nothing);
  is_loaded = true;
  return NULL;
}

cjack_client *cjack_open(const char *name, const char *server, int *status) {
  *status = 0;
  return server ? jack.client_open(name, CJACK_NO_START_SERVER | CJACK_SERVER_NAME, status, server)
                : jack.client_open(name, CJACK_NO_START_SERVER, status);
}
int cjack_close(cjack_client *client) { return jack.client_close(client); }
int cjack_activate(cjack_client *client) { return jack.activate(client); }
int cjack_deactivate(cjack_client *client) { return jack.deactivate(client); }
const char *cjack_name(cjack_client *client) { return jack.get_client_name(client); }
uint32_t cjack_sample_rate(cjack_client *client) { return jack.get_sample_rate(client); }
uint32_t cjack_buffer_size(cjack_client *client) { return jack.get_buffer_size(client); }

void cjack_on_process(cjack_client *client, cjack_frames_callback call, void *context) {
  jack.set_process_callback(client, call, context);
}
void cjack_on_xrun(cjack_client *client, cjack_callback call, void *context) {
  jack.set_xrun_callback(client, call, context);
}
void cjack_on_freewheel(cjack_client *client, cjack_flag_callback call, void *context) {
  jack.set_freewheel_callback(client, call, context);
}
void cjack_on_sample_rate(cjack_client *client, cjack_frames_callback call, void *context) {
  jack.set_sample_rate_callback(client, call, context);
}
void cjack_on_latency(cjack_client *client, cjack_flag_callback call, void *context) {
  jack.set_latency_callback(client, call, context);
}
void cjack_on_shutdown(cjack_client *client, cjack_shutdown_callback call, void *context) {
  jack.on_info_shutdown(client, call, context);
}
void cjack_on_port(cjack_client *client, cjack_port_callback call, void *context) {
  jack.set_port_registration_callback(client, call, context);
}
void cjack_on_connect(cjack_client *client, cjack_connect_callback call, void *context) {
  jack.set_port_connect_callback(client, call, context);
}
void cjack_on_sync(cjack_client *client, cjack_sync_callback call, void *context) {
  jack.set_sync_callback(client, call, context);
}
int cjack_on_timebase(cjack_client *client, cjack_timebase_callback call, void *context) {
  return jack.set_timebase_callback(client, 0, call, context);
}

static const char *type(bool is_midi) { return is_midi ? "8 bit raw midi" : "32 bit float mono audio"; }
static unsigned long flags(bool is_output) { return is_output ? CJACK_IS_OUTPUT : CJACK_IS_INPUT; }

cjack_port *cjack_port_new(cjack_client *client, const char *name, bool is_midi, bool is_output) {
  return jack.port_register(client, name, type(is_midi), flags(is_output), 0);
}
void cjack_port_remove(cjack_client *client, cjack_port *port) { jack.port_unregister(client, port); }
const char *cjack_port_name(const cjack_port *port) { return jack.port_name(port); }
const char **cjack_ports(cjack_client *client, bool is_midi, bool is_output) {
  return jack.get_ports(client, NULL, type(is_midi), flags(is_output));
}
const char **cjack_connections(cjack_client *client, const cjack_port *port) {
  return jack.port_get_all_connections(client, port);
}
void cjack_free(const char **names) {
  if (names) jack.free(names);
}
int cjack_connect(cjack_client *client, const char *source, const char *destination) {
  int error = jack.connect(client, source, destination);
  return error == EEXIST ? 0 : error;
}
int cjack_recompute_latencies(cjack_client *client) { return jack.recompute_total_latencies(client); }

void *cjack_buffer(cjack_port *port, uint32_t frames) { return jack.port_get_buffer(port, frames); }
void cjack_latency(cjack_port *port, int mode, cjack_latency_range *range) {
  jack.port_get_latency_range(port, mode, range);
}
void cjack_set_latency(cjack_port *port, int mode, cjack_latency_range *range) {
  jack.port_set_latency_range(port, mode, range);
}
void cjack_midi_clear(void *buffer) { jack.midi_clear_buffer(buffer); }
uint32_t cjack_midi_count(void *buffer) { return jack.midi_get_event_count(buffer); }
int cjack_midi_get(cjack_midi_event *event, void *buffer, uint32_t index) {
  return jack.midi_event_get(event, buffer, index);
}
unsigned char *cjack_midi_reserve(void *buffer, uint32_t time, size_t size) {
  return jack.midi_event_reserve(buffer, time, size);
}
int cjack_query(cjack_client *client, uint32_t *frame) {
  cjack_position position;
  int state = jack.transport_query(client, &position);
  *frame = position.frame;
  return state;
}
uint32_t cjack_frame(const cjack_position *position) { return position->frame; }
void cjack_set_beats(cjack_position *position, int bar, int beat, int tick, double bar_start_tick, float beats_per_bar,
                     float beat_type, double ticks_per_beat, double beats_per_minute) {
  position->valid |= CJACK_HAS_BEATS;
  position->bar = bar;
  position->beat = beat;
  position->tick = tick;
  position->bar_start_tick = bar_start_tick;
  position->beats_per_bar = beats_per_bar;
  position->beat_type = beat_type;
  position->ticks_per_beat = ticks_per_beat;
  position->beats_per_minute = beats_per_minute;
}
int cjack_locate(cjack_client *client, uint32_t frame) { return jack.transport_locate(client, frame); }
void cjack_start(cjack_client *client) { jack.transport_start(client); }
void cjack_stop(cjack_client *client) { jack.transport_stop(client); }
