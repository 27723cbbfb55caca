#!/usr/bin/env bash
# The judge: an independent transcriber listens to held-out pieces, and its notes are compared with the score.
# Makes its Python environment and fetches the scores on the first run; what it does then stands in judge.py.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."

scores=build/judge/scores
python=${JUDGE_PYTHON:-build/judge-venv/bin/python}

# torch's build for processors alone is a tenth of the usual one, where pip can find it.
make_environment() {
  local base
  base=$(for name in python3.12 python3.11 python3.13 python3.10 python3; do
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
  echo "judge: transkun 2.0.1 and what it needs"
  "${pip[@]}" moduleconf ncls soxr pydub mir_eval pretty_midi scipy 'numpy<2' 'setuptools<81'
  "${pip[@]}" --no-deps transkun==2.0.1
  # Under its own name only when it is whole; python -m works from either.
  rm -rf build/judge-venv
  mv build/judge-venv.new build/judge-venv
}

# Recorded performances, out of a package's tests. Their licence does not allow to pass them on.
fetch_scores() {
  local fetching=build/judge/fetching
  echo "judge: fetching the held-out performances"
  rm -rf "$fetching" && mkdir -p "$fetching"
  "$python" -m pip --disable-pip-version-check --quiet download --no-deps \
    --no-binary miditok --dest "$fetching" miditok==3.1.0
  tar -xzf "$fetching"/miditok-3.1.0.tar.gz -C "$fetching"
  mkdir -p "$scores"
  cp "$fetching"/miditok-3.1.0/tests/MIDIs_one_track/Maestro_[1-5].mid "$scores"/
  rm -rf "$fetching"
}

mkdir -p build/judge
[ -n "${JUDGE_PYTHON:-}" ] || [ -x "$python" ] || make_environment
[ -f "$scores/Maestro_5.mid" ] || fetch_scores

PYTHONPATH=$here/stub:$here PYTHONWARNINGS=ignore exec nice -n 10 "$python" "$here/judge.py" --scores "$scores" "$@"
