#!/bin/bash
# `fotoplayer-train chain` at toy size: data, all stages, sounds and the table; again in the paper's tables, where nothing is done
# twice; encoders that were downloaded; several ranks; and what stages say of bad material and full disks.
# usage: chain.sh FOTOPLAYER-TRAIN
set -euo pipefail
trainer=$(realpath "$1")
fixtures=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "chain: FAILED: $*" >&2; tail -20 ./*.log >&2 2> /dev/null || true; exit 1; }

"$trainer" chain --size toy --out tables/seed-1 > first.log 2>&1 || fail "the chain ended with $?"
for run in words joint stage2 contrast preferred; do
  [ -s "tables/seed-1/$run/plot.svg" ] || fail "$run has no plot"
  [ "$(ls "tables/seed-1/sounds/$run/made" | wc -l)" -gt 0 ] || fail "$run made no sounds"
done
[ "$(grep -c '^|' tables/seed-1/table.md)" = 7 ] || fail "the table has not a row for each stage"
for column in 'kept clips' 'kept clips unled' 'kept contrast' 'kept implicit accuracy' 'kept piece' 'frame F1, top' SI-SDR AV-Align; do
  grep -q "$column" tables/seed-1/table.md || fail "the table has no column $column"
done
! grep -qi 'nan' tables/seed-1/table.md || fail "the table has what is no number"

# The same chain is a seed of the paper's tables, and what is done of it is not done again.
find tables/seed-1 -name '*.safetensors' -o -name '*.wav' -o -name '*.mp4' | sort > files
xargs stat -c '%n %Y %s' < files > before
"$trainer" tables --out tables --seeds 1 > tables.log 2>&1 || fail "the table ended with $?"
xargs stat -c '%n %Y %s' < files > after
[ -s files ] && cmp before after || fail "the second time it did something: $(diff before after | head -3)"
[ "$(grep -c '^| ' tables/tables.md)" = 17 ] || fail "the tables have not five, five and four rows: $(cat tables/tables.md)"
for column in SI-SDR AV-Align 'onset error' 'onset F of the roll' 'Audeo' '+ DPO' '+ FactorCL' \
  'in the preferred style' 'after it'; do
  grep -qF -- "$column" tables/tables.md || fail "the paper's tables have no $column"
done
for way in own synthesised unguided guided velocity preferred; do
  [ "$(ls "tables/seed-1/heard/$way")" = "$(ls tables/seed-1/heard/own)" ] || fail "not every film was performed by $way"
done
[ "$(ls tables/seed-1/heard/own | wc -l)" = "$(ls tables/seed-1/heard/scores | wc -l)" ] || fail "not every film has its score"
cp tables/tables.md once.md
"$trainer" tables --out tables --seeds 1 --only-measure > again.log 2>&1 || fail "the table from checkpoints ended with $?"
cmp once.md tables/tables.md || fail "the table from checkpoints is another"
[ "$("$trainer" tables --out tables --seeds 1,2 --dry-run | grep -c '^\$ ')" = 56 ] || fail "two seeds are not so many commands"

# Encoders as they are downloaded go through the stages, too: small ones of random weights, a T5 with its tokenizer and a CLIP.
clips=(--data tables/seed-1/clips --kept tables/seed-1/tested --frames 96 --features features --cache cache --steps 2 --batch 2)
"$trainer" stage1 --part joint --codec tables/seed-1/codec --words "$fixtures/WordsTests/Fixtures/flan" \
  --films "$fixtures/ConditioningTests/Fixtures/clip-plain" --out snapshots "${clips[@]}" > snapshots.log 2>&1 ||
  fail "a stage with a T5 and a CLIP ended with $?"
grep -Eq '"textFeatures": *24\b' snapshots/run.json && grep -Eq '"videoFeatures": *16\b' snapshots/run.json ||
  fail "the model does not read a T5 of 24 and a CLIP of 16 numbers"
"$trainer" stage2 --from snapshots --piano tables/seed-1/piano --piano tables/seed-1/control --out snapshots2 "${clips[@]}" > snapshots2.log 2>&1 ||
  fail "the next stage with a T5 and a CLIP ended with $?"
[ -n "$(find snapshots2/checkpoints -name DONE)" ] || fail "the next stage left no checkpoint"

# What begins in films is learned beside the stages.
"$trainer" events --codec tables/seed-1/codec --out events "${clips[@]}" > events.log 2>&1 || fail "events ended with $?"
grep -q '"recall"' events/log.jsonl || fail "events were not measured on the clips that were kept"

# Stages as two ranks, and in a PyTorch, come to what one process comes to here: the same losses, to the rounding of sums.
compared() {  # two names of runs, and how far apart their losses may be
  python3 - "$@" <<'END' || fail "$2 comes to something else than $1"
import json, sys
one, two = ([json.loads(line) for line in open(f"{run}/log.jsonl")] for run in sys.argv[1:3])
pairs = list(zip(one, two, strict=True))
losses = [(a["loss"], b["loss"]) for a, b in pairs if "loss" in a]
assert losses and all(abs(a - b) <= float(sys.argv[3]) * abs(a) for a, b in losses), losses
# After the last step, which tells of the gradients, too.
kept = [(a["measures"][name], b["measures"][name])
        for a, b in pairs if "measures" in a for name in a["measures"] if name.startswith("kept")]
assert kept and all(abs(a - b) <= 1e-4 * abs(a) for a, b in kept), kept
END
}
piano=(stage2 --from tables/seed-1/joint --piano tables/seed-1/piano --piano tables/seed-1/control
  --rolls tables/seed-1/rolls "${clips[@]}")
preferred=(stage3 --preference --from tables/seed-1/contrast --preferred tables/seed-1/piano --control tables/seed-1/control
  --frames 96 --steps 2 --batch 2)
"$trainer" "${piano[@]}" --out piano-1 > piano-1.log 2>&1 || fail "stage 2 alone ended with $?"
"$trainer" "${preferred[@]}" --out preferred-1 > preferred-1.log 2>&1 || fail "the preference alone ended with $?"
if "$trainer" "${piano[@]}" --engine torch --out piano-torch > piano-torch.log 2>&1; then
  compared piano-1 piano-torch 1e-4
  "$trainer" "${preferred[@]}" --engine torch --out preferred-torch > preferred-torch.log 2>&1 ||
    fail "the preference in PyTorch ended with $?"
  compared preferred-1 preferred-torch 1e-4
elif grep -q 'no libtorch was found' piano-torch.log; then
  echo "chain: there is no PyTorch: the stages have not run in it"
else
  fail "stage 2 in PyTorch failed"
fi
if command -v mpirun > /dev/null; then
  # As root, in any number, on any core; nothing of the kernel's that a container forbids.
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1 \
    PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe OMPI_MCA_hwloc_base_binding_policy=none \
    OMPI_MCA_btl_vader_single_copy_mechanism=none
  mpirun -n 2 "$trainer" "${piano[@]}" --out piano-2 > piano-2.log 2>&1 || fail "stage 2 as two ranks ended with $?"
  compared piano-1 piano-2 1e-5
  mpirun -n 2 "$trainer" "${preferred[@]}" --out preferred-2 > preferred-2.log 2>&1 ||
    fail "the preference as two ranks ended with $?"
  compared preferred-1 preferred-2 1e-5
else
  echo "chain: there is no mpirun: the stages have not run as several ranks"
fi

# What a bad command, clip or disk leads to: words of what was expected, and a status that is not 0.
refused() {  # the words, then the command
  local words=$1 status=0
  shift
  "$trainer" "$@" > refused.log 2>&1 || status=$?
  [ "$status" != 0 ] && [ "$status" -lt 128 ] || fail "status $status of $*"
  grep -qF -- "$words" refused.log || fail "no word of \"$words\" from $*"
}
clip='"audio":"clips/clip-00001/audio.wav","seconds":2'
cp -r tables/seed-1/clips clips
printf '{"id":"a",%s,"captions":["%s"]}\n' "$clip" "$(yes word | head -10000 | tr '\n' ' ')" > long.jsonl
printf '{"id":"a",%s,"captions":["  "]}\n' "$clip" > empty.jsonl
printf '{"id":"a",%s,"captions":["a"],"video":"clips/clip-00001/audio.wav"}\n' "$clip" > blind.jsonl
head -c 3000 clips/clip-00001/video.mp4 > cut.mp4
printf '{"id":"a",%s,"captions":["a"],"video":"cut.mp4"}\n' "$clip" > cut.jsonl
more=(--frames 96 --codec tables/seed-1/codec --steps 2)
refused 'a: expected a caption of 1…512 words, found 10000' stage1 --part words --data long.jsonl --out r1 "${more[@]}"
refused 'expected captions to be words' stage1 --part words --data empty.jsonl --out r1 "${more[@]}"
refused 'clips/clip-00001/audio.wav: expected' stage1 --part joint --data blind.jsonl --out r1 "${more[@]}"
refused 'cut.mp4: expected' stage1 --part joint --data cut.jsonl --out r1 "${more[@]}"
refused 'Missing expected argument' stage2 --from snapshots --data tables/seed-1/clips --out r1
refused '--times 0: expected 1…1000' chain --out r1 --times 0
refused 'expected --data' stage1 --part words --out r1 "${more[@]}"
refused 'nothing that can be read' stage1 --part words --data none --out r1 "${more[@]}"
refused 'expected a run of `fotoplayer-train stage1`, found one of codec' \
  stage2 --from tables/seed-1/codec --data tables/seed-1/clips --piano tables/seed-1/piano --out r2
refused 'expected a run of `fotoplayer-train stage2`' \
  stage3 --preference --from tables/seed-1/joint --preferred tables/seed-1/piano --control tables/seed-1/control --out r3
refused 'expected the encoders that it learned with' \
  stage2 --from tables/seed-1/joint --films none --data tables/seed-1/clips --piano tables/seed-1/piano --frames 96 --out r2
refused 'tables/seed-1/words: expected' stage1 --part words --data tables/seed-1/clips --codec tables/seed-1/words --frames 96 --out r1
refused 'config.json' stage1 --part words --data tables/seed-1/clips --codec tables/seed-1/codec --words clips --frames 96 --out r1
refused 'tables/seed-1/joint holds another run' \
  stage1 --part joint --from tables/seed-1/words --data tables/seed-1/clips --frames 96 --steps 3 --out tables/seed-1/joint
# Files end at 300 kB, where weights do not fit.
(ulimit -f 300; trap '' XFSZ; refused 'cannot write' \
  stage1 --part words --data tables/seed-1/clips --kept tables/seed-1/tested --frames 96 --codec tables/seed-1/codec --steps 2 --batch 2 --out full)
[ -z "$(find full/checkpoints -name DONE 2> /dev/null)" ] || fail "a checkpoint for which there was no room"
"$trainer" stage1 --part words --data tables/seed-1/clips --kept tables/seed-1/tested --frames 96 --codec tables/seed-1/codec --steps 2 --batch 2 \
  --out full > full.log 2>&1 || fail "with room again"
echo "chain: all stages from nothing, again for nothing, and every fault told"
