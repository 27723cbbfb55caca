#!/bin/bash
# `fotoplayer play clip.mp4` under a JACK server without hardware: a drawn film of a pianist is read, and its notes come out
# where the transport is, at the times at which they were played.
# usage: jack-film.sh FOTOPLAYER FOTOPLAYER-TRAIN PREDICTOR
set -euo pipefail
fotoplayer=$(realpath "$1")
trainer=$(realpath "$2")
predictor=$(realpath "$3")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=Tests/Hosts/jack-server.sh
source "$here/jack-server.sh"
# shellcheck disable=SC2046
cc -std=gnu11 -O2 -Wall "$here/jack-listener.c" -o "$work/jack-listener" $(pkg-config --cflags --libs jack)
cd "$work"

"$trainer" data film --out films --clips 1 --seed 900001 --seconds 6 --size 640x360 --views top > film.log
clip=films/clip-00001

serve 256
hear() {  # what is played, where its messages go, steps of the listener
  local played=$1 heard=$2
  shift 2
  "$fotoplayer" play "$played" --transport --name score ${options[@]+"${options[@]}"} > play.log 2>&1 &
  local player=$!
  pids+=("$player")
  for _ in $(seq 600); do  # A film is read first.
    jack_lsp 2> /dev/null | grep -qx score:midi_out && break
    kill -0 "$player" 2> /dev/null || fail "play $played"
    sleep 0.2
  done
  timeout 60 ./jack-listener -f score:midi_out "$@" > "$heard" 2> listener.log || fail "the listener of $played"
  stop_process INT "$player" || [ $? = 130 ] || fail "an interrupted player ended with $?"
  for _ in $(seq 50); do jack_lsp 2> /dev/null | grep -qx score:midi_out || break; sleep 0.1; done
}
whole=(locate:0 start until:290000 stop frames:4096)
rest=(locate:120000 start until:290000 stop frames:4096)

options=(--predictor "$predictor" --midi read.mid)
hear "$clip/top.mp4" film.heard "${whole[@]}"
options=(--predictor "$predictor")
hear "$clip/top.mp4" rest.heard "${rest[@]}"
options=()
hear read.mid read.heard "${whole[@]}"
hear "$clip/precise.mid" true.heard "${whole[@]}"

cmp film.heard read.heard || fail "a film is played otherwise than the score that was read from it"
echo "  a film is played as the score that was read from it, frame by frame"

# From 2.5 s on: what begins there later is the same as when it was played from the beginning.
later() { awk '$1 == "R" && $2 > 120000 && $3 ~ /^9/' "$1"; }
[ "$(later film.heard)" = "$(later rest.heard)" ] || fail "a film is played otherwise from its middle"
echo "  from its middle on, too"

# Beginnings by key: a true one and the nearest that was heard within 50 ms, each once.
awk '$1 == "R" && $3 ~ /^9/ {
  if (FILENAME == "film.heard") { heard[++n] = $2; key[n] = $4; next }
  wanted++
  best = 0
  for (i = 1; i <= n; i++) {
    d = $2 - heard[i]; if (d < 0) d = -d
    if (key[i] == $4 && !used[i] && d <= 2400 && (!best || d < least)) { best = i; least = d }
  }
  if (best) { used[best] = 1; print least / 48 }
} END { print "notes", wanted, n > "counts" }' film.heard true.heard | sort -n > distances
read -r _ wanted found < counts
pairs=$(wc -l < distances)
median=$(sed -n "$(( (pairs + 1) / 2 ))p" distances)
echo "  $pairs of $wanted notes within 50 ms of where they were played, of $found; half of them within $median ms"
awk -v pairs="$pairs" -v wanted="$wanted" -v found="$found" -v median="$median" \
  'BEGIN { exit !(wanted > 5 && 2 * pairs / (wanted + found) >= 0.75 && median <= 20) }' ||
  fail "too few of them, or too far away"
