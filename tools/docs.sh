#!/usr/bin/env bash
# The reference as HTML: a page for every public symbol of every room, in build/docs.
# usage: docs.sh    (then: python3 -m http.server --directory build/docs)
set -euo pipefail
cd "$(dirname "$0")/.."

rooms=(Tensors Torch Layers Score Resampling Media Pictures Film Codec Generator Conditioning Performer Plugin Hosting Training FilmSets)
docc=$(dirname "$(readlink -f "$(command -v swift)")")/docc
[ -x "$docc" ] || { echo "docs: expected docc beside the Swift compiler, found none at $docc" >&2; exit 1; }

echo "Reading the sources (a build of its own, minutes the first time)"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Its exit status counts the test bundle, which has no symbols: whether the rooms' files are there is what tells.
swift package --scratch-path build/docs-build dump-symbol-graph --minimum-access-level public \
  --skip-synthesized-members > "$log" 2>&1 || true
graphs=$(sed -n 's/^Files written to //p' "$log")
for room in "${rooms[@]}"; do
  [ -s "$graphs/$room.symbols.json" ] || { tail -20 "$log" >&2; echo "docs: $room has no symbols" >&2; exit 1; }
done

rm -rf build/docs && mkdir -p build/docs
for room in "${rooms[@]}"; do
  one=$(mktemp -d)
  cp "$graphs/$room".symbols.json "$one/"
  "$docc" convert --fallback-display-name "$room" --fallback-bundle-identifier "fotoplayer.$room" \
    --additional-symbol-graph-dir "$one" --output-path "build/docs/$room" \
    --transform-for-static-hosting --hosting-base-path "$room" > /dev/null
  rm -r "$one"
  echo "  $room"
done
{
  echo '<!doctype html><meta charset="utf-8"><title>Fotoplayer</title><h1>Fotoplayer: the rooms</h1><ul>'
  for room in "${rooms[@]}"; do
    echo "<li><a href=\"$room/documentation/${room,,}/\">$room</a></li>"
  done
  echo '</ul>'
} > build/docs/index.html
echo "build/docs is ready: python3 -m http.server --directory build/docs"
