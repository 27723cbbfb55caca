#!/bin/bash
# Fotoplayer Foley in a host: a film, a prompt and events make the same samples through the plugin as through the command line, at
# any buffer length, before and after a state was saved.
# usage: foley.sh BUNDLE/ PROGRAMS/   (the folder of fotoplayer, fotoplayer-train, lv2-perform and host-tool)
set -euo pipefail
bundle=$(cd "$1" && pwd)
programs=$(cd "$2" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "foley: $*" >&2; [ ! -s "$work/log" ] || cat "$work/log" >&2; exit 1; }
cd "$work"

# A ball is drawn, and its sound computed: no recordings are needed.
"$programs/fotoplayer-train" data foley --out films --clips 1 --seed 7 --filmed 1 --causes bounce --seconds 4-5 > log 2>&1 ||
  fail "no film was drawn"
film=films/clip-00001/video.mp4
"$programs/fotoplayer" watch "$film" -o seen.safetensors > log 2>&1 || fail "the film was not watched"
"$programs/host-tool" compose events.mid played --seconds 3

"$programs/fotoplayer" foley "$film" --prompt "a ball bounces on wood" --events events.mid -o command.wav \
  --voice "$bundle/voices/foley.safetensors" --block 6 --steps 8 --guidance 2 --seed 0 --quiet > log 2>&1 || fail "the command gave up"
perform() {  # buffer, output, more
  "$programs/lv2-perform" "$bundle" --plugin urn:fotoplayer:foley --patch-score events.mid --seconds 6 --freewheel \
    --buffer "$1" -o "$2" "${@:3}" > log 2>&1 || fail "lv2-perform gave up"
}
perform 256 told.wav --text prompt="a ball bounces on wood" --path film=seen.safetensors --save-state state.ttl
grep -q 'a ball bounces on wood' state.ttl || fail "the state does not keep the prompt"
perform 1000 restored.wav --state state.ttl
said=$("$programs/host-tool" compare --slack 6 command.wav told.wav restored.wav 2>&1) || fail "$said"
echo "A film, a prompt and events sound alike through the plugin and through the command line: $said"
