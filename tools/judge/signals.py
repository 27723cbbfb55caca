# Simple measures of a sound that was played from a script: levels, decays, onsets, pitches. No transcriber is needed.
import numpy

import sound
from spectrum import magnitudes

RATE = sound.RATE
# Seconds of the windows in which a level is taken.
WINDOW = 0.01
# What is softer is taken for silence: dB of full scale.
QUIET = -70
# Samples between spectra.
HOP = 512


def between(samples, begin, end):
  """The part from `begin` to `end` seconds."""
  return samples[max(0, int(begin * RATE)):max(0, int(end * RATE))]


def level(samples, begin, end):
  """Root mean square, dB of full scale."""
  return sound.decibels(between(samples, begin, end))


def envelope(samples):
  """Levels of windows of 10 ms, dB."""
  size = int(WINDOW * RATE)
  whole = samples[:len(samples) // size * size].reshape(-1, size)
  return 10 * numpy.log10(numpy.mean(whole ** 2, axis=1) + 1e-12)


def time_above(samples, begin, end, bound):
  """Seconds after `begin` at which the level falls below `bound` dB for good; 0 where it never is above."""
  above = numpy.flatnonzero(envelope(between(samples, begin, end)) >= bound)
  return float((above[-1] + 1) * WINDOW) if len(above) else 0.0


def band_levels(samples, low, high):
  """The level of a band every 21 ms, dB of full scale, of powers that are averaged over a quarter of a second: partials
  of a string beat, and a moment in which they cancel says nothing of how the note decays."""
  window, hop = 2048, HOP
  power = magnitudes(samples, window, hop) ** 2
  hertz = numpy.arange(power.shape[1]) * RATE / window
  powers = power[:, (hertz >= low) & (hertz < high)].sum(axis=1) * 8 / 3 / window ** 2 * 2
  count = max(1, round(0.25 * RATE / hop))
  return 10 * numpy.log10(numpy.convolve(powers, numpy.full(count, 1 / count), "valid") + 1e-12)


def decays(reference, ours, begin, end, low, high, floor=QUIET):
  """dB a second by which a band falls in two sounds, by least squares over the time in which the first of them is above
  `floor`, and the first one's level at the beginning. None where there is too little to fit."""
  a, b = (band_levels(between(samples, begin, end), low, high) for samples in (reference, ours))
  above = numpy.flatnonzero(a >= floor)
  length = above[-1] + 1 if len(above) else 0
  if length < 20:
    return None
  times = numpy.arange(length) * HOP / RATE
  return *(float(-numpy.polyfit(times, levels[:length], 1)[0]) for levels in (a, b)), float(a[0])


def onsets(samples):
  """The envelope of onsets, a value every millisecond; see `sound.onset_envelope`."""
  return sound.onset_envelope(samples)


def strike(envelope_of_onsets, time):
  """The most that comes anew from 10 ms before to 40 ms after a time."""
  at = int(time * 1000)
  return float(envelope_of_onsets[max(0, at - 10):at + 40].max(initial=0))


# ¢ by which pitches are looked for, and how far.
CENTS, REACH = 5, 150


def pitches(samples):
  """√ magnitudes on a scale of 5 ¢ from 25 Hz to 10 kHz, what is 14 dB below the loudest left out.

  The rest may be noise: the highest keys, struck softly, are mostly knock, and no knock is like another, point by point.
  """
  heard = numpy.abs(numpy.fft.rfft(samples * numpy.hanning(len(samples)), 1 << 17))
  grid = 25 * 2 ** (numpy.arange(0, 1200 * numpy.log2(10000 / 25), CENTS) / 1200)
  values = numpy.interp(grid, numpy.arange(len(heard)) * RATE / (1 << 17), heard)
  values = numpy.sqrt(numpy.maximum(values - values.max() * 0.2, 0))
  return values - values.mean()


def detuned(ours, reference):
  """¢ by which a tone is higher than another of the same key, and how alike they are then, −1…1."""
  a, b = pitches(ours), pitches(reference)
  steps = range(-REACH // CENTS, REACH // CENTS + 1)
  def alike(shift):
    x, y = (a[shift:], b[:len(b) - shift]) if shift >= 0 else (a[:shift], b[-shift:])
    return float(x @ y / (numpy.linalg.norm(x) * numpy.linalg.norm(y) + 1e-12))
  best = max(steps, key=alike)
  return best * CENTS, alike(best)


def centroid(samples):
  """The centre of the spectrum's magnitudes, Hz."""
  heard = numpy.abs(numpy.fft.rfft(samples * numpy.hanning(len(samples))))
  return float((heard * numpy.arange(len(heard))).sum() / max(heard.sum(), 1e-12) * RATE / len(samples))


def near_frequency(samples, hertz):
  """The level within 3 % of a frequency, dB."""
  size = 1 << 16
  heard = numpy.abs(numpy.fft.rfft(samples * numpy.hanning(len(samples)), size)) ** 2
  low, high = int(hertz * 0.97 * size / RATE), int(hertz * 1.03 * size / RATE) + 2
  return float(10 * numpy.log10(heard[low:high].sum() + 1e-14))


def hertz(key):
  return 440 * 2 ** ((key - 69) / 12)
