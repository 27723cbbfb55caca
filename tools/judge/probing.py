# Probing: every script is played on the recording's instrument and by one of the players, and measured.
import os

import players
import probes
import sound
from progress import Progress
from script import Script
from tables import cell, table

# Who is probed unless something else is asked for: a live setting.
USUAL = players.ours(4, players.LIVE)


def write(probe, folder):
  """The probe's score, as a file, and its script."""
  script = Script()
  probe.script(script)
  path = os.path.join(folder, probe.name.replace(" ", "-") + ".mid")
  script.write(path)
  return path, script


def measure(stage, row, name, folder):
  """Plays a probe on the recording's instrument and by a row's player; its lines."""
  probe = next(p for p in probes.ALL if p.name == name)
  path, script = write(probe, folder)
  length = script.seconds + 1
  # The voice sounds when the key goes down, the recording a little later: it is taken earlier.
  reference = sound.shifted(stage.fluid(stage.font, path, length), stage.lag, int(length * sound.RATE))
  # Without the plugin's resampler, which would ring before a strike.
  ours = stage.rendered(path, row.steps, row.block, length) if row.steps else stage.play(row, path, length)
  ours = sound.shifted(ours, 0, len(reference))
  return list(probe.judge(ours, reference, script.marks))


def hold(pool, work, rows, folder):
  """All probes of some players, in the pool's processes; `work(row, name, folder)` measures one there.

  Returns {player: {probe: lines}}.
  """
  os.makedirs(folder, exist_ok=True)
  futures = {pool.submit(work, row, probe.name, folder): (row, probe.name) for row in rows for probe in probes.ALL}
  progress = Progress(len(futures), 1)
  found = {row.label: {} for row in rows}
  for future, (row, name) in futures.items():
    lines = found[row.label][name] = future.result()
    kept = sum(one["kept"] for one in lines)
    progress.line(f"{name:<18} {kept} of {len(lines)} hold")
  return found


def markdown(result):
  """A table for each player."""
  parts = []
  for player, found in result.items():
    lines = [[name, one["what"], cell(one["recording"]), cell(one["ours"]), one["unit"], one["wanted"],
              "yes" if one["kept"] else "**no**", one["worst"]] for name, some in found.items() for one in some]
    kept = sum(one["kept"] for some in found.values() for one in some)
    parts.append(f"Probes, {player}: {kept} of {len(lines)} lines hold.\n\n"
                 + table(["probe", "measure", "recording", "found", "", "wanted", "holds", "worst"], lines))
  return "\n".join(parts)
