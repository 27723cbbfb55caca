#!/bin/bash
# Runs the plugin under RealtimeSanitizer and under the allocation interposer; both end at the first offence.
# usage: realtime.sh BUNDLE SECONDS [VOICE... SCORE.mid...]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bundle=$(cd "$1" && pwd)
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The sanitizer is in the compiler that Swift brings along.
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
headers=$(pkg-config --cflags lv2)
# shellcheck disable=SC2086
"$clang" -std=gnu2x -g -O1 -Wall -Wno-unused-parameter -fsanitize=realtime $headers "$here/realtime.c" \
  -o "$work/sanitized" -ldl -lpthread -lm
# shellcheck disable=SC2086
"$clang" -std=gnu2x -g -O1 -Wall $headers "$here/realtime.c" -o "$work/plain" -ldl -lpthread -lm
"$clang" -std=gnu2x -g -O1 -Wall -fPIC -shared -fno-builtin "$here/interposer.c" -o "$work/interposer.so" -ldl

echo "RealtimeSanitizer:"
"$work/sanitized" "$bundle/" "$@"
echo "Interposer:"
LD_PRELOAD="$work/interposer.so" "$work/plain" "$bundle/" "$@"

# Both must also find an offence where there is one.
if OFFEND=1 "$work/sanitized" "$bundle/" "$@" > "$work/offence" 2>&1; then
  echo "RealtimeSanitizer finds nothing" && exit 1
fi
grep -q 'RealtimeSanitizer: unsafe-library-call' "$work/offence"
if OFFEND=1 LD_PRELOAD="$work/interposer.so" "$work/plain" "$bundle/" "$@" > "$work/offence" 2>&1; then
  echo "the interposer finds nothing" && exit 1
fi
grep -q 'interposer: malloc on a real-time thread' "$work/offence"
echo "The audio thread is clean, and both checkers find an offence."
