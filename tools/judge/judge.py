# The judge: held-out pieces are played by everybody, heard by other people's ears, and compared with the score and with
# the recording. Works in two processes, keeps what it has done, shows what is left, and ends with a report.
import argparse
import concurrent.futures
import contextlib
import fnmatch
import multiprocessing
import os
import sys
from dataclasses import dataclass

import numpy

import borders
import players
import probing
import report
import worker
from excerpt import excerpt
from frechet import frechet
from listen import EARS
from progress import Progress
from voicefile import Failure, identity

FOLDER = "build/judge"
WORKERS = 2
# Seconds of each piece, and of its border check. With rest and ring 24 and 8: the transcriber works in steps of 8 s.
SECONDS, BORDER_SECONDS = 22.5, 60.0
QUICK = dict(seconds=6.5, border_seconds=20.0)


@dataclass(frozen=True)
class Piece:
  """A part of a score, from `begin` seconds on: beginnings are easy."""
  name: str
  path: str
  begin: float


def pieces(options):
  """The performances that no voice has seen: 1…5 while developing, 6…10 once, at the end; or those that are named."""
  known = {f"Maestro_{n}": Piece(f"Maestro_{n}", f"{options.scores}/Maestro_{n}.mid", 60)
           for n in (range(6, 11) if options.final else range(1, 6))}
  chosen = list(known.values())
  if options.piece:
    chosen = [known.get(name) or Piece(report.stem(name), name, 0) for name in options.piece]
  elif options.quick:
    chosen = chosen[:3:2]
  for piece in chosen:
    if not os.path.exists(piece.path):
      raise Failure(f"--piece {piece.path}: expected Maestro_1 … Maestro_5 or a MIDI file, found neither")
  return chosen


def hold(pool, options, rows, chosen):
  """Plays and hears every row and piece. Returns the measures {row: {piece: …}} and Fréchet distances {row: …}."""
  work = {pool.submit(worker.judge, row, cut(piece, options.seconds), options.seconds, options.ears): (row, piece)
          for row in rows for piece in chosen}
  progress = Progress(len(work), WORKERS)
  measures, embeddings = {row.key: {} for row in rows}, {row.key: {} for row in rows}
  for future in concurrent.futures.as_completed(work):
    row, piece = work[future]
    done = future.result()
    if "failure" in done:
      progress.line(f"{piece.name:<10} {row.label}: failed: {done['failure']}")
      continue
    measures[row.key][piece.name] = done["measures"]
    embeddings[row.key][piece.name] = done["embeddings"]
    progress.line(f"{piece.name:<10} {row.label:<44} {report.short(done['measures'])}",
                  done["took"] if done["new"] else None)
  reference = cloud(embeddings[players.REFERENCE.key])
  clouds = {key: cloud(found) for key, found in embeddings.items() if found}
  # Clouds of different music are not compared.
  far = {key: frechet(points, reference) for key, points in clouds.items()
         if points is not None and reference is not None and len(points) == len(reference)}
  return measures, far


def cloud(found):
  """All pieces' embeddings, [points, 1024]; None where there are none."""
  parts = [found[name] for name in sorted(found)]
  return None if not parts or any(part is None for part in parts) else numpy.concatenate(parts)


def cut(piece, seconds):
  """The part of a piece that is played, as a file."""
  path = f"{FOLDER}/cut/{piece.name}-{seconds:g}.mid"
  os.makedirs(os.path.dirname(path), exist_ok=True)
  excerpt(piece.path, piece.begin, piece.begin + seconds).write(path)
  return path


def hold_borders(pool, options, chosen):
  """The excess of flux at borders, over all pieces."""
  seconds = options.border_seconds
  work = [pool.submit(worker.check_borders, cut(piece, seconds), seconds) for piece in chosen]
  found = [w.result() for w in work]
  return {name: borders.ratio([parts[index] for parts in found]) for index, name in enumerate(("ours", "recording"))}


def picture(stage, rows, score, seconds, path):
  """The side-by-side picture of those rows that were played."""
  import pictures
  shown = [row for row in rows if row.key in pictures.SHOWN]
  shown.sort(key=lambda row: pictures.SHOWN.index(row.key))
  pictures.draw(score, [(row.label, stage.play(row, score, seconds)) for row in shown], path)


def playable(stage, options):
  """The rows that were asked for and can be played; says which cannot, and why."""
  rows = []
  for row in players.rows(stage, options.quick):
    is_reference = row.key == players.REFERENCE.key
    if options.rows and not is_reference and not any(fnmatch.fnmatch(row.key, pattern) for pattern in options.rows):
      continue
    reason = stage.missing(row)
    if reason and is_reference:
      raise Failure(reason)
    if reason:
      print(f"judge: left out: {row.label}: {reason}", flush=True)
    else:
      rows.append(row)
  return rows


def probed(stage, options):
  """The rows that are probed."""
  known = {row.key: row for row in players.rows(stage, quick=False)}
  chosen = options.probe or [probing.USUAL.key]
  for key in chosen:
    if key not in known:
      raise Failure(f"--probe {key}: expected one of {', '.join(known)}")
    if stage.missing(known[key]):
      raise Failure(f"--probe {key}: {stage.missing(known[key])}")
  return [known[key] for key in chosen]


def main():
  parser = argparse.ArgumentParser(
    prog="judge.sh", description="Other people's ears, and plain measures, judge a voice.",
    epilog="examples: judge.sh --quick | judge.sh --voice mine.safetensors --rows 'ours-4*' --rows other | "
           "judge.sh --piece presets/demo/joplin-rag.mid | judge.sh --probes-only")
  parser.add_argument("--voice", default="presets/piano.safetensors", help="what is judged (default: %(default)s)")
  parser.add_argument("--quick", action="store_true", help="two pieces, 6.5 s of each, eight rows: some minutes")
  parser.add_argument("--final", action="store_true", help="the pieces that are kept for the last judgement")
  parser.add_argument("--scores", default=f"{FOLDER}/scores", help="folder of the held-out performances")
  parser.add_argument("--piece", action="append", help="this piece alone: Maestro_3, or a MIDI file; may be repeated")
  parser.add_argument("--rows", action="append", help="these players alone, with * and ?; may be repeated")
  parser.add_argument("--ears", default=",".join(EARS), help="who listens: transkun, basic-pitch, none (default: both)")
  parser.add_argument("--seconds", type=float, help=f"seconds of each piece (default: {SECONDS:g})")
  parser.add_argument("--font", help="the sound font that the voice learned from (default: what its card says)")
  parser.add_argument("--other", help="the sound font to compare with (default: Splendid or Yamaha, the other one)")
  parser.add_argument("--codec", help="the run of the voice's codec, where the voice keeps no encoder")
  parser.add_argument("--out", default=f"{FOLDER}/report.json", help="the report (default: %(default)s)")
  parser.add_argument("--probe", action="append", help=f"whom the probes probe, a row (default: {probing.USUAL.key})")
  parser.add_argument("--no-probes", action="store_true", help="leave out the scripted probes")
  parser.add_argument("--probes-only", action="store_true", help="the scripted probes alone")
  options = parser.parse_args()
  options.seconds = options.seconds or (QUICK["seconds"] if options.quick else SECONDS)
  options.border_seconds = QUICK["border_seconds"] if options.quick else BORDER_SECONDS
  options.ears = [] if options.ears == "none" else options.ears.split(",")
  if set(options.ears) - set(EARS):
    parser.error(f"--ears {','.join(options.ears)}: expected some of {', '.join(EARS)}, or none")
  try:
    judge(options)
  except Failure as failure:
    sys.exit(f"judge: {failure}")
  except KeyboardInterrupt:
    for process in multiprocessing.active_children():
      process.terminate()
    sys.exit("\njudge: interrupted; the same command goes on from here")


@contextlib.contextmanager
def workers(arguments):
  """The processes that work; when one interrupts, what waits is dropped."""
  pool = concurrent.futures.ProcessPoolExecutor(
    WORKERS, initializer=worker.Worker.begin, initargs=(arguments, f"{FOLDER}/heard"))
  try:
    yield pool
  finally:
    pool.shutdown(wait=False, cancel_futures=True)


def judge(options):
  arguments = (f"{FOLDER}/played", options.voice, options.font, options.other, options.codec)
  stage = players.Stage(*arguments)
  print(f"judge: {stage.name} ({options.voice}), which learned from {stage.font}", flush=True)
  result = dict(voice=options.voice, name=stage.name, font=stage.font, other=stage.other,
                identity=identity(options.voice))
  # A quick look does not stand in the place of a whole judgement.
  name = report.stem(options.voice) + ("-quick" if options.quick else "-final" if options.final else "")
  with workers(arguments) as pool:
    if not options.probes_only:
      rows, chosen = playable(stage, options), pieces(options)
      measures, far = hold(pool, options, rows, chosen)
      result.update(seconds=options.seconds, rows=report.summaries(rows, measures, far))
      if not options.rows:
        print("judge: borders of blocks", flush=True)
        result["borders"] = hold_borders(pool, options, chosen)
      result["claims"] = report.claims(result)
      picture(stage, rows, cut(chosen[0], options.seconds), options.seconds, f"{FOLDER}/{name}.png")
    if not options.no_probes:
      print("judge: scripted probes", flush=True)
      result["probes"] = probing.hold(pool, worker.probe, probed(stage, options), f"{FOLDER}/probes")
  report.write(name, result, options.out, f"{FOLDER}/{name}.md")
  print("\n" + report.markdown(result))
  print(f"Written: {options.out}, {FOLDER}/{name}.md" + ("" if options.probes_only else f", {FOLDER}/{name}.png"))


if __name__ == "__main__":
  main()
