# How well the notes that were heard are those that were written: mir_eval's measures, as transcribers are judged by.
# Written notes sound until the sustain pedal lets them go, which is also what the transcriber reports.
import bisect

import mir_eval
import numpy
import pretty_midi

TOLERANCE = 0.05


def sounding(path):
  """The notes of a MIDI file as [start, end] seconds, MIDI pitches and velocities, lengthened by the sustain pedal."""
  midi = pretty_midi.PrettyMIDI(path)
  notes = sorted((n for i in midi.instruments for n in i.notes), key=lambda n: n.start)
  changes = sorted((c for i in midi.instruments for c in i.control_changes if c.number == 64), key=lambda c: c.time)
  times = [c.time for c in changes]
  last = max((n.end for n in notes), default=0.0)
  again = {}
  for note in reversed(notes):
    following, again[note.pitch] = again.get(note.pitch), note.start
    at = bisect.bisect_right(times, note.end) - 1
    if at >= 0 and changes[at].value >= 64:
      released = next((c.time for c in changes[at + 1:] if c.value < 64), last)
      note.end = max(note.end, min(released, following if following is not None else released))
  spans = numpy.array([[n.start, max(n.end, n.start + 0.02)] for n in notes]).reshape(-1, 2)
  return spans, numpy.array([n.pitch for n in notes], float), numpy.array([n.velocity for n in notes], float)


def compare(written, heard):
  """Measures of two MIDI files, by mir_eval.

  `onset`: F of onsets within 50 ms, with its `precision` and `recall`; `offset`: F of those whose ends, too, are right
  within 50 ms or a fifth of the note; `velocity`: F of onsets whose velocities are right within a tenth, after the
  line that fits best; `correlation` of velocities over the matched notes, null where it does not exist; `lag`: the
  median of heard less written onset, in milliseconds.
  """
  spans, pitches, velocities = sounding(written)
  heard_spans, heard_pitches, heard_velocities = sounding(heard)
  result = dict(notes=len(pitches), heard=len(heard_pitches), onset=0.0, precision=0.0, recall=0.0, offset=0.0,
                velocity=0.0, correlation=None, lag=None)
  if len(pitches) == 0 or len(heard_pitches) == 0:
    return result
  hertz, heard_hertz = (mir_eval.util.midi_to_hz(p) for p in (pitches, heard_pitches))
  measure = mir_eval.transcription.precision_recall_f1_overlap
  result["precision"], result["recall"], result["onset"], _ = measure(
    spans, hertz, heard_spans, heard_hertz, onset_tolerance=TOLERANCE, offset_ratio=None)
  result["offset"] = measure(spans, hertz, heard_spans, heard_hertz, onset_tolerance=TOLERANCE)[2]
  pairs = mir_eval.transcription.match_notes(
    spans, hertz, heard_spans, heard_hertz, onset_tolerance=TOLERANCE, offset_ratio=None)
  if pairs:
    result["velocity"] = mir_eval.transcription_velocity.precision_recall_f1_overlap(
      spans, hertz, velocities, heard_spans, heard_hertz, heard_velocities, onset_tolerance=TOLERANCE,
      offset_ratio=None)[2]
    ours, theirs = (numpy.array(side) for side in zip(*pairs))
    result["lag"] = float(1000 * numpy.median(heard_spans[theirs, 0] - spans[ours, 0]))
    if len(pairs) > 2 and velocities[ours].std() > 0 and heard_velocities[theirs].std() > 0:
      result["correlation"] = float(numpy.corrcoef(velocities[ours], heard_velocities[theirs])[0, 1])
  return {name: float(value) if isinstance(value, numpy.floating) else value for name, value in result.items()}
