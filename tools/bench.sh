#!/usr/bin/env bash
# Every speed that the documents claim, with the peer beside it in the same run; writes build/bench.md.
# The peers are Python packages: in an environment of its own (some hundred megabytes, once), or in $BENCH_PYTHON.
# usage: bench.sh [ROUNDS]      on a machine that does nothing else
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5}
voice=presets/piano.safetensors
release=.build/release
python=${BENCH_PYTHON:-build/bench-venv/bin/python}
folder=build/bench
mkdir -p $folder

if [ -z "${BENCH_PYTHON:-}" ] && [ ! -x "$python" ]; then
  echo "bench: making build/bench-venv (once, some minutes)"
  python3 -c 'import venv, ensurepip' 2> /dev/null || tools/install-packages.sh python3-venv
  rm -rf build/bench-venv.new
  python3 -m venv build/bench-venv.new
  build/bench-venv.new/bin/python -m pip --disable-pip-version-check --quiet install \
    torch==2.13.0 onnx onnxruntime safetensors numpy
  mv build/bench-venv.new build/bench-venv
fi

for product in bench-kernels bench-models bench-plugin fotoplayer fotoplayer-train; do
  swift build ${TRAITS:-} -c release --product $product > $folder/build.log 2>&1 || { cat $folder/build.log >&2; exit 1; }
done

echo "bench: products"
$release/bench-kernels > $folder/kernels.md
# Ours and theirs in turns, so that what disturbs the machine disturbs both.
rm -f $folder/ours.*.json $folder/theirs.*.json
for round in $(seq "$rounds"); do
  echo "bench: networks, round $round of $rounds"
  taskset -c 1 $release/bench-models $voice $folder 6 live > $folder/ours.live.$round.json
  taskset -c 1 "$python" Benchmarks/peers/peers.py $voice $folder 6 live > $folder/theirs.live.$round.json
  $release/bench-models $voice $folder 2 training > $folder/ours.training.$round.json
  FOTOPLAYER_TORCH=$("$python" -c 'import importlib.util as u; print(u.find_spec("torch").submodule_search_locations[0])') \
    $release/bench-models $voice $folder 2 torch > $folder/ours.torch.$round.json
  "$python" Benchmarks/peers/peers.py $voice $folder 2 training > $folder/theirs.training.$round.json
done
for round in $(seq "$rounds"); do
  echo "bench: the whole instrument on one core, round $round of $rounds"
  taskset -c 1 $release/fotoplayer render presets/demo/demo.mid --voice $voice --from 0 --to 30 \
    -o $folder/render.wav > $folder/render.$round.txt
done
echo "bench: a drawn film of a minute, to be read"
[ -s $folder/film/clip-00001/top.mp4 ] || $release/fotoplayer-train data film --out $folder/film --clips 1 --seed 1 \
  --seconds 60 --size 1280x720 --views top > $folder/film.log 2>&1 || { cat $folder/film.log >&2; exit 1; }
for round in $(seq "$rounds"); do
  echo "bench: the film is read, decoding and all, round $round of $rounds"
  TIMEFORMAT=%R
  { time $release/fotoplayer roll $folder/film/clip-00001/top.mp4 -o $folder/film.mid > $folder/roll.log 2>&1; } \
    2> $folder/roll.$round.txt || { cat $folder/roll.log >&2; exit 1; }
done
echo "bench: 60 seconds live in jalv under JACK, on one core"
tools/install-packages.sh pkg-config lv2-dev libsndfile1-dev jalv jackd2 libjack-jackd2-dev lilv-utils mda-lv2
taskset -c 1 Tests/Hosts/jack.sh build/fotoplayer.lv2 60 live > $folder/live.txt || cat $folder/live.txt >&2
echo "bench: from a key to its sound, through JACK"
for preset in "Stage 2 256" "Stage 2 128" "Quick_response 1 256" "Quick_response 1 128"; do
  read -r name block buffer <<< "$preset"
  Tests/Hosts/jack.sh build/fotoplayer.lv2 22 keys "$block" "$buffer" > $folder/keys.$name.$block.$buffer.txt
done
echo "bench: the plugin's weight"
$release/bench-plugin build/fotoplayer.lv2 20 > $folder/plugin.md
python3 Benchmarks/report.py $folder > build/bench.md
cat build/bench.md
