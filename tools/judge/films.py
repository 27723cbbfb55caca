# What is heard of a silent film: a transcriber's notes against those that were played, for the whole chain and for parts
# of it. Rows: the clip's own sound, our voice playing the true score, our voice and FluidSynth playing the score that was
# read from the film.
import argparse
import glob
import json
import os
import subprocess

import mir_eval
import numpy

import compare
import listen
import sound
from progress import Progress
from tables import table

RELEASE = ".build/release"
# Heard onsets are told from missing ones within so many seconds, where it is asked how late they are.
WIDE = 0.15


def made(path, command):
  """The file at `path`, made by a command that is given its name unless it is there."""
  if not os.path.exists(path):
    part = f"{os.path.splitext(path)[0]}.part{os.path.splitext(path)[1]}"
    done = subprocess.run([*command, part], capture_output=True, text=True)
    if done.returncode:
      raise SystemExit(f"judge: {' '.join(command)}: {done.stderr.strip()}")
    os.replace(part, path)
  return path


def rows(clip, folder, options):
  """Who is heard, and the sound file of each."""
  name = os.path.join(folder, os.path.basename(clip))
  font = options.soundfont or json.load(open(f"{os.path.dirname(clip)}/manifest.json"))["soundFont"]
  program, trainer = f"{RELEASE}/fotoplayer", f"{RELEASE}/fotoplayer-train"
  views = ["--predictor", options.predictor]
  read = made(f"{name}-read.mid", [program, "roll", f"{clip}/top.mp4", "--quiet", *views, "-o"])
  played = ["--quiet", "--voice", options.voice, "-o"]
  return read, {
    "the clip's own sound": f"{clip}/audio.wav",
    "true score, our voice": made(f"{name}-true.wav", [program, "render", f"{clip}/fine.mid", *played]),
    "score read from the film, our voice": made(f"{name}-ours.wav", [program, "render", read, *played]),
    "score read from the film, FluidSynth": made(
      f"{name}-fluid.wav", [trainer, "data", "render", read, "--soundfont", font, "--tail", "3", "--out"]),
  }


def lateness(written, heard):
  """Milliseconds between the onsets that were played and heard, in size, of all that were heard at all."""
  spans, pitches, _ = compare.sounding(written)
  others, other_pitches, _ = compare.sounding(heard)
  if not len(pitches) or not len(other_pitches):
    return []
  pairs = mir_eval.transcription.match_notes(
    spans, mir_eval.util.midi_to_hz(pitches), others, mir_eval.util.midi_to_hz(other_pitches), onset_tolerance=WIDE,
    offset_ratio=None)
  return [1000 * abs(others[theirs, 0] - spans[ours, 0]) for ours, theirs in pairs]


def main():
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--films", required=True, help="a set of clips: fotoplayer-train data film")
  parser.add_argument("--predictor", default="presets/roll.safetensors")
  parser.add_argument("--voice", default="presets/piano.safetensors")
  parser.add_argument("--soundfont", help="FluidSynth's; by default that which played the clips")
  parser.add_argument("--folder", default="build/judge/films", help="where sounds and what was heard are kept")
  options = parser.parse_args()
  clips = sorted(glob.glob(f"{options.films}/clip-*"))
  if not clips:
    raise SystemExit(f"judge: {options.films}: expected clips, found none")
  os.makedirs(options.folder, exist_ok=True)
  ears = listen.Ears(f"{options.folder}/heard")
  progress = Progress(len(clips), 1)
  results, late = {}, {}
  for clip in clips:
    read, heard = rows(clip, options.folder, options)
    truth = f"{clip}/fine.mid"
    for row, path in heard.items():
      notes = ears.listen("transkun", sound.read(path))
      results.setdefault(row, []).append(compare.compare(truth, notes))
      late.setdefault(row, []).extend(lateness(truth, notes))
    results.setdefault("score read from the film, its notes", []).append(compare.compare(truth, read))
    late.setdefault("score read from the film, its notes", []).extend(lateness(truth, read))
    progress.line(os.path.basename(clip))
  print(table(
    ["what is heard", "onset F", "and end", "and velocity", "onset error, median"],
    [[row, *(f"{numpy.mean([r[key] for r in found]):.3f}" for key in ("onset", "offset", "velocity")),
      f"{numpy.median(late[row]):.0f} ms" if late[row] else "–"] for row, found in results.items()]))


if __name__ == "__main__":
  main()
