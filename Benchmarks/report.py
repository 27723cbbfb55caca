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
PEERS = {name: "PyTorch, 2 threads" for name in ("training step", "training step, torch engine")}


def seconds(who):
    gathered = {}
    for path in sorted(glob.glob(f"{folder}/{who}.*.json")):
        for one in json.loads(pathlib.Path(path).read_text()):
            gathered.setdefault(one["name"], []).extend(one["seconds"])
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
    print(
        f"| {name} | {1000 * best:.3f} ms | {1000 * middle:.3f} ms | {PEERS.get(name, 'ONNX Runtime, 1 thread')} "
        f"| {1000 * min(other):.3f} ms | {1000 * statistics.median(other):.3f} ms "
        f"| {min(other) / best:.2f} | {statistics.median(other) / middle:.2f} |")
factors = [
    float(re.search(r"real-time factor ([0-9.]+)", pathlib.Path(path).read_text()).group(1))
    for path in sorted(glob.glob(f"{folder}/render.*.txt"))
]
print(
    f"\n`fotoplayer render` on one core, 30 s of the demo at the default steps and block: real-time factor "
    f"{min(factors):.3f} at best, {statistics.median(factors):.3f} in the median of {len(factors)}.")
live = (folder / "live.txt").read_text().strip().splitlines()
print("\nLive in jalv, JACK dummy driver, 48 kHz, buffers of 256, blocks of 2 frames, everything on one core:")
for line in live:
    print(f"    {line.strip()}")
