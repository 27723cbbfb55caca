#!/bin/bash
# `fotoplayer play` under JACK servers without hardware: notes at their frames, with the transport wherever that goes and
# by itself; loops; bars and beats; servers that are missing, die and come back; an interruption.
# usage: jack-play.sh FOTOPLAYER
set -euo pipefail
fotoplayer=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=Tests/Hosts/jack-server.sh
source "$here/jack-server.sh"
# shellcheck disable=SC2046
cc -std=gnu11 -Wall -Wextra "$here/jack-layout.c" -o "$work/jack-layout" $(pkg-config --cflags jack)
# shellcheck disable=SC2046
cc -std=gnu11 -O2 -Wall "$here/jack-listener.c" -o "$work/jack-listener" $(pkg-config --cflags --libs jack)
cd "$work"
begin() { "$fotoplayer" play song.mid "$@" > play.log 2>&1 & player=$!; pids+=("$player"); }
play() { timeout 20 "$fotoplayer" play song.mid "$@" > play.log 2>&1; }

end_player() {
  stop_process INT "$player" || [ $? = 130 ] || fail "an interrupted player ended with $?: $(cat play.log)"
}

# 480 ticks a quarter of half a second, so a tick is 50 frames; bars of 3/4. Seconds: key 60 0…0.5; 64 0.5…1.5; 48 1…4;
# sustain pedal 1…3; 67 1.5…2.5; sostenuto 2…3.5, catching 48 and 67.
bytes() { printf '%b' "$(sed 's/[0-9a-f][0-9a-f]/\\x&/g; s/ //g' <<< "$1")"; }
track="00 ff580403021808 00 ff510307a120 00 903c5a 8360 803c00 00 904050 8360 90303c 00 b0407f 8360 804000 00 904346"
track+=" 8360 b0427f 8360 804300 8360 b04000 8360 b04200 8360 803000 00 ff2f00"
length=$(printf '%08x' $(( $(tr -d ' ' <<< "$track" | tr -d '\n' | wc -c) / 2 )))
bytes "4d546864 00000006 0000 0001 01e0 4d54726b $length $track" > song.mid

same() {  # what it is, expected; reads what was heard
  local heard
  heard=$(cat)
  [ "$heard" = "$2" ] || fail "$1: expected
$2
heard
$heard"
  echo "  $1"
}
listen() { timeout 20 ./jack-listener "$@" > heard.log 2> listener.log || fail "listener $*"; }
hear() { timeout 40 ./jack-listener "$@" > heard.log 2> listener.log & listener=$!; pids+=("$listener"); }
from_first() { awk 'NR == 1 { first = $2 } { $2 -= first; print }'; }

serve 256
begin --transport --name score
wait_for score:midi_out

listen -f score:midi_out locate:0 start until:200000 stop frames:4096
same "every event at its frame" "R 0 90 3c 5a
R 24000 80 3c 40
R 24000 90 40 50
R 48000 b0 40 7f
R 48000 90 30 3c
R 72000 80 40 40
R 72000 90 43 46
R 96000 b0 42 7f
R 120000 80 43 40
R 144000 b0 40 00
R 168000 b0 42 00
R 192000 80 30 40" < heard.log

# 2.25 s: 48 and 67 are down and caught, the pedal is down. It is set while the transport waits, and nothing is struck.
# Then back to 0.1 s, and stopped there.
listen -f score:midi_out locate:108000 start until:109000 locate:4800 frames:4096 stop frames:4096
sed -E 's/^T [0-9]+/T/' heard.log | same "a relocation strikes what is held, behind the pedals, and a stop lets go" "S 108000 b0 40 7f
R 108000 90 30 3c
R 108000 90 43 46
R 108000 b0 42 7f
S 4800 80 30 40
S 4800 80 43 40
S 4800 b0 40 00
S 4800 b0 42 00
R 4800 90 3c 5a
T 80 3c 40"
end_player

begin --transport --master --loop 0.5..1.25 --channel 3 --name score
wait_for score:midi_out
# The transport passes 60000 within a cycle and is sent back after it. 7/8 of a beat, and bars of three.
listen -f score:midi_out locate:20000 start messages:12 frames:20000 beats stop frames:4096
grep -v '^B' heard.log | head -n 12 | same "a loop sends the transport back" "R 20000 92 3c 5a
R 24000 82 3c 40
R 24000 92 40 50
R 48000 b2 40 7f
R 48000 92 30 3c
R 60000 82 30 40
R 60000 82 40 40
R 60000 b2 40 00
R 24000 92 40 50
R 48000 b2 40 7f
R 48000 92 30 3c
R 60000 82 30 40"
listen -f score:midi_out locate:180000 start beats stop frames:4096
# 180000 frames are seven and a half quarters.
grep '^B' heard.log | same "the timebase master counts in the file's bars and tempo" "B 180000 3 2 960 120"
end_player

# By itself, from the first message on.
hear -c - messages:19
wait_for jack-listener:in
begin --connect jack-listener --loop 0.5..1.25
wait "$listener" || fail "the listener at a loop"
from_first < heard.log | cut -d' ' -f2- | head -n 13 | same "a loop at one's own pace, seamless to the frame" "0 90 40 50
24000 b0 40 7f
24000 90 30 3c
36000 80 30 40
36000 80 40 40
36000 b0 40 00
36000 90 40 50
60000 b0 40 7f
60000 90 30 3c
72000 80 30 40
72000 80 40 40
72000 b0 40 00
72000 90 40 50"
end_player

hear -c - messages:6 frames:48000
wait_for jack-listener:in
play --connect 'jack-listen*:i?' --from 2.25 --to 0:03.25 || fail "play ended with $?"
wait "$listener" || fail "the listener at a part"
from_first < heard.log | cut -d' ' -f2- | same "a part begins with what is held, and ends with nothing held" "0 b0 40 7f
0 90 30 3c
0 90 43 46
0 b0 42 7f
12000 80 43 40
36000 b0 40 00
48000 80 30 40
48000 b0 42 00"

# A server that dies and comes back, at the pace of the clock.
begin --connect jack-listener --wait --loop 0..3
wait_for_line play.log "waiting for a port that matches jack-listener"
hear -c - messages:1000000
wait_for_line play.log "connected fotoplayer-score:midi_out to jack-listener:in"
sleep 0.7
kill -9 "$server"
wait "$server" 2> /dev/null || true
wait_for_line play.log "the JACK server has gone: waiting for it"
stop_process TERM "$listener" || true
[ "$(head -n 1 heard.log | cut -d' ' -f2-)" = "0 90 3c 5a" ] || fail "nothing was heard before the server went"
serve 128 44100
wait_for_line play.log "the JACK server is back"
hear -c - messages:1000000
for _ in $(seq 50); do [ "$(grep -c "connected" play.log)" -ge 2 ] && break; sleep 0.1; done
sleep 1
status=0
stop_process INT "$player" || status=$?
[ "$status" = 130 ] || fail "an interrupted player ended with $status"
sleep 0.2
stop_process TERM "$listener" || true
awk '{ if ($3 ~ /^9/) held[$4] = 1; if ($3 ~ /^8/) delete held[$4]; if ($3 == "b0") { pedal[$4] = $5 } }
  END { for (key in held) exit 1; for (kind in pedal) if (pedal[kind] != "00") exit 1; if (NR < 2) exit 1 }' heard.log \
  || fail "after the server came back and the player was interrupted, something is held: $(cat heard.log)"
echo "  a server that dies and comes back at another rate, and an interruption that lets go of everything"

stop_process TERM "$server" || true
if play; then fail "there was no server, and no error"; fi
grep -q "no JACK server is running; start one" play.log || fail "no server: $(cat play.log)"
begin --wait
wait_for_line play.log "no JACK server is running: waiting for one"
serve 256
wait_for fotoplayer-score:midi_out
end_player
if play --connect nowhere:in; then fail "there was no port, and no error"; fi
grep -q "no port matches it" play.log || fail "no port: $(cat play.log)"
echo "  servers and ports that are missing are waited for, or named"
echo "fotoplayer play keeps to the frame, by itself and with the transport."
