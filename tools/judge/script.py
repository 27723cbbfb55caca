# A script: a score that is written note by note, for a probe, and the marks by which its sound is measured.
import pretty_midi

import excerpt

# Rest before the first note, seconds.
START = 0.5


class Script:
  """Notes one after the other from `now` on. Times lie on the grid of the synthesiser."""

  def __init__(self):
    self.piano = pretty_midi.Instrument(program=0)
    self.marks = []
    self.now = START

  def note(self, key, velocity, length, **about):
    """A note at `now`, which stays; marked by where it begins and ends."""
    begin = self.grid(self.now)
    end = self.grid(self.now + length)
    self.piano.notes.append(pretty_midi.Note(velocity, key, begin, end))
    self.marks.append(dict(key=key, velocity=velocity, begin=begin, end=end, **about))

  def pedal(self, value, number=64):
    self.piano.control_changes.append(pretty_midi.ControlChange(number, value, self.grid(self.now)))

  def wait(self, seconds):
    self.now += seconds

  @property
  def seconds(self):
    return self.now

  @staticmethod
  def grid(time):
    return round(time * excerpt.TICKS) / excerpt.TICKS

  def write(self, path):
    excerpt.score(self.piano).write(path)
