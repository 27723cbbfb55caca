# Sourced: the plugin in jalv, under a JACK server without hardware, with jack-player beside it.
# Makes a folder $work and removes it at the end, with whatever still runs. What the scripts say comes after their name.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
script=$(basename "$0" .sh)
work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  rm -rf "$work"
}
trap finish EXIT
fail() { echo "$script: $*" >&2; tail -n 25 "$work"/*.log >&2 2> /dev/null || true; exit 1; }

use_bundle() {  # BUNDLE/: hosts find it, and the ports' descriptions in the system's
  mkdir "$work/lv2"
  ln -s "$(cd "$1" && pwd)" "$work/lv2/fotoplayer.lv2"
  export LV2_PATH="$work/lv2:/usr/lib/lv2"
}

prepare_jalv() {
  # shellcheck disable=SC2046
  cc -std=gnu11 -O2 -Wall "$here/jack-player.c" -o "$work/jack-player" $(pkg-config --cflags --libs jack sndfile)
  # jalv leaves when its input ends: this one never says anything, and never ends.
  mkfifo "$work/input"
  exec 9<> "$work/input"
}

# jalv sets no freewheel port by itself: its state does.
set_jalv() {  # SYMBOL VALUE, in pairs
  mkdir -p "$work/state"
  local ports=() symbol
  while [ $# -gt 1 ]; do
    symbol=$1
    ports+=("[ lv2:symbol \"$symbol\" ; pset:value $(awk -v value="$2" 'BEGIN { printf "%.3f", value }') ]")
    shift 2
  done
  cat > "$work/state/state.ttl" << END
@prefix lv2: <http://lv2plug.in/ns/lv2core#> .
@prefix pset: <http://lv2plug.in/ns/ext/presets#> .
<> a pset:Preset ; lv2:appliesTo <urn:fotoplayer:piano> ;
  lv2:port $(printf '%s , ' "${ports[@]}" | sed 's/ , $//') .
END
}

wait_for() {  # a JACK port
  for _ in $(seq 300); do
    jack_lsp 2> /dev/null | grep -qx "$1" && return
    sleep 0.1
  done
  fail "no port $1"
}

play() {  # rate, buffer, seconds, events, output, options of jack-player; leaves what jack-player said in $said
  local server="fotoplayer-$$-$1-$2-$RANDOM" jack jalv
  export JACK_DEFAULT_SERVER=$server
  jackd -n "$server" --no-realtime --no-mlock -d dummy -r "$1" -p "$2" > "$work/jackd.log" 2>&1 &
  jack=$!
  pids+=("$jack")
  for _ in $(seq 300); do jack_lsp > /dev/null 2>&1 && break; sleep 0.1; done
  jalv -p -n piano -l "$work/state" <&9 > "$work/jalv.log" 2>&1 &
  jalv=$!
  pids+=("$jalv")
  wait_for piano:out_left
  said=$("$work/jack-player" "${@:6}" -o "$5" -d "$3" -m "$4" -i piano:control piano:out_left piano:out_right) ||
    fail "jack-player at $1 Hz and $2 samples"
  kill "$jalv"
  wait "$jalv" 2> /dev/null || true
  kill "$jack"
  wait "$jack" 2> /dev/null || true
  echo "  $1 Hz, $2 samples: $said"
}

field() { sed -E "s/.*\b$1 ([-0-9.]+).*/\1/" <<< "$said"; }
