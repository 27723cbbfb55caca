# Probing: every script is played on the recording's instrument and on the voice, and measured.
import os

import players
import probes
import sound
from progress import Progress
from script import Script
from tables import cell, table

# The live setting that is probed.
STEPS = 4


def write(probe, folder):
  """The probe's score, as a file, and its script."""
  script = Script()
  probe.script(script)
  path = os.path.join(folder, probe.name.replace(" ", "-") + ".mid")
  script.write(path)
  return path, script


def measure(stage, name, folder, steps=STEPS):
  """Plays a probe on the recording's instrument and on ours; its lines."""
  probe = next(p for p in probes.ALL if p.name == name)
  path, script = write(probe, folder)
  length = script.seconds + 1
  # The voice sounds when the key goes down, the recording a little later: it is taken earlier.
  reference = sound.shifted(stage.fluid(stage.font, path, length), stage.lag, int(length * sound.RATE))
  ours = sound.shifted(stage.rendered(path, steps, players.LIVE, length), 0, len(reference))
  return list(probe.judge(ours, reference, script.marks))


def hold(pool, work, folder):
  """All probes, in the pool's processes; `work(name, folder)` measures one there."""
  os.makedirs(folder, exist_ok=True)
  futures = {pool.submit(work, probe.name, folder): probe.name for probe in probes.ALL}
  progress = Progress(len(futures), 1)
  found = {}
  for future in futures:
    lines = found[futures[future]] = future.result()
    kept = sum(one["kept"] for one in lines)
    progress.line(f"{futures[future]:<18} {kept} of {len(lines)} hold")
  return dict(steps=STEPS, block=players.LIVE, probes=found)


def markdown(result):
  lines = [[name, one["what"], cell(one["recording"]), cell(one["ours"]), one["unit"], one["wanted"],
            "yes" if one["kept"] else "**no**", one["worst"]]
           for name, found in result["probes"].items() for one in found]
  kept = sum(one["kept"] for found in result["probes"].values() for one in found)
  return (f"Probes, {result['steps']} steps in blocks of {result['block']}: {kept} of {len(lines)} lines hold.\n\n"
          + table(["probe", "measure", "recording", "ours", "", "wanted", "holds", "worst"], lines))
