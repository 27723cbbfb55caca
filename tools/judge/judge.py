# The judge: excerpts of held-out pieces are rendered, heard by a transcriber, and compared with what was written.
# Prints a line a piece and the means, and writes them to build/judge.json.
import argparse
import json
import os
import sys
import time
from dataclasses import dataclass

from compare import compare
from excerpt import excerpt
from listen import listen, run

FOLDER = "build/judge"
SECONDS = 20.0
FLUID = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
MEASURES = ("onset", "precision", "recall", "release", "velocity", "lag")


@dataclass
class Piece:
  """A part of a score. The five recorded performances are the judgement; the demo's scores stand beside them."""
  name: str
  path: str
  begin: float
  held_out: bool


def pieces(scores):
  """Every performance from its first minute on, for beginnings are easy, and the demo's scores from the beginning."""
  return [Piece(f"Maestro_{n}", f"{scores}/Maestro_{n}.mid", 60, True) for n in range(1, 6)] + [
    Piece(name, f"presets/demo/{name}.mid", 0, False) for name in ("bach-prelude", "joplin-rag")]


def command(by, score, sound):
  """What renders `score` into `sound`."""
  if by == "plugin":
    return ["./.build/release/lv2-perform", "build/fotoplayer.lv2", "--score", score, "--output", sound, "--freewheel"]
  if by == "program":
    voice = os.environ.get("JUDGE_VOICE")
    return ["./.build/release/fotoplayer", "render", score, "--output", sound, "--quiet"] + (
      ["--voice", voice] if voice else [])
  return ["fluidsynth", "-ni", "-q", "-g", "0.6", "-r", "48000", "-R", "0", "-C", "0", "-O", "s16", "-F", sound, FLUID,
          score]


def line(name, values):
  def shown(measure):
    value = values[measure]
    return f"{'-':>10}" if value is None else f"{value:>10.1f}" if measure == "lag" else f"{value:>10.3f}"
  return f"{name:<26}{values['notes']:>7}{values['heard']:>7}" + "".join(shown(m) for m in MEASURES)


def mean(results):
  """Means of each measure over pieces, each piece counting alike; sums of notes."""
  values = {m: [r[m] for r in results if r[m] is not None] for m in MEASURES}
  return {m: sum(v) / len(v) if v else None for m, v in values.items()} | {
    k: sum(r[k] for r in results) for k in ("notes", "heard")}


def judge(by, chosen, seconds):
  """Renders, hears and compares every piece. Returns what is written about `by` in the report."""
  print(f"\n{by}\n{'':<26}{'notes':>7}{'heard':>7}" + "".join(f"{m:>10}" for m in MEASURES), flush=True)
  results = {}
  for piece in chosen:
    score, sound = (f"{FOLDER}/{piece.name}{ending}" for ending in (".mid", f"-{by}.wav"))
    excerpt(piece.path, piece.begin, piece.begin + seconds).write(score)
    begun = time.monotonic()
    if sys.stdout.isatty():
      print(f"{piece.name}: rendered and listened to …", end="\r", flush=True)
    run(command(by, score, sound))
    rendered = time.monotonic()
    results[piece.name] = compare(score, listen(sound, FOLDER)) | dict(held_out=piece.held_out)
    print(line(piece.name, results[piece.name]) + f"   rendered in {rendered - begun:.0f} s, heard in "
          f"{time.monotonic() - rendered:.0f} s", flush=True)
  report = dict(pieces=results)
  held_out = [r for r in results.values() if r["held_out"]]
  if held_out:
    report["mean"] = mean(held_out)
    print(line(f"mean of {len(held_out)} held out", report["mean"]), flush=True)
  return report


def main():
  parser = argparse.ArgumentParser(prog="judge.sh", description="An independent transcriber listens to held-out pieces.")
  parser.add_argument("--scores", default=f"{FOLDER}/scores", help="folder of the held-out performances")
  parser.add_argument("--reference", action="store_true", help="judge FluidSynth too: the most that can be expected")
  parser.add_argument("--piece", action="append", help="this piece alone, for instance Maestro_3; may be repeated")
  parser.add_argument("--seconds", type=float, default=SECONDS, help="seconds of each piece (default: %(default)g)")
  parser.add_argument("--out", default="build/judge.json", help="the report (default: %(default)s)")
  options = parser.parse_args()
  by = os.environ.get("JUDGE_RENDER", "plugin")
  if by not in ("plugin", "program", "fluidsynth"):
    parser.error(f"JUDGE_RENDER={by}: expected plugin, program or fluidsynth")
  everything = pieces(options.scores)
  unknown = set(options.piece or []) - {p.name for p in everything}
  if unknown:
    parser.error(f"--piece {', '.join(sorted(unknown))}: expected one of {', '.join(p.name for p in everything)}")
  chosen = [p for p in everything if not options.piece or p.name in options.piece]
  os.makedirs(FOLDER, exist_ok=True)
  report = {"seconds": options.seconds}
  for player in dict.fromkeys([by] + (["fluidsynth"] if options.reference else [])):
    report[player] = judge(player, chosen, options.seconds)
    with open(options.out, "w") as file:
      json.dump(report, file, indent=2)
      file.write("\n")
  print(f"\nonset: F-measure within 50 ms. Written: {options.out}")


if __name__ == "__main__":
  main()
