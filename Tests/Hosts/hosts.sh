#!/bin/bash
# One score through the command line, jalv and Ardour, at 44.1 and 48 kHz: the same samples from all of them, after the
# latency that is reported; twice from Ardour's session, before and after it was opened and saved again; and with another
# voice and other settings, which the session keeps.
# usage: hosts.sh BUNDLE/ PROGRAMS/   (the folder of fotoplayer, lv2-perform and host-tool)
# A host that is not installed is named and passed over; with HOSTS=all in the environment that is a failure.
set -euo pipefail
# shellcheck source=Tests/Hosts/jalv.sh
. "$(dirname "$0")/jalv.sh"
use_bundle "$1"
bundle=$work/lv2/fotoplayer.lv2
programs=$(cd "$2" && pwd)
seconds=6
skipped=()

skip() {  # what, and in which package it is
  [ "${HOSTS:-}" != all ] || fail "$1 is missing: it comes in the package $2"
  skipped+=("$1")
}
command -v jalv > /dev/null && command -v jackd > /dev/null || skip jalv "jalv, with jackd2"
command -v ardour7-lua > /dev/null && command -v ardour7-export > /dev/null || skip "Ardour 7" ardour
has() { [[ ! " ${skipped[*]} " = *" $1 "* ]]; }

"$programs/host-tool" compose "$work/score.mid" "$work/events" --seconds "$seconds"
if has jalv; then prepare_jalv; fi

# Ardour keeps its settings and what it knows of plugins at home, and a render that failed is as long as a good one.
# Ardour 7.3 may stand still where an export begins: Session::start_audio_export waits for the butler's thread while it has
# the process lock, which that thread waits for. Whoever stands still is begun anew; whoever falls has failed.
ardour() {
  local attempt pid switches before still status
  for attempt in 1 2 3; do
    HOME=$work/home "$@" > "$work/ardour.log" 2>&1 &
    pid=$!
    pids+=("$pid")
    # Its first thread looks after the others all the time, however slow the machine is.
    before="" still=0
    while [ $still -lt 60 ] && switches=$(grep ctxt_switches "/proc/$pid/status" 2> /dev/null); do
      if [ "$switches" = "$before" ]; then still=$((still + 1)); else still=0; fi
      before=$switches
      sleep 0.5
    done
    [ $still -lt 60 ] || kill -9 "$pid" 2> /dev/null || true
    status=0
    wait "$pid" 2> /dev/null || status=$?
    [ $status != 0 ] || return 0
    [ $still -ge 60 ] || fail "$1 ended with $status"
    echo "  $1 stood still, attempt $attempt"
  done
  fail "$1 stood still each time"
}
mkdir "$work/home"
export_from() {  # session, output
  ardour ardour7-export -b float -o "$2" "$work/$1" "$1"
  [ -s "$2" ] || fail "Ardour exported nothing"
}

# name, rate, voice, steps, block, seed
compare() {
  local name=$1 rate=$2 voice=$3 steps=$4 block=$5 seed=$6 sounds=()
  "$programs/fotoplayer" render "$work/score.mid" -o "$work/$name.render.wav" --quiet --rate "$rate" --voice "$bundle/voices/$voice" \
    --steps "$steps" --block "$block" --seed "$seed"
  sounds+=("$work/$name.render.wav")
  mkdir -p "$work/state"
  perform() {  # buffer, output, options: how the settings come
    "$programs/lv2-perform" "$bundle" --score "$work/score.mid" -o "$work/$name.$2.wav" --freewheel --rate "$rate" \
      --buffer "$1" "${@:3}" > "$work/perform.log" 2>&1 || fail "lv2-perform gave up"
    sounds+=("$work/$name.$2.wav")
  }
  # What one of them is told, the others find in its state.
  perform 256 told --set "steps=$steps" --set "block=$block" --set "seed=$seed" --path "voice=$bundle/voices/$voice" \
    --save-state "$work/state/state.ttl"
  perform 1000 restored --state "$work/state/state.ttl"
  if has jalv; then
    play "$rate" 256 $((seconds + 2)) "$work/events" "$work/$name.jalv.wav" -f
    sounds+=("$work/$name.jalv.wav")
  fi
  if has "Ardour 7"; then
    ardour ardour7-lua "$here/ardour-session.lua" new "$work/$name" "$rate" "$work/score.mid" $((seconds + 2)) \
      "steps=$steps" "block=$block" "seed=$seed" "voice=$bundle/voices/$voice"
    export_from "$name" "$work/$name.first.wav"
    export_from "$name" "$work/$name.second.wav"
    ardour ardour7-lua "$here/ardour-session.lua" again "$work/$name"
    export_from "$name" "$work/$name.reopened.wav"
    sounds+=("$work/$name.first.wav" "$work/$name.second.wav" "$work/$name.reopened.wav")
  fi
  said=$("$programs/host-tool" compare --slack 2 "${sounds[@]}" 2>&1) || fail "$name, $rate Hz: $said"
  echo "  $rate Hz, $voice, $steps steps, blocks of $block: $said"
}

# The same from the score that is set in the plugin, with an empty track: it sounds where the transport is.
# rate, block, the second of the timeline at which the score begins
perform_in_ardour() {
  local name=lectern$1 rate=$1 block=$2 start=$3
  "$programs/host-tool" compose "$work/timeline.mid" "$work/timeline" --seconds "$seconds" --after $((1 + start))
  "$programs/fotoplayer" render "$work/timeline.mid" -o "$work/$name.render.wav" --quiet --rate "$rate" \
    --voice "$bundle/voices/piano.safetensors" --steps 1 --block "$block" --seed 0
  ardour ardour7-lua "$here/ardour-session.lua" new "$work/$name" "$rate" "$work/nothing.mid" $((seconds + start + 3)) \
    steps=1 "block=$block" "score=$work/later.mid" "score-start=$start"
  export_from "$name" "$work/$name.wav"
  said=$("$programs/host-tool" compare --slack 3 "$work/$name.render.wav" "$work/$name.wav" 2>&1) || fail "the score in Ardour: $said"
  echo "  $rate Hz, the score set in Ardour from second $start on, blocks of $block: $said"
}

compare one 48000 piano.safetensors 4 2 0
compare two 44100 piano.safetensors 4 2 0
other=$(basename "$(find "$bundle/voices/" -name '*.safetensors' ! -name piano.safetensors ! -name foley.safetensors | sort | head -1)")
compare three 48000 "$other" 2 3 7
if has "Ardour 7"; then
  "$programs/host-tool" compose "$work/later.mid" "$work/later" --seconds "$seconds" --after 1
  "$programs/host-tool" compose "$work/nothing.mid" "$work/no-events" --seconds 1
  perform_in_ardour 48000 2 0
  perform_in_ardour 44100 3 4
fi
if [ ${#skipped[@]} -gt 0 ]; then echo "  SKIPPED, since they are not installed: ${skipped[*]}"; fi
echo "One score is one sound in every host, before and after a session was saved."
