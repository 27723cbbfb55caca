# The probes: scripts that play one thing alone, of which simple measures tell whether it sounds as in the recording.
# Each gives lines: what was measured, of the recording and of ours, what is wanted, and whether it holds.
import numpy

import signals
import sound


def line(what, reference, ours, wanted, kept, unit="", worst=""):
  return dict(what=what, recording=reference, ours=ours, wanted=wanted, kept=bool(kept), unit=unit, worst=worst)


def share(what, marks, good, wanted, unit="of all"):
  """A line that says how many notes are good, and names some that are not."""
  bad = [f"{m['key']}/{m['velocity']}" for m, g in zip(marks, good) if not g]
  found = float(numpy.mean(good)) if len(good) else 0.0
  return line(what, None, found, f">= {wanted}", found >= wanted, unit, ", ".join(bad[:6]) + (" …" if len(bad) > 6 else ""))


def heard(ours, reference, marks):
  """Which strikes of ours are at least half as strong as the recording's (√ magnitude: a quarter of the amplitude)."""
  a, b = signals.onsets(ours), signals.onsets(reference)
  return [signals.strike(a, m["begin"]) >= 0.5 * signals.strike(b, m["begin"]) for m in marks]


class LongNotes:
  """Five notes held for five seconds: how fast each of three bands decays, and how loud the note is after three."""
  name = "long notes"
  BANDS = ((30, 500), (500, 2000), (2000, 8000))

  def script(self, script):
    for key in (33, 45, 57, 69, 81):
      script.note(key, 90, 5)
      script.wait(6)

  def judge(self, ours, reference, marks):
    for mark in marks:
      begin, end = mark["begin"] + 0.2, mark["begin"] + 4.8
      found = []
      for low, high in self.BANDS:
        fall = signals.decays(reference, ours, begin, end, low, high)
        # A band that is hardly there cannot be judged.
        if fall and fall[2] > signals.QUIET + 10:
          theirs, mine, _ = fall
          found.append((abs(mine - theirs) / max(2.0, 0.3 * theirs), theirs, mine, f"{low}–{high} Hz"))
      if found:
        off, theirs, mine, band = max(found, key=lambda one: one[0])
        yield line(f"key {mark['key']}: decay of the band that is furthest off", theirs, mine, "± 2 dB/s or 30 %",
                   off <= 1, "dB/s", band)
      a, b = (max(signals.QUIET, signals.level(x, mark["begin"] + 2.8, mark["begin"] + 3.2)) for x in (reference, ours))
      yield line(f"key {mark['key']}: level after 3 s", a, b, "± 4 dB", abs(a - b) <= 4, "dB")


class Repeated:
  """One key, again and again, faster and faster."""
  name = "repeated notes"
  RATES, KEYS = (5, 8, 12), ((48,), (60,), (84,))

  def script(self, script):
    for keys in self.KEYS:
      for rate in self.RATES:
        for index in range(int(1.5 * rate)):
          script.note(keys[index % len(keys)], 80, 0.5 / rate, rate=rate)
          script.wait(1 / rate)
        script.wait(0.5)

  def judge(self, ours, reference, marks):
    good = heard(ours, reference, marks)
    for rate in self.RATES:
      of_it = [index for index, m in enumerate(marks) if m["rate"] == rate]
      yield share(f"{rate} a second: strikes heard", [marks[i] for i in of_it], [good[i] for i in of_it], 0.95)


class Trills(Repeated):
  """Two neighbouring keys in turn."""
  name = "trills"
  RATES, KEYS = (10, 14, 18), ((60, 62), (72, 74), (84, 85))


class UnaCorda:
  """The same phrase without and with the soft pedal: what the pedal changes in level and brightness."""
  name = "una corda"

  def script(self, script):
    for value in (0, 127):
      script.pedal(value, 67)
      script.wait(0.1)
      for key in (48, 60, 67, 76):
        script.note(key, 70, 0.4, soft=value)
        script.wait(0.5)
      script.wait(1.5)
    script.pedal(0, 67)

  def judge(self, ours, reference, marks):
    def change(samples):
      spans = [[m for m in marks if m["soft"] == value] for value in (0, 127)]
      parts = [signals.between(samples, s[0]["begin"], s[-1]["end"]) for s in spans]
      return (sound.decibels(parts[1]) - sound.decibels(parts[0]),
              1200 * numpy.log2(signals.centroid(parts[1]) / signals.centroid(parts[0])))
    (level, brightness), (our_level, our_brightness) = change(reference), change(ours)
    yield line("what the pedal does to the level", level, our_level, "± 1.5 dB", abs(level - our_level) <= 1.5, "dB")
    yield line("and to the spectrum's centre", brightness, our_brightness, "± 200 ¢",
               abs(brightness - our_brightness) <= 200, "¢")


class HalfPedal:
  """Short notes with the sustain pedal at six heights: what is left 0.6 s after the key came up."""
  name = "half pedal"
  HEIGHTS, FLOOR = (0, 40, 48, 56, 64, 127), -60

  def script(self, script):
    for height in self.HEIGHTS:
      script.pedal(height)
      script.wait(0.1)
      for key in (48, 60, 72):
        script.note(key, 80, 0.3, height=height)
      script.wait(1.3)
      script.pedal(0)
      script.wait(1.0)

  def judge(self, ours, reference, marks):
    def left(samples, mark):
      before = signals.level(samples, mark["end"] - 0.1, mark["end"])
      return max(self.FLOOR, signals.level(samples, mark["end"] + 0.55, mark["end"] + 0.65) - before)
    for height in self.HEIGHTS:
      mark = next(m for m in marks if m["height"] == height)
      a, b = left(reference, mark), left(ours, mark)
      yield line(f"pedal at {height}: left after 0.6 s", a, b, "± 6 dB", abs(a - b) <= 6, "dB")


class Silence:
  """A loud chord with the pedal; then everything is let go."""
  name = "silence"
  TIME = 2.0

  def script(self, script):
    script.pedal(127)
    for key in (33, 45, 52, 57, 61, 64, 69):
      script.note(key, 110, 1.0)
    script.wait(1.0)
    script.pedal(0)
    script.wait(4.0)

  def judge(self, ours, reference, marks):
    end = marks[0]["end"]
    a, b = (signals.time_above(x, end, end + 4, signals.QUIET) for x in (reference, ours))
    yield line(f"below {signals.QUIET} dB for good after", a, b, f"<= {self.TIME} s", b <= self.TIME, "s")
    rest = [signals.level(x, end + 3, end + 3.9) for x in (reference, ours)]
    yield line("level 3 s later", *rest, "<= -100 dB", rest[1] <= -100, "dB")


class Chords:
  """Ten fingers at once, soft, middling and loud."""
  name = "ten-note chords"
  KEYS = (36, 43, 48, 52, 55, 60, 64, 67, 72, 76)

  def script(self, script):
    for transposed in (0, 3, -5):
      for velocity in (40, 80, 120):
        for key in self.KEYS:
          script.note(key + transposed, velocity, 1.2, chord=f"{transposed:+d} at {velocity}")
        script.wait(2.0)

  def judge(self, ours, reference, marks):
    levels, there = [], []
    for mark in marks:
      parts = [signals.between(x, mark["begin"] + 0.05, mark["begin"] + 1.0) for x in (reference, ours)]
      levels.append([sound.decibels(part) for part in parts])
      a, b = (signals.near_frequency(part, signals.hertz(mark["key"])) for part in parts)
      there.append(b >= a - 10)
    off = [b - a for a, b in levels[::len(self.KEYS)]]
    worst = int(numpy.argmax(numpy.abs(off)))
    a, b = levels[worst * len(self.KEYS)]
    yield line("level of the chord that is furthest off", a, b, "± 3 dB", abs(b - a) <= 3, "dB",
               marks[worst * len(self.KEYS)]["chord"])
    yield share("fundamentals within 10 dB or louder", marks, there, 0.95)
    yield share("chords whose strike is heard", marks[::10], heard(ours, reference, marks[::10]), 1.0)


class Keys:
  """All keys at three velocities."""
  name = "88 keys"
  VELOCITIES = (30, 70, 110)

  def script(self, script):
    for velocity in self.VELOCITIES:
      for key in range(21, 109):
        script.note(key, velocity, 0.5)
        script.wait(0.8)

  def judge(self, ours, reference, marks):
    cents, levels = [], []
    for mark in marks:
      a, b = (signals.between(x, mark["begin"] + 0.02, mark["begin"] + 0.5) for x in (reference, ours))
      cents.append(signals.detuned(b, a))
      levels.append((sound.decibels(a), sound.decibels(b)))
    levels = numpy.array(levels)
    off = levels[:, 1] - levels[:, 0]
    yield share("pitch within 20 ¢", marks, [abs(c) <= 20 and alike > 0.3 for c, alike in cents], 0.98)
    yield share("level within 4 dB", marks, numpy.abs(off) <= 4, 0.95)
    yield line("root mean square of what levels are off", None, float(numpy.sqrt(numpy.mean(off ** 2))), "<= 2.5 dB",
               numpy.sqrt(numpy.mean(off ** 2)) <= 2.5, "dB", self.worst(marks, off))
    yield share("strike heard", marks, heard(ours, reference, marks), 0.98)
    rises = levels.reshape(3, 88, 2)
    louder = (numpy.diff(rises, axis=0) > 0)
    good = louder[..., 1] | ~louder[..., 0]
    yield share("louder where struck harder", marks[88:], good.ravel(), 0.98)

  @staticmethod
  def worst(marks, off):
    index = int(numpy.argmax(numpy.abs(off)))
    return f"{marks[index]['key']}/{marks[index]['velocity']} {off[index]:+.1f} dB"


class Staccato:
  """Notes of 50 ms without and with the pedal: how long it takes until they are 30 dB softer for good."""
  name = "staccato"

  def script(self, script):
    for pedal in (0, 127):
      for key in (40, 60, 76):
        script.pedal(pedal)
        script.wait(0.1)
        script.note(key, 90, 0.05, pedal=pedal)
        script.wait(2.5)
        script.pedal(0)
        script.wait(1.0)

  def judge(self, ours, reference, marks):
    def length(samples, mark):
      end = mark["begin"] + 2.4
      top = signals.envelope(signals.between(samples, mark["begin"], end)).max()
      return signals.time_above(samples, mark["begin"], end, top - 30)
    for mark in marks:
      a, b = length(reference, mark), length(ours, mark)
      pedal = "with the pedal" if mark["pedal"] else "alone"
      yield line(f"key {mark['key']} {pedal}: −30 dB after", a, b, "± 0.1 s or 25 %",
                 abs(a - b) <= max(0.1, 0.25 * a), "s")


ALL = (Keys(), LongNotes(), Repeated(), Trills(), UnaCorda(), HalfPedal(), Silence(), Chords(), Staccato())
