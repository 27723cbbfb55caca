# What was found, as JSON, as a table for the voice's card, and as answers to what a voice has to keep.
import json
import math
import os

import numpy

import probing
from tables import cell, table

# What must hold (docs/decisions/0015), the words first.
CODEC_ONSET, CODEC_MEL = 0.98, 1 / 3
ONSET, VELOCITY, FEWER_STEPS = 0.95, 0.85, 0.03
BORDER = 0.02
LIVE, LIVE_FEWER = "ours-4x3", "ours-2x3"


def stem(voice):
  return os.path.splitext(os.path.basename(voice))[0]


def mean(values):
  """The mean of those that are there; None of none."""
  known = [v for v in values if v is not None and math.isfinite(v)]
  return float(numpy.mean(known)) if known else None


def summaries(rows, measures, far):
  """A line for each row: the mean of every measure, each piece counting alike, and the pieces' own."""
  result = []
  for row in rows:
    found = measures[row.key]
    if not found:
      continue
    flat = {name: flattened(piece) for name, piece in found.items()}
    names = sorted({measure for piece in flat.values() for measure in piece})
    averages = {m: mean([piece.get(m) for piece in flat.values()]) for m in names if m not in COUNTS}
    averages |= {m: sum(piece.get(m, 0) for piece in flat.values()) for m in names if m in COUNTS}
    averages["frechet"] = 0.0 if row.key == "reference" else far.get(row.key)
    result.append(dict(key=row.key, label=row.label, mean=averages, pieces=found))
  return result


COUNTS = {f"{ear}.{count}" for ear in ("transkun", "basic-pitch") for count in ("notes", "heard")}


def flattened(piece):
  """Measures by one name: those of an ear after its name and a dot."""
  result = {}
  for name, value in piece.items():
    result |= {f"{name}.{m}": v for m, v in value.items()} if isinstance(value, dict) else {name: value}
  return result


def short(measures):
  """One piece's measures in a few words."""
  words = [f"{ear} {measures[ear]['onset']:.3f}" for ear in ("transkun", "basic-pitch") if ear in measures]
  return ", ".join(words + ([f"log-mel {measures['log_mel']:.2f} dB"] if "log_mel" in measures else []))


def claims(result):
  """Whether what a voice has to keep is kept: what, found, wanted, and whether; None where a row is missing."""
  rows = {row["key"]: row["mean"] for row in result["rows"]}
  def of(key, measure):
    return rows.get(key, {}).get(measure)
  def share(key, measure):
    return ratio(of(key, f"transkun.{measure}"), of("reference", f"transkun.{measure}"))
  other = {m: of("other", m) for m in ("log_mel", "frechet")}
  found = [
    claim("codec alone: onset F, of the recording's", share("codec", "onset"), ">=", CODEC_ONSET),
    claim("codec alone: log-mel distance, of the other font's", ratio(of("codec", "log_mel"), other["log_mel"]), "<=",
          CODEC_MEL),
    claim("4 steps, blocks of 3: onset F, of the recording's", share(LIVE, "onset"), ">=", ONSET),
    claim("4 steps, blocks of 3: onset and velocity F, of the recording's", share(LIVE, "velocity"), ">=", VELOCITY),
    claim("2 steps: onset F less than at 4", less(of(LIVE, "transkun.onset"), of(LIVE_FEWER, "transkun.onset")), "<=",
          FEWER_STEPS),
    claim("2 steps: onset and velocity F less than at 4",
          less(of(LIVE, "transkun.velocity"), of(LIVE_FEWER, "transkun.velocity")), "<=", FEWER_STEPS),
    claim("4 steps, blocks of 3: log-mel distance, of the other font's", ratio(of(LIVE, "log_mel"), other["log_mel"]),
          "<", 1),
    claim("4 steps, blocks of 3: Fréchet distance, of the other font's", ratio(of(LIVE, "frechet"), other["frechet"]),
          "<", 1),
  ]
  borders = result.get("borders")
  excess = borders and borders["ours"]["excess"]
  found.append(claim("flux at borders of blocks, off that inside (either way)", None if excess is None else abs(excess),
                     "<=", BORDER))
  return found


def claim(what, value, relation, bound):
  kept = None if value is None else {">=": value >= bound, "<=": value <= bound, "<": value < bound}[relation]
  return dict(what=what, found=value, wanted=f"{relation} {bound:.3g}", kept=kept)


def ratio(value, whole):
  return None if value is None or not whole else value / whole


def less(more, fewer):
  return None if more is None or fewer is None else more - fewer


def plain(value):
  """JSON knows neither infinity nor numpy."""
  if isinstance(value, dict):
    return {k: plain(v) for k, v in value.items()}
  if isinstance(value, (list, tuple)):
    return [plain(v) for v in value]
  if isinstance(value, (float, numpy.floating)):
    return float(value) if math.isfinite(value) else None
  return value.item() if isinstance(value, numpy.generic) else value


def write(name, result, path, table):
  """Adds a result to the report, which keeps those of other names, and writes its tables."""
  whole = {}
  if os.path.exists(path):
    with open(path) as file:
      whole = json.load(file)
  # What this run left out stays as it was, if it is of the same voice.
  before = whole.get(name, {})
  if before.get("identity") == result["identity"]:
    result = {**before, **result}
  whole[name] = result = plain(result)
  with open(path + ".part", "w") as file:
    json.dump(whole, file, indent=2, ensure_ascii=False)
    file.write("\n")
  os.replace(path + ".part", path)
  with open(table, "w") as file:
    file.write(markdown(result))


COLUMNS = (
  ("onset F", "transkun.onset", 3), ("and end", "transkun.offset", 3), ("and velocity", "transkun.velocity", 3),
  ("onset F, 2nd ear", "basic-pitch.onset", 3), ("log-mel dB", "log_mel", 2), ("STFT", "stft", 3),
  ("SI-SDR dB", "si_sdr", 1), ("Fréchet", "frechet", 2), ("offset ms", "offset", 0), ("gain dB", "louder", 1))


def markdown(result):
  """The tables for a voice's card."""
  parts = []
  if "rows" in result:
    pieces = sorted({name for row in result["rows"] for name in row["pieces"]})
    parts.append(f"{len(pieces)} pieces ({', '.join(pieces)}), {result['seconds']:g} s of each.\n")
    parts.append(table(["player"] + [head for head, _, _ in COLUMNS], [
      [row["label"]] + [cell(row["mean"].get(name), digits) for _, name, digits in COLUMNS] for row in result["rows"]]))
  if result.get("claims"):
    words = {True: "yes", False: "**no**", None: "not measured"}
    parts.append(table(["what must hold", "found", "wanted", "holds"], [
      [c["what"], cell(c["found"], 3), c["wanted"], words[c["kept"]]] for c in result["claims"]]))
  if result.get("borders"):
    parts.append(" ".join(
      f"Flux at borders, {name}: {percent(found)}, {found['borders']} borders."
      for name, found in result["borders"].items()) + "\n")
  if result.get("probes"):
    parts.append(probing.markdown(result["probes"]))
  return "\n".join(parts)


def percent(found):
  return "–" if found["excess"] is None else f"{100 * found['excess']:+.1f} ± {100 * found['uncertainty']:.1f} %"
