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
command -v ardour7-lua > /dev/null && command -v ardour7-export > /dev/null || skip Ardour ardour
has() { [[ ! " ${skipped[*]} " = *" $1 "* ]]; }

"$programs/host-tool" compose "$work/score.mid" "$work/events" --seconds "$seconds"
if has jalv; then prepare_jalv; fi

# Ardour keeps its settings and what it knows of plugins at home, and a render that failed is as long as a good one.
ardour() {
  HOME=$work/home timeout 300 "$@" > "$work/ardour.log" 2>&1 || fail "$1 gave up"
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
  if has Ardour; then
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
# rate, block
perform_in_ardour() {
  local name=lectern$1 rate=$1 block=$2
  "$programs/fotoplayer" render "$work/later.mid" -o "$work/$name.render.wav" --quiet --rate "$rate" \
    --voice "$bundle/voices/piano.safetensors" --steps 1 --block "$block" --seed 0
  ardour ardour7-lua "$here/ardour-session.lua" new "$work/$name" "$rate" "$work/nothing.mid" $((seconds + 3)) \
    steps=1 "block=$block" "score=$work/later.mid"
  export_from "$name" "$work/$name.wav"
  said=$("$programs/host-tool" compare --slack 3 "$work/$name.render.wav" "$work/$name.wav" 2>&1) || fail "the score in Ardour: $said"
  echo "  $rate Hz, the score set in Ardour, blocks of $block: $said"
}

compare one 48000 piano.safetensors 4 2 0
compare two 44100 piano.safetensors 4 2 0
other=$(basename "$(find "$bundle/voices/" -name '*.safetensors' ! -name piano.safetensors | sort | head -1)")
compare three 48000 "$other" 2 3 7
if has Ardour; then
  "$programs/host-tool" compose "$work/later.mid" "$work/later" --seconds "$seconds" --after 1
  "$programs/host-tool" compose "$work/nothing.mid" "$work/no-events" --seconds 1
  perform_in_ardour 48000 2
  perform_in_ardour 44100 3
fi
if [ ${#skipped[@]} -gt 0 ]; then echo "  SKIPPED, since they are not installed: ${skipped[*]}"; fi
echo "One score is one sound in every host, before and after a session was saved."
