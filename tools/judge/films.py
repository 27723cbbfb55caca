# What is heard of a silent film: a transcriber's notes against those that were played, for the whole chain and for parts
# of it: the clip's own sound, the voice playing the true score, the voice and FluidSynth playing what was read from the film.
import argparse
import glob
import hashlib
import json
import os
import sys

import mir_eval
import numpy
import soundfile

import compare
import listen
import sound
from players import Stage, program, run
from progress import Progress
from tables import table
from voicefile import Failure, identity

# Heard onsets are told from missing ones within so many seconds, where it is asked how late they are.
WIDE = 0.15
# Steps of the flow, and frames a block.
STEPS, BLOCK = 4, 4


def read_score(film, predictor, folder):
  """The score that `fotoplayer roll` reads from a film, from its file if the same program read the same before."""
  reader = program("fotoplayer")
  key = hashlib.sha256(json.dumps([identity(p) for p in (film, predictor, reader)]).encode()).hexdigest()[:20]
  place = f"{folder}/{key}.mid"
  if not os.path.exists(place):
    part = f"{folder}/{key}-{os.getpid()}.mid"
    run([reader, "roll", film, "-o", part, "--predictor", predictor, "--quiet"])
    os.replace(part, place)
  return place


def rows(clip, read, stage):
  """Who is heard, and the sound of each: one channel at 24 kHz."""
  own, truth = f"{clip}/audio.wav", f"{clip}/fine.mid"
  seconds = soundfile.info(own).duration
  return {
    "the clip's own sound": sound.read(own),
    "true score, our voice": stage.rendered(truth, STEPS, BLOCK, seconds),
    "score read from the film, our voice": stage.rendered(read, STEPS, BLOCK, seconds),
    "score read from the film, FluidSynth": stage.fluid(stage.font, read, seconds),
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
  parser = argparse.ArgumentParser(prog="judge --films", description="Listens to silent films that were given a sound.")
  parser.add_argument("--films", required=True, help="a set of clips, as fotoplayer-train data film makes them")
  parser.add_argument("--clips", type=int, help="of the set, from its first; all by default")
  parser.add_argument("--predictor", default="presets/roll.safetensors")
  parser.add_argument("--voice", default="presets/piano.safetensors")
  parser.add_argument("--font", help="FluidSynth's; by default that which played the clips")
  options = parser.parse_args()
  folder = "build/judge/films"
  clips = sorted(glob.glob(f"{options.films}/clip-*"))[:options.clips]
  if not clips:
    raise Failure(f"{options.films}: expected clips, found none")
  with open(f"{options.films}/manifest.json") as file:
    stage = Stage(folder, options.voice, options.font or json.load(file)["soundFont"])
  ears = listen.Ears(f"{folder}/heard")
  progress = Progress(len(clips), 1)
  results, late = {}, {}

  def note(row, truth, notes):
    results.setdefault(row, []).append(compare.compare(truth, notes))
    late.setdefault(row, []).extend(lateness(truth, notes))

  for clip in clips:
    truth = f"{clip}/fine.mid"
    read = read_score(f"{clip}/top.mp4", options.predictor, folder)
    for row, samples in rows(clip, read, stage).items():
      note(row, truth, ears.listen("transkun", samples))
    note("score read from the film, its notes as they are written", truth, read)
    progress.line(os.path.basename(clip))
  print(table(
    ["what is heard", "onset F", "and end", "and velocity", "onset error, median"],
    [[row, *(f"{numpy.mean([r[key] for r in found]):.3f}" for key in ("onset", "offset", "velocity")),
      f"{numpy.median(late[row]):.0f} ms" if late[row] else "–"] for row, found in results.items()]))


if __name__ == "__main__":
  try:
    main()
  except Failure as error:
    sys.exit(f"judge: {error}")
