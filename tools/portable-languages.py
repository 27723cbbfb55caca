#!/usr/bin/env python3
"""An object file that takes the place of the tables of languages in Swift's Foundation (31 MB of names of months, of
currencies, orders of letters, …) and holds those of English and what belongs to no language: for programs that speak
English only. A language that is looked for and not there is English or nobody's, as anywhere in ICU.
usage: portable-languages.py FOLDER OUT.o     (the folder of Swift's static libraries)
It prints the name by which Foundation asks for its tables; with --wrap=NAME the linker gives it these."""
import pathlib
import re
import struct
import subprocess
import sys

# de.res, zh_Hant_HK.res, …; tables that are not a language's have longer names.
OTHERS = re.compile(r"(.*/)?(?!en[._])[a-z]{2,3}(_\w+)?\.res")


def run(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


def tables(package: bytes) -> list[tuple[bytes, bytes]]:
    """Names and bytes of what is in ICU's common data: a header; how many; for each where its name and its bytes begin,
    counted from there; all sorted by name."""
    start = struct.unpack_from("<H", package)[0]
    if package[2:4] != b"\xda\x27" or package[12:16] != b"CmnD":
        sys.exit("portable-languages: expected ICU's common data, found something else")
    body = package[start:]
    count = struct.unpack_from("<I", body)[0]
    places = [struct.unpack_from("<II", body, 4 + 8 * index) for index in range(count)]
    ends = [place for _, place in places[1:]] + [len(body)]
    return [(body[name:body.index(b"\0", name)], body[place:end]) for (name, place), end in zip(places, ends)]


def packed(header: bytes, kept: list[tuple[bytes, bytes]]) -> bytes:
    names, contents = bytearray(), bytearray()
    first = 4 + 8 * len(kept)
    begin = (first + sum(len(name) + 1 for name, _ in kept) + 15) // 16 * 16
    index = struct.pack("<I", len(kept))
    for name, table in kept:
        index += struct.pack("<II", first + len(names), begin + len(contents))
        names += name + b"\0"
        contents += table + bytes(-len(table) % 16)
    return header + index + names + bytes(begin - first - len(names)) + contents


folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
library = folder / "lib_FoundationICU.a"
if not library.exists():
    sys.exit(f"portable-languages: expected {library}, found none; is this a Swift with static libraries?")
whole, data, source = (out.with_suffix(ending) for ending in (".whole.o", ".dat", ".s"))
whole.write_bytes(run("ar", "p", str(library), "icu_packaged_data.cpp.o"))
symbol = re.search(rb" [RDrd] (icudt\d+_dat)$", run("nm", str(whole)), re.MULTILINE)
if not symbol:
    sys.exit(f"portable-languages: {library} has no tables where they were expected")
run("objcopy", "-O", "binary", "-j", ".rodata*", str(whole), str(data))
package = data.read_bytes()
kept = [(name, table) for name, table in tables(package) if not OTHERS.fullmatch(name.decode().split("/", 1)[1])]
data.write_bytes(packed(package[:struct.unpack_from("<H", package)[0]], kept))
name = symbol[1].decode()
source.write_text(f'.section .rodata\n.globl __wrap_{name}\n.balign 16\n__wrap_{name}: .incbin "{data}"\n'
                  f'.section .note.GNU-stack,"",@progbits\n')
run("as", "-o", str(out), str(source))
print(f"tables of languages: {data.stat().st_size >> 20} of {len(package) >> 20} MB", file=sys.stderr)
print(name)
