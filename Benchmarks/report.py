#!/usr/bin/env python3
"""Puts what tools/bench.sh measured into tables. usage: report.py FOLDER"""

import glob
import json
import pathlib
import platform
import re
import statistics
import sys

folder = pathlib.Path(sys.argv[1])
sounds = {}


def seconds(who):
    gathered = {}
    for path in sorted(glob.glob(f"{folder}/{who}.*.json")):
        for one in json.loads(pathlib.Path(path).read_text()):
            gathered.setdefault(one["name"], []).extend(one["seconds"])
            if one.get("sound"):
                sounds[one["name"]] = one["sound"]
    return gathered


def processor():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


ours, theirs = seconds("ours"), seconds("theirs")
print(f"Measured on: {processor()}, {platform.system()} {platform.release()}.\n")
print((folder / "kernels.md").read_text())
print("| what | ours, best | median | peer | best | median | peer's time / ours, best | median |")
print("|---|---|---|---|---|---|---|---|")
for name, mine in ours.items():
    other = theirs[name.removesuffix(", torch engine")]
    best, middle = min(mine), statistics.median(mine)
    peer = "PyTorch, 2 threads" if name in sounds else "ONNX Runtime, 1 thread"
    print(
        f"| {name} | {1000 * best:.3f} ms | {1000 * middle:.3f} ms | {peer} "
        f"| {1000 * min(other):.3f} ms | {1000 * statistics.median(other):.3f} ms "
        f"| {min(other) / best:.2f} | {statistics.median(other) / middle:.2f} |")
print("\nThe training steps as seconds of sound that pass a second, best and median:\n")
print("| what | ours, best | median | PyTorch, best | median |")
print("|---|---|---|---|---|")
for name, sound in sounds.items():
    both = (ours[name], theirs[name.removesuffix(", torch engine")])
    rates = [sound / one for times in both for one in (min(times), statistics.median(times))]
    print(f"| {name} | " + " | ".join(f"{rate:.1f}" for rate in rates) + " |")
factors = [
    float(re.search(r"real-time factor ([0-9.]+)", pathlib.Path(path).read_text()).group(1))
    for path in sorted(glob.glob(f"{folder}/render.*.txt"))
]
print(
    f"\n`fotoplayer render` on one core, 30 s of the demo at the default steps and block: real-time factor "
    f"{min(factors):.3f} at best, {statistics.median(factors):.3f} in the median of {len(factors)}.")
films = [60 / float(path.read_text()) for path in sorted(folder.glob("roll.*.txt"))]
print(
    f"\n`fotoplayer roll` on both cores, a minute of 1280 × 720 from above, 25 pictures a second, with the search for the keys: "
    f"{max(films):.1f} times as fast as the film at best, {statistics.median(films):.1f} in the median of {len(films)}.")
live = (folder / "live.txt").read_text().strip().splitlines()
print("\nLive in jalv, JACK dummy driver, 48 kHz, buffers of 256, blocks of 2 frames, everything on one core:")
for line in live:
    print(f"    {line.strip()}")
print("\nFrom a key to its sound, jalv under JACK's dummy driver, 48 kHz, live: milliseconds from the event to the sample at")
print("which the sound reaches a tenth of its height, of twenty notes:\n")
print("| preset | block | buffer | median | least | most |")
print("|---|---|---|---|---|---|")
for path in sorted(folder.glob("keys.*.txt")):
    _, preset, block, buffer, _ = path.name.split(".")
    found = re.search(r"median ([0-9.]+) least ([0-9.]+) most ([0-9.]+)", path.read_text()).groups()
    print(f"| {preset.replace('_', ' ')} | {block} | {buffer} | " + " | ".join(found) + " |")
print("\nThe plugin in a small host of its own, 48 kHz, buffers of 256, the default preset:\n")
print((folder / "plugin.md").read_text())
