#!/usr/bin/env bash
# A trainer for machines with a PyTorch and no Swift: build/portable-trainer, with Swift inside and the sound libraries
# beside it, without films and captions (the traits), and the same packed, to be carried there. What it still asks of a machine: a GNU libc and libstdc++ no older than those here.
# usage: portable-trainer.sh
set -euo pipefail
cd "$(dirname "$0")/.."
folder=build/portable-trainer
built=build/portable-build

# Foundation's tables of languages are half of the program, which speaks English only.
mkdir -p $built
resources=$("${SWIFT:-swift}" -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
tables=$(tools/portable-languages.py "${resources}_static/linux" "$PWD/$built/languages.o")

# RPATH rather than RUNPATH, so that the carried libraries find each other too.
"${SWIFT:-swift}" build -c release --product fotoplayer-train --disable-default-traits --static-swift-stdlib \
  --scratch-path $built -Xlinker -rpath -Xlinker '$ORIGIN/lib' -Xlinker --disable-new-dtags -Xlinker --gc-sections \
  -Xlinker "$PWD/$built/languages.o" -Xlinker --wrap="$tables"
program=$(find $built -path '*release/fotoplayer-train' -type f -perm -u+x | head -1)

rm -rf $folder && mkdir -p $folder/lib $folder/licences
strip -o $folder/fotoplayer-train "$program"
# Everything but the C and C++ libraries and the loader, which belong to the machine and which PyTorch shares.
system='^(linux-vdso|ld-linux.*|libc|libm|libdl|librt|libpthread|libutil|libresolv|libgcc_s|libstdc\+\+)\.so'
ldd "$program" | while read -r name _ path _; do
  [[ $name =~ $system || $name == /* ]] && continue
  [[ -e $path ]] || { echo "portable-trainer: $name is not found" >&2; exit 1; }
  cp "$(readlink -f "$path")" "$folder/lib/$name"
  package=$(dpkg-query -S "$(readlink -f "$path")" 2> /dev/null | cut -d: -f1 | head -1 || true)
  [[ -n $package ]] && cp "/usr/share/doc/$package/copyright" "$folder/licences/$package" || true
done
cp LICENSE $folder/licences/fotoplayer
cat > $folder/README <<'TEXT'
fotoplayer-train for machines without Swift. It finds a PyTorch (2.11 or later) by itself, or by --torch or
FOTOPLAYER_TORCH:

  ./fotoplayer-train engine --device cuda
  ./fotoplayer-train generator --help

It makes no films and reads none (data film, data check), and reads no captions (features): that needs a fotoplayer-train that was built as usual.
lib/ holds the sound libraries that it reads and writes files with; keep it beside the program.
TEXT
tar -C build -cJf $folder.tar.xz portable-trainer
echo "$folder is ready, and packed in $folder.tar.xz: $(du -h $folder.tar.xz | cut -f1)"
