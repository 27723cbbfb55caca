# What is heard of performances of one set of scores: folders of sounds beside a folder `scores` with the MIDI files that were played, as
# `fotoplayer-train tables` leaves them. Each folder's sounds are one row, whoever made them.
import argparse
import glob
import os
import sys

import numpy

import compare
import listen
import sound
from progress import Progress
from tables import table
from voicefile import Failure

COLUMNS = ("onset", "offset", "velocity")


def rows(folder):
  """Who performed in a folder, and the sounds by the name of their score."""
  found = {}
  for path in sorted(glob.glob(f"{folder}/*/*.wav")):
    row, name = path.split(os.sep)[-2:]
    score = f"{folder}/scores/{name[:-4]}.mid"
    if not os.path.exists(score):
      raise Failure(f"{path}: expected {score}, the score of it; found none")
    found.setdefault(row, []).append((score, path))
  if not found:
    raise Failure(f"{folder}: expected folders of sounds beside one of scores, found none")
  return found


def main():
  parser = argparse.ArgumentParser(prog="judge --performances", description="Listens to performances of known scores.")
  parser.add_argument("--performances", required=True, nargs="+",
                      help="folders such as tables/seed-1/preference; what is in several is one row")
  parser.add_argument("--first", type=int, help="of each row in each folder only so many sounds, in the order of their names")
  parser.add_argument("--ear", choices=listen.EARS, default="transkun")
  options = parser.parse_args()
  if options.first is not None and options.first < 1:
    parser.error(f"--first {options.first}: expected 1 or more")
  folders = [{row: sounds[: options.first] for row, sounds in rows(folder).items()} for folder in options.performances]
  ears = listen.Ears("build/judge/performances")
  results = {}
  progress = Progress(sum(len(sounds) for folder in folders for sounds in folder.values()), 1)
  for folder in folders:
    for row, sounds in folder.items():
      for score, path in sounds:
        heard = ears.listen(options.ear, sound.read(path))
        results.setdefault(row, []).append(compare.compare(score, heard))
        progress.line(path)
  print(table(
    ["performed by", "of", "onset F", "and end", "and velocity"],
    [[row, str(len(found)), *(f"{numpy.mean([r[key] for r in found]):.3f}" for key in COLUMNS)]
     for row, found in results.items()]))


if __name__ == "__main__":
  try:
    main()
  except Failure as error:
    sys.exit(f"judge: {error}")
