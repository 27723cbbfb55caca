#!/bin/bash
# The portable trainer where there is no Swift: elsewhere, with an empty environment, and with /opt/swift hidden where this
# user may hide it. With FOTOPLAYER_TORCH it checks that PyTorch too.
# usage: portable.sh build/portable-trainer/
set -euo pipefail
folder=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "portable: $*" >&2; exit 1; }

size=$(du -sm "$folder" | cut -f1)
[ "$size" -lt 60 ] || fail "$size MB; less than 60 was promised"
tar -C "$work" -xf "${folder%/}.tar.xz"
cd "$work/portable-trainer"
for file in fotoplayer-train lib/*; do
  needs=$(env -i ldd "$file")
  # A library alone does not know the folder that the program gives it.
  [ "$file" != fotoplayer-train ] || ! grep 'not found' <<< "$needs" || fail "$file lacks a library"
  ! grep -i swift <<< "$needs" || fail "$file needs a Swift"
  ! grep -E 'libav|libsw|cairo|sentencepiece' <<< "$needs" || fail "$file needs what films or captions need"
done

hide=(env -i)
if unshare -rm true 2> /dev/null && [ -d /opt/swift ]; then
  hide=(unshare -rm bash -c 'mount -t tmpfs none /opt/swift && exec env -i "$@"' hide)
fi
run_in() { "${hide[@]}" LANG="$1" LC_ALL="$1" ./fotoplayer-train "${@:2}" > "$work/said" 2>&1; }
run() { run_in C "$@"; }
run --help && grep -q 'Make material, train voices' "$work/said" || fail "--help: $(cat "$work/said")"
! run engine --torch /nowhere && grep -q 'no libtorch was found' "$work/said" || fail "engine: $(cat "$work/said")"
! run inspect /nowhere && grep -q 'there is no run here' "$work/said" || fail "inspect: $(cat "$work/said")"
! run data film --out films --clips 3 && grep -q 'this build has no films' "$work/said" || fail "film: $(cat "$work/said")"
! run data check films && grep -q 'this build has no films' "$work/said" || fail "check: $(cat "$work/said")"
! run features --text rain --encoder none -o x.safetensors && grep -q 'this build has no captions' "$work/said" || fail "features: $(cat "$work/said")"
# Few tables of languages are in it; whatever language the machine speaks must do.
for language in C de_DE.UTF-8 zh_Hant_TW.UTF-8 ar_EG.UTF-8 xx_YY; do
  run_in "$language" data piano --out set --hours 0.001 --soundfont none.sf2 || true
  grep -q 'none.sf2: no such sound font' "$work/said" || fail "in $language: $(cat "$work/said")"
done
checked="no libtorch to check it with (FOTOPLAYER_TORCH names one)"
if [ -n "${FOTOPLAYER_TORCH:-}" ]; then
  run engine --torch "$FOTOPLAYER_TORCH" || fail "engine: $(cat "$work/said")"
  checked=$(tail -1 "$work/said")
fi
echo "the portable trainer runs without Swift, $size MB: $checked"
