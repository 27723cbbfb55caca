#!/bin/bash
# Looks at the bundle as a host and a packager do: valid descriptions, one symbol, no runtime to install, ports as promised.
# usage: bundle.sh BUNDLE/
set -euo pipefail
bundle=$(cd "$1" && pwd)
fail() { echo "bundle: $*" >&2; exit 1; }

# Its exit status does not tell: the lines do. A file that it cannot read has no errors.
validation=$(lv2_validate "$bundle"/*.ttl 2>&1) || true
grep -q 'Found 0 errors' <<< "$validation" && ! grep -q '^error' <<< "$validation" || fail "lv2_validate: $validation"

exported=$(nm -D --defined-only "$bundle/fotoplayer.so" | awk '{ print $2, $3 }')
[ "$exported" = "T lv2_descriptor" ] || fail "exports: $exported"
libraries=$(ldd "$bundle/fotoplayer.so")
grep -qE 'libswift|libFoundation|libdispatch|openblas|not found' <<< "$libraries" && fail "needs: $libraries"
readelf -d "$bundle/fotoplayer.so" | grep -q NODELETE || fail "could be unloaded while its threads run"

for voice in $(grep -ho '<voices/[^>]*>' "$bundle/presets.ttl" | tr -d '<>' | sort -u); do
  [ -f "$bundle/$voice" ] || fail "a preset plays $voice, which is not there"
done

folder=$(mktemp -d)
trap 'rm -rf "$folder" "$folder.bench"' EXIT
ln -s "$bundle" "$folder/fotoplayer.lv2"
export LV2_PATH="$folder:/usr/lib/lv2"
description=$(lv2info urn:fotoplayer:piano)
for word in 'Has latency: *yes, reported by port 4' 'Required Features: http://lv2plug.in/ns/ext/urid#map$' \
  'state#interface' 'Light keys' 'Class: *Instrument Plugin'; do
  grep -qE "$word" <<< "$description" || fail "lv2info does not say: $word"
done
description=$(lv2info urn:fotoplayer:foley)
for word in 'Has latency: *yes, reported by port 4' 'Class: *Instrument Plugin' 'state#interface'; do
  grep -qE "$word" <<< "$description" || fail "lv2info does not say of Foley: $word"
done
# The descriptions' controls begin where the code's do; lv2bench connects and runs them all.
for plugin in piano foley; do
  lv2bench -b 256 -n 48000 urn:fotoplayer:$plugin > "$folder.bench" || fail "lv2bench: $(cat "$folder.bench")"
  grep -q urn:fotoplayer:$plugin "$folder.bench" || fail "lv2bench did not run $plugin"
done
echo "The bundle is valid and self-contained: $(du -k "$bundle/fotoplayer.so" | cut -f1) kB of code."
