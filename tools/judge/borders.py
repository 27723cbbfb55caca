# Whether one hears where blocks meet: the spectral flux at borders of blocks against that at other borders of frames.
# Read at the voice's own rate, where the grid is known: a block begins at every multiple of its samples.
import numpy

HOP, WINDOW = 320, 320
TOLERANCE = 0.02


def flux(sound):
  """ln of Σ ||X(t)| − |X(t − 160)|| / Σ |X(t − 160)| at every border of frames; windows of 320 lie around t.

  Returns the flux of borders 1, 2, … and whether something sounds there.
  """
  borders = numpy.arange(1, len(sound) // HOP - 1)
  shape = 0.5 - 0.5 * numpy.cos(2 * numpy.pi * numpy.arange(WINDOW) / WINDOW)
  def spectra(centre):
    at = borders[:, None] * HOP + centre - WINDOW // 2 + numpy.arange(WINDOW)
    return numpy.abs(numpy.fft.rfft(sound[at] * shape, axis=1))
  here, before = spectra(0), spectra(-HOP // 2)
  change = numpy.abs(here - before).sum(axis=1)
  whole = before.sum(axis=1)
  sounds = (whole > 1e-3 * whole.max(initial=1e-9)) & (change > 0)
  return numpy.log(change / numpy.maximum(whole, 1e-12) + 1e-9), sounds


def contrasts(sound, block):
  """The flux at every border of blocks less the mean of its neighbours that are none; ln. `block` is in frames, ≥ 2."""
  values, sounds = flux(sound)
  index = numpy.arange(1, len(values) + 1)
  inside = [i for i in range(1, len(values) - 1) if index[i] % block == 0 and sounds[i - 1:i + 2].all()]
  return numpy.array([values[i] - 0.5 * (values[i - 1] + values[i + 1]) for i in inside])


def ratio(parts):
  """exp of the mean contrast over several sounds, less 1: the excess at borders, and its 95 % interval's half width."""
  values = numpy.concatenate(parts) if parts else numpy.zeros(0)
  if len(values) < 2:
    return dict(borders=len(values), excess=None, uncertainty=None)
  return dict(borders=len(values), excess=float(numpy.expm1(values.mean())),
              uncertainty=float(1.96 * values.std(ddof=1) / numpy.sqrt(len(values))))
