#!/bin/bash
# Tortures the plugin: every row of Tests/Hosts/torture under whatever watches memory, threads and the audio thread, and
# a random walk. First the clicks, of which every sound is known, then the real instruments.
# usage: torture.sh CLICKS/ BUNDLE/ [ADDRESS/ THREAD/]   (bundles with a library built for that sanitizer)
#        torture.sh --soak BUNDLE/ SECONDS               (the walk alone, at the pace of the clock)
# WALK=SECONDS walks for another time, SEED=NUMBER elsewhere.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "torture: $*" >&2; exit 1; }

# The sanitizers are in the compiler that Swift brings along.
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
build() {  # output, options
  # shellcheck disable=SC2046
  "$toolchain/bin/clang" -std=gnu2x -gdwarf-4 -O1 -Wall $(pkg-config --cflags lv2) "${@:2}" "$here"/torture/*.c -o "$work/$1" \
    -ldl -lpthread -lm
}
folder() { echo "$(cd "$1" && pwd)/"; }
build plain

if [ "$1" = --soak ]; then
  bundle=$(folder "$2")
  echo "A random walk of $3 s, eight instances idle and one playing, seed ${SEED:-1}:"
  exec "$work/plain" "$bundle" --walk "$3" --live
fi
clicks=$(folder "$1")
bundle=$(folder "$2")

rows() {  # what watches, bundle, program and its arguments; rows are told only where one fails
  echo "$1:"
  # shellcheck disable=SC2086
  "${@:3}" "$2" ${ROWS:-} > "$work/said" 2> "$work/errors" || { cat "$work/said" "$work/errors" >&2; fail "$1"; }
  tail -n 1 "$work/said" | sed 's/^/  /'
}
finds() {  # a name, what it says of an offence, program: a checker must also find something where there is something
  ! OFFEND=1 "${@:3}" "$clicks" sustain-pedal > "$work/offence" 2>&1 || fail "$1 finds nothing"
  grep -q "$2" "$work/offence" || fail "$1 finds something else: $(cat "$work/offence")"
}

build realtime -fsanitize=realtime
"$toolchain/bin/clang" -std=gnu2x -g -O1 -Wall -fPIC -shared -fno-builtin "$here/interposer.c" -o "$work/interposer.so" -ldl
interposed=(env LD_PRELOAD="$work/interposer.so" "$work/plain")
rows "RealtimeSanitizer, clicks" "$clicks" "$work/realtime"
rows "RealtimeSanitizer, the piano" "$bundle" "$work/realtime"
INSTRUMENT=foley rows "RealtimeSanitizer, Foley" "$bundle" "$work/realtime"
finds RealtimeSanitizer 'RealtimeSanitizer: unsafe-library-call' "$work/realtime"
rows "Interposer, clicks" "$clicks" "${interposed[@]}"
finds "the interposer" 'interposer: malloc on a real-time thread' "${interposed[@]}"

if [ $# -ge 4 ]; then
  # Leaks are looked for by the walk: the Swift runtime keeps what it made once.
  export ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=halt_on_error=1
  libraries=$("$toolchain/bin/clang" -print-resource-dir)/lib/linux
  build address -fsanitize=address -fuse-ld=lld
  rows "AddressSanitizer, clicks" "$(folder "$3")" "$work/address"
  build thread -fsanitize=thread -shared-libsan -fuse-ld=lld -L"$toolchain/lib/swift/linux" -ldispatch -lBlocksRuntime \
    -Wl,-rpath,"$toolchain/lib/swift/linux" -Wl,-rpath,"$libraries"
  rows "ThreadSanitizer, clicks" "$(folder "$4")" "$work/thread"
fi
if command -v valgrind > /dev/null; then
  # Its processor is fifty times slower: the rows in which memory is at stake.
  memory="ports notify sequences messages objects gone restored values voice-that"
  # shellcheck disable=SC2086
  ROWS=$memory rows "Valgrind, clicks" "$clicks" valgrind --quiet --error-exitcode=99 --exit-on-first-error=yes \
    --suppressions="$here/valgrind.supp" "$work/plain"
else
  echo "SKIPPED, since it is not installed: valgrind"
fi
echo "A random walk with clicks, freewheeling:"
"${interposed[@]}" "$clicks" --walk ${WALK:-600}
echo "A random walk with the piano, freewheeling:"
"${interposed[@]}" "$bundle" --walk ${WALK:-30}
echo "A random walk with Foley, freewheeling:"
INSTRUMENT=foley "${interposed[@]}" "$bundle" --walk ${WALK:-30}
