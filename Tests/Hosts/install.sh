#!/bin/bash
# Installs and removes an assembled bundle as a packager and as a person do, in a folder that is thrown away:
# a host finds it at once, an older copy is replaced, and neighbours stay.
# usage: install.sh REPOSITORY/   (after `make bundle`)
set -euo pipefail
cd "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "install: $*" >&2; exit 1; }
command -v lv2ls > /dev/null || fail "lv2ls is missing: it comes in the package lilv-utils"

# The bundle is there: it is not built again (-o).
attempt() { make -s -o bundle "$@" > "$work/said" 2>&1 || fail "make $*: $(cat "$work/said")"; }
check() {  # the folder of bundles, options of make
  local folder=$1
  shift
  mkdir -p "$folder/fotoplayer.lv2" "$folder/neighbour"
  touch "$folder/fotoplayer.lv2/of-an-older-copy"
  printf '@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n<urn:neighbour> a lv2:Specification .\n' > "$folder/neighbour/manifest.ttl"
  attempt install "$@"
  diff -r build/fotoplayer.lv2 "$folder/fotoplayer.lv2" || fail "make install $*: not the bundle that was built"
  [ "$(find "$work" -path '*/man/man1/*.1' | wc -l)" = "$(find docs/man -name '*.1' | wc -l)" ] || fail "make install $*: manual pages"
  LV2_PATH=$folder lv2ls | grep -qx urn:fotoplayer:piano || fail "make install $*: no host finds it"
  attempt uninstall "$@"
  [ ! -e "$folder/fotoplayer.lv2" ] || fail "make uninstall $*: it is still there"
  [ -z "$(find "$work" -name 'fotoplayer*.1')" ] || fail "make uninstall $*: a manual page is still there"
  [ -d "$folder/neighbour" ] || fail "make uninstall $*: a neighbour is gone"
}
check "$work/home/.lv2" HOME="$work/home"
check "$work/everyone/lib/lv2" PREFIX="$work/everyone"
check "$work/package/usr/lib/lv2" PREFIX=/usr DESTDIR="$work/package"
echo "make install and make uninstall keep to their folder, with PREFIX and DESTDIR too."
