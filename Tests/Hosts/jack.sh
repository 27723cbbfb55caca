#!/bin/bash
# Plays the plugin in jalv under a JACK server without hardware. Freewheeling renders must be the same to the bit,
# twice over and for buffers of 64, 256 and 1024 samples, and begin when JACK says that they do.
# usage: jack.sh BUNDLE/ SECONDS [live | keys [BLOCK BUFFER]]
#   live: instead, at 256 samples and the pace of the clock, tells how many blocks came late.
#   keys: instead, tells how long after a key goes down its sound begins, in milliseconds; in blocks of BLOCK frames
#         (2, the default), and cycles of BUFFER samples (256).
set -euo pipefail
# shellcheck source=Tests/Hosts/jalv.sh
. "$(dirname "$0")/jalv.sh"
use_bundle "$1"
prepare_jalv
seconds=$2
mode=${3:-free}
block=${4:-2}

# Chords, runs and pedals, densely: eight notes a second and up to ten keys down.
awk -v seconds="$seconds" 'BEGIN {
  for (t = 0.25; t < seconds - 1; t += 0.125) {
    n++
    for (voice = 0; voice < (n % 4 == 0 ? 4 : 1); voice++) {
      key = 36 + (n * 7 + voice * 4) % 60
      printf "%.4f 90 %x %x\n%.4f 80 %x 40\n", t, key, 40 + (n * 13) % 80, t + 0.4, key
    }
    if (n % 16 == 1) printf "%.4f b0 40 7f\n%.4f b0 40 00\n", t + 0.01, t + 1.5
  }
}' | sort -n > "$work/events"
start=0.25
if [ "$mode" = keys ]; then  # One note at a time, a second apart, anywhere in a block.
  awk -v seconds="$seconds" 'BEGIN {
    for (t = 0.5; t < seconds - 1; t += 1.0037) {
      n++
      printf "%.4f 90 %x 60\n%.4f 80 %x 40\n", t, 40 + n * 7 % 48, t + 0.3, 40 + n * 7 % 48
    }
  }' > "$work/events"
fi

set_jalv freewheel "$([ "$mode" = free ] && echo 1 || echo 0)" block "$block"
render() { play 48000 "$1" "$seconds" "$work/events" "${@:2}"; }  # buffer, output, options of jack-player

if [ "$mode" = live ]; then
  render 256 "$work/live.wav"
  late=$(grep -oE '\blate = [0-9]+' "$work/jalv.log" | tail -1 | grep -oE '[0-9]+' || echo 0)
  echo "In ${seconds} s live, $late blocks were late."
  [ "$late" = 0 ] || fail "late blocks"
  exit
fi

if [ "$mode" = keys ]; then
  render "${5:-256}" "$work/keys.wav" -k
  exit
fi

for buffer in 256 256 64 1024; do
  render "$buffer" "$work/$buffer.wav" -f
  [ "$(field latency)" -gt 0 ] || fail "no latency was reported at $buffer samples"
  if [ -e "$work/reference.wav" ]; then
    cmp "$work/reference.wav" "$work/$buffer.wav" || fail "another sound at $buffer samples"
  else
    cp "$work/$buffer.wav" "$work/reference.wav"
    [ "$(field first)" -ge 0 ] || fail "nothing sounded"
    early=$(awk -v first="$(field first)" -v start="$start" 'BEGIN { print first - start * 48000 }')
    echo "  the first sound comes $early samples after its note, by the reported latency"
  fi
done
echo "The sound is the same to the bit, twice over and for 64, 256 and 1024 samples."
