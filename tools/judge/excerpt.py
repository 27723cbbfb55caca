# A part of a performance as a performance of its own: half a second of rest, then what is played in the part.
# Pedals that are down at the cut are down from the beginning; keys that are down at the cut are left out.
# Times lie on the grid of 64 samples at 24 kHz on which FluidSynth acts, so that it, too, can play exactly on time.
import sys

import pretty_midi

REST = 0.5
# At 60 quarters a minute a tick is 1/375 s: 64 samples.
TICKS, TEMPO = 375, 60
PEDALS = (64, 66, 67)


def excerpt(path, begin, end):
  """Cuts a MIDI file to `begin` … `end` seconds.

  Keys that are still down at the end are let go there. Returns one instrument's pretty_midi.PrettyMIDI.
  """
  whole = pretty_midi.PrettyMIDI(path)
  piano = pretty_midi.Instrument(program=0)
  changes = sorted((c for i in whole.instruments for c in i.control_changes if c.number in PEDALS), key=lambda c: c.time)
  for number in PEDALS:
    before = [c.value for c in changes if c.number == number and c.time < begin]
    if before and before[-1] > 0:
      piano.control_changes.append(pretty_midi.ControlChange(number, before[-1], 0))
  for change in changes:
    if begin <= change.time < end:
      piano.control_changes.append(pretty_midi.ControlChange(change.number, change.value, change.time - begin + REST))
  for instrument in whole.instruments:
    for note in instrument.notes:
      if begin <= note.start < end:
        start = note.start - begin + REST
        piano.notes.append(
          pretty_midi.Note(note.velocity, note.pitch, start, max(min(note.end, end) - begin + REST, start + 0.01)))
  return score(piano)


def score(piano):
  """An instrument as a score on the grid."""
  midi = pretty_midi.PrettyMIDI(resolution=TICKS, initial_tempo=TEMPO)
  midi.instruments.append(piano)
  return midi


if __name__ == "__main__":
  if len(sys.argv) != 5:
    sys.exit("usage: excerpt.py whole.mid begin end part.mid   (seconds)")
  excerpt(sys.argv[1], float(sys.argv[2]), float(sys.argv[3])).write(sys.argv[4])
