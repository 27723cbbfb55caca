// Compiles where what the JACK room wrote down of JACK's interface is what JACK's headers say, and nowhere else.
#include "../../Sources/CJack/include/cjack.h"
#include <jack/jack.h>
#include <jack/midiport.h>

#define SAME(ours, theirs) _Static_assert((unsigned long)(ours) == (unsigned long)(theirs), #theirs)
#define FIELD(name)                                                                    \
  SAME(offsetof(cjack_position, name), offsetof(jack_position_t, name));               \
  SAME(sizeof((cjack_position *)0)->name, sizeof((jack_position_t *)0)->name)

SAME(sizeof(cjack_position), sizeof(jack_position_t));
FIELD(unique_1);
FIELD(usecs);
FIELD(frame_rate);
FIELD(frame);
FIELD(valid);
FIELD(bar);
FIELD(beat);
FIELD(tick);
FIELD(bar_start_tick);
FIELD(beats_per_bar);
FIELD(beat_type);
FIELD(ticks_per_beat);
FIELD(beats_per_minute);
FIELD(frame_time);
FIELD(next_time);
FIELD(bbt_offset);
FIELD(audio_frames_per_video_frame);
FIELD(video_offset);
FIELD(padding);
FIELD(unique_2);
SAME(sizeof(cjack_midi_event), sizeof(jack_midi_event_t));
SAME(offsetof(cjack_midi_event, size), offsetof(jack_midi_event_t, size));
SAME(offsetof(cjack_midi_event, buffer), offsetof(jack_midi_event_t, buffer));
SAME(sizeof(cjack_latency_range), sizeof(jack_latency_range_t));
SAME(offsetof(cjack_latency_range, max), offsetof(jack_latency_range_t, max));
SAME(sizeof(uint32_t), sizeof(jack_nframes_t));
SAME(CJACK_NO_START_SERVER, JackNoStartServer);
SAME(CJACK_SERVER_NAME, JackServerName);
SAME(CJACK_IS_INPUT, JackPortIsInput);
SAME(CJACK_IS_OUTPUT, JackPortIsOutput);
SAME(CJACK_SERVER_FAILED, JackServerFailed);
SAME(CJACK_STOPPED, JackTransportStopped);
SAME(CJACK_ROLLING, JackTransportRolling);
SAME(CJACK_STARTING, JackTransportStarting);
SAME(CJACK_CAPTURE_LATENCY, JackCaptureLatency);
SAME(CJACK_PLAYBACK_LATENCY, JackPlaybackLatency);
SAME(CJACK_HAS_BEATS, JackPositionBBT);

int main(void) { return 0; }
