# Sound files as the judges want them: one channel at 24 kHz, at the reference's time and loudness.
import numpy
import soundfile
from scipy.signal import correlate, resample_poly

from spectrum import magnitudes

RATE = 24000
# Samples a step of the onset envelope: 1 ms. Offsets are looked for within ± REACH steps.
STEP, REACH = 24, 120


def read(path):
  """The mean of a file's channels at 24 kHz, 1 being full scale."""
  samples, rate = soundfile.read(path, always_2d=True)
  samples = samples.mean(axis=1)
  return samples if rate == RATE else resample_poly(samples, RATE, rate)


def write(path, samples):
  """Writes one channel at 24 kHz, 16 bits, softer where it would clip."""
  peak = max(1.0, float(numpy.abs(samples).max(initial=0)) * 32768 / 32767)
  soundfile.write(path, samples / peak, RATE, subtype="PCM_16", format="WAV")


def onset_envelope(samples):
  """How much comes anew at every millisecond: rises of √magnitude over 4 ms, summed over the spectrum (256 samples)."""
  heard = numpy.sqrt(magnitudes(samples, 256, STEP))
  return numpy.maximum(0, heard[4:] - heard[:-4]).sum(axis=1)


def offset(sound, reference):
  """Samples by which `sound` is later than `reference`, to a millisecond: the peak of their envelopes' correlation."""
  ours, theirs = onset_envelope(sound), onset_envelope(reference)
  ours, theirs = ours - ours.mean(), theirs - theirs.mean()
  correlation = correlate(ours, theirs, mode="full", method="fft")
  centre = len(theirs) - 1
  low, high = max(0, centre - REACH), min(len(correlation), centre + REACH + 1)
  return (low + int(numpy.argmax(correlation[low:high])) - centre) * STEP


def shifted(sound, later, length):
  """`length` samples of a sound that is taken `later` samples earlier; silence where there is none."""
  result = numpy.zeros(length)
  begin, end = max(0, later), min(len(sound), later + length)
  if end > begin:
    result[begin - later:end - later] = sound[begin:end]
  return result


def decibels(sound):
  """Root mean square, dB of full scale."""
  return 10 * numpy.log10(numpy.mean(numpy.square(sound)) + 1e-12) if len(sound) else -120.0


def aligned(sound, reference):
  """`sound` at the reference's time and loudness. Returns it with the milliseconds and decibels that it was off."""
  late = offset(sound, reference)
  moved = shifted(sound, late, len(reference))
  louder = decibels(moved) - decibels(reference)
  return moved * 10 ** (-louder / 20), 1000 * late / RATE, louder
