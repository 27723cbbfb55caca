#!/bin/bash
# Fotoplayer Foley in a host: a film, a prompt and what begins make the same samples through the plugin as through the command line,
# at any buffer length, before and after a state was saved; what begins is found, or said.
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
voice=$bundle/voices/foley.safetensors
"$programs/host-tool" compose events.mid played --seconds 3
watch() {  # output, more
  "$programs/fotoplayer" watch "$film" -o "$@" > log 2>&1 || fail "the film was not watched"
}
watch found.safetensors --voice "$voice"
grep -Eq ' [1-9][0-9]* events' log || fail "nothing was found in the film of a ball that bounces"
watch said.safetensors --events events.mid

alone() {  # output, more
  "$programs/fotoplayer" foley "$film" --prompt "a ball bounces on wood" -o "$@" --voice "$voice" --block 6 --steps 8 --guidance 2 \
    --seed 0 --quiet > log 2>&1 || fail "the command gave up"
}
perform() {  # buffer, output, more
  "$programs/lv2-perform" "$bundle" --plugin urn:fotoplayer:foley --seconds 6 --freewheel --buffer "$1" -o "$2" "${@:3}" \
    > log 2>&1 || fail "lv2-perform gave up"
}
compare() {  # what, sounds
  said=$("$programs/host-tool" compare --slack 6 "${@:2}" 2>&1) || fail "$said"
  echo "$1 sound alike through the plugin and through the command line: $said"
}
alone command.wav
perform 256 told.wav --text prompt="a ball bounces on wood" --path film=found.safetensors --save-state state.ttl
grep -q 'a ball bounces on wood' state.ttl || fail "the state does not keep the prompt"
# A film that is set says that there is a transport.
perform 1000 restored.wav --state state.ttl --path film=found.safetensors
compare "A film, a prompt and what was found" command.wav told.wav restored.wav
alone command.wav --events events.mid
perform 333 said.wav --text prompt="a ball bounces on wood" --path film=said.safetensors
compare "A film, a prompt and what was said" command.wav said.wav
