#!/bin/bash
# `fotoplayer host` under JACK servers without hardware: the samples of `fotoplayer render`, latency, settings and presets
# that are found again, servers that die and change, and a session manager.
# usage: jack-host.sh FOTOPLAYER VOICE SCORE
set -euo pipefail
fotoplayer=$(realpath "$1")
voice=$(realpath "$2")
score=$(realpath "$3")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=Tests/Hosts/jack-server.sh
source "$here/jack-server.sh"
# shellcheck disable=SC2046
cc -std=gnu11 -O2 -Wall "$here/jack-player.c" -o "$work/jack-player" $(pkg-config --cflags --libs jack sndfile)
# shellcheck disable=SC2046
cc -std=gnu11 -O2 -Wall "$here/nsm-manager.c" -o "$work/nsm-manager" $(pkg-config --cflags --libs liblo)
cd "$work"
export FOTOPLAYER_VOICE=$voice

# Commands come through a pipe that does not end.
mkfifo commands
exec 8<> commands
host() {
  "$fotoplayer" host "$@" < commands >> host.out 2> host.log 8>&- &
  host=$!
  pids+=("$host")
  wait_for "${client:-fotoplayer}:out_right"
  wait_for_line host.log "playing"
}
end_host() {
  echo quit >&8
  local status=0
  wait "$host" || status=$?
  [ "$status" = 0 ] || fail "the host ended with $status"
}
ask() {  # a command, what must be answered
  : > host.out
  echo "$1" >&8
  wait_for_line host.out "$2"
}
tell() { echo "$1" >&8; }  # a command without an answer

# The same samples, wherever between two frames the score's notes are, and the latency that JACK was told.
same_as_render() {  # samples a second
  "$fotoplayer" render "$score" -o expected.wav --voice "$voice" --rate "$1" --seed 7 --steps 2 --block 4 --to 6 --quiet
  serve 256 "$1"
  host --set seed=7 --set steps=2 --set block=4
  "$fotoplayer" play "$score" --transport --connect fotoplayer > play.log 2>&1 8>&- &
  player=$!
  pids+=("$player")
  wait_for_line play.log connected
  said=$(./jack-player -f -d 5.9 -o heard.wav -c expected.wav fotoplayer:out_left fotoplayer:out_right) \
    || fail "not the samples of fotoplayer render at $1 Hz"
  grep -qE 'latency [1-9]' <<< "$said" || fail "no latency: $said"
  stop_process INT "$player" || true
  echo "  the same samples as fotoplayer render, $1 Hz: $said"
}
same_as_render 44100
end_host
stop_process TERM "$server" || true
same_as_render 48000

# A server that changes its buffer, and one that dies and comes back at another rate.
ask status "^latency: "
latency=$(grep -oE 'latency: +[0-9]+' host.out | grep -oE '[0-9]+')
jack_bufsize 512 > /dev/null
sleep 0.3
ask status "^buffer: +512"
[ "$(grep -oE 'latency: +[0-9]+' host.out | grep -oE '[0-9]+')" = $((latency + 256)) ] || fail "latency after a new buffer"
told=$(jack_lsp -l fotoplayer:out_left | grep -oE 'capture latency = \[ [0-9]+' | grep -oE '[0-9]+$')
[ "$told" = $((latency + 256)) ] || fail "JACK was told a latency of $told"
jack_connect fotoplayer:out_left system:playback_2
ask status "^left to: +system:playback_2"
kill -9 "$server"
wait "$server" 2> /dev/null || true
wait_for_line host.log "the JACK server has gone: waiting for it"
ask status "^server: +away"
serve 128 44100
wait_for_line host.log "the JACK server is back"
ask status "^rate: +44100"
sleep 0.3
ask status "^left to: +system:playback_2"  # Somebody else had connected this.
echo "  a server that changes its buffer, dies, and comes back at another rate"

# Settings and presets are found again; nonsense is named.
ask "set gain loud" "error: gain: expected a number in -60…12, found loud"
ask "set gain 99" "error: gain: expected"
ask "frobnicate" "error: expected a command, found frobnicate"
ask "load Nowhere" "error: expected one of the presets Quick response"
tell "load light keys"
tell "set gain -3.5"
ask "save evening" "saved .*/data/fotoplayer/presets/evening.json"
tell "set gain 2"
tell "load Export"
ask voices "$(basename "$voice")"
end_host
grep -q '"gain" : 2' state/fotoplayer/fotoplayer.json || fail "the state: $(cat state/fotoplayer/fotoplayer.json)"
host --connect-audio system
for line in "gain: +2$" "velocity: +0.4" "seed: +7" "steps: +12" "guidance: +1.5"; do ask status "^$line"; done
tell "load evening"
ask status "^gain: +-3.5"
ask status "^steps: +2"
ask status "^left to: +system:playback_1"
ask status "^right to: +system:playback_2"
end_host
echo '{ "version": 9 }' > newer.json
if "$fotoplayer" host --state newer.json > host.log 2>&1 8>&-; then fail "a state of a newer program was taken"; fi
grep -q "expected version 1, found 9" host.log || fail "a newer state: $(cat host.log)"
echo "  settings and presets are found again, and connections made"

# A session manager: the client's name, the place of the settings, when to save them.
mkdir session
(sleep 2; echo "set steps 3") >&8 &
./nsm-manager "$work/session" nABC "$fotoplayer" < commands > manager.log 2> host.log 8>&- || fail "$(cat manager.log)"
for line in "announce Fotoplayer Piano :dirty: fotoplayer 1.2" "reply /nsm/client/open" dirty "reply /nsm/client/save" clean \
  "ended 0"; do
  grep -qx "$line" manager.log || fail "the session manager did not hear \"$line\": $(cat manager.log)"
done
grep -q '"steps" : 3' session/Fotoplayer.nABC.json || fail "nothing was saved in the session"
grep -q "nABC is on the server" host.log || fail "another name than the session's: $(cat host.log)"
echo "  a session manager opens, saves and ends it"
echo "fotoplayer host plays the samples of fotoplayer render, and keeps what it was told."
