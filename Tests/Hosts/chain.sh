#!/bin/bash
# `fotoplayer-train chain` at toy size: data, all stages, sounds and the table; again, which does nothing; and what stages say
# of bad material and full disks.
# usage: chain.sh FOTOPLAYER-TRAIN
set -euo pipefail
trainer=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "chain: FAILED: $*" >&2; tail -20 ./*.log >&2 2> /dev/null || true; exit 1; }

"$trainer" chain --size toy --out chain > first.log 2>&1 || fail "the chain ended with $?"
for run in words joint stage2 contrast preferred; do
  [ -s "chain/$run/plot.svg" ] || fail "$run has no plot"
  [ "$(ls "chain/sounds/$run/made" | wc -l)" -gt 0 ] || fail "$run made no sounds"
done
[ "$(grep -c '^|' chain/table.md)" = 7 ] || fail "the table has not a row for each stage"
for column in 'kept clips' 'kept clips unled' 'kept contrast' 'kept implicit accuracy' 'kept piece' 'frame F1, top' SI-SDR AV-Align; do
  grep -q "$column" chain/table.md || fail "the table has no column $column"
done
! grep -qi 'nan' chain/table.md || fail "the table has what is no number"

# What is done is not done again.
find chain -name '*.safetensors' -o -name '*.wav' -o -name '*.mp4' | sort | xargs stat -c '%n %Y %s' > before
"$trainer" chain --size toy --out chain > second.log 2>&1 || fail "the second time it ended with $?"
find chain -name '*.safetensors' -o -name '*.wav' -o -name '*.mp4' | sort | xargs stat -c '%n %Y %s' > after
cmp before after || fail "the second time it did something: $(diff before after | head -3)"

# What a bad command, clip or disk leads to: words of what was expected, and a status that is not 0.
refused() {  # the words, then the command
  local words=$1 status=0
  shift
  "$trainer" "$@" > refused.log 2>&1 || status=$?
  [ "$status" != 0 ] && [ "$status" -lt 128 ] || fail "status $status of $*"
  grep -qF -- "$words" refused.log || fail "no word of \"$words\" from $*"
}
clip='"audio":"clips/clip-00001/audio.wav","seconds":2'
cp -r chain/clips clips
printf '{"id":"a",%s,"captions":["%s"]}\n' "$clip" "$(yes word | head -10000 | tr '\n' ' ')" > long.jsonl
printf '{"id":"a",%s,"captions":["  "]}\n' "$clip" > empty.jsonl
printf '{"id":"a",%s,"captions":["a"],"video":"clips/clip-00001/audio.wav"}\n' "$clip" > blind.jsonl
head -c 3000 clips/clip-00001/video.mp4 > cut.mp4
printf '{"id":"a",%s,"captions":["a"],"video":"cut.mp4"}\n' "$clip" > cut.jsonl
more=(--frames 96 --codec chain/codec --steps 2)
refused 'a: expected a caption of 1…512 words, found 10000' stage1 --part words --data long.jsonl --out r1 "${more[@]}"
refused 'expected captions to be words' stage1 --part words --data empty.jsonl --out r1 "${more[@]}"
refused 'clips/clip-00001/audio.wav: expected' stage1 --part joint --data blind.jsonl --out r1 "${more[@]}"
refused 'cut.mp4: expected' stage1 --part joint --data cut.jsonl --out r1 "${more[@]}"
refused 'expected --data' stage1 --part words --out r1 "${more[@]}"
refused 'nothing that can be read' stage1 --part words --data none --out r1 "${more[@]}"
refused 'expected a run of `fotoplayer-train stage1`, found one of codec' \
  stage2 --from chain/codec --data chain/clips --piano chain/piano --out r2
refused 'expected a run of `fotoplayer-train stage2`' \
  stage3 --preference --from chain/joint --preferred chain/piano --control chain/control --out r3
refused 'expected the encoders that it learned with' \
  stage2 --from chain/joint --films none --data chain/clips --piano chain/piano --frames 96 --out r2
refused 'chain/words: expected' stage1 --part words --data chain/clips --codec chain/words --frames 96 --out r1
refused 'config.json' stage1 --part words --data chain/clips --codec chain/codec --words clips --frames 96 --out r1
refused 'chain/joint holds another run' \
  stage1 --part joint --from chain/words --data chain/clips --frames 96 --steps 3 --out chain/joint
# Files end at 300 kB, where weights do not fit.
(ulimit -f 300; trap '' XFSZ; refused 'cannot write' \
  stage1 --part words --data chain/clips --kept chain/tested --frames 96 --codec chain/codec --steps 2 --batch 2 --out full)
[ -z "$(find full/checkpoints -name DONE 2> /dev/null)" ] || fail "a checkpoint for which there was no room"
"$trainer" stage1 --part words --data chain/clips --kept chain/tested --frames 96 --codec chain/codec --steps 2 --batch 2 \
  --out full > full.log 2>&1 || fail "with room again"
echo "chain: all stages from nothing, again for nothing, and every fault told"
