# Short-time spectra and mel bands, said once for every judge.
import numpy


def magnitudes(samples, window, hop, size=None):
  """Magnitudes of a short-time spectrum, [frames, size/2 + 1]: a Hann window of `window` samples every `hop`.

  Nothing is padded: the first window begins with the first sample, the last one that fits is the last. `size` is the
  length of the transform; by default the window's.
  """
  if len(samples) < window:
    samples = numpy.pad(samples, (0, window - len(samples)))
  frames = numpy.lib.stride_tricks.sliding_window_view(samples, window)[::hop]
  shape = 0.5 - 0.5 * numpy.cos(2 * numpy.pi * numpy.arange(window) / window)
  return numpy.abs(numpy.fft.rfft(frames * shape, size or window, axis=1))


def mel(hertz):
  """m = 1127 · ln(1 + f / 700)."""
  return 1127 * numpy.log1p(numpy.asarray(hertz, float) / 700)


def mel_bands(bands, lowest, highest, size, rate):
  """Triangles, equally wide in mel, over the bins of a spectrum: [size/2 + 1, bands]. The bin at 0 Hz is in none."""
  edges = numpy.linspace(mel(lowest), mel(highest), bands + 2)
  bins = mel(numpy.arange(size // 2 + 1) * rate / size)[:, None]
  rise = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
  fall = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
  weights = numpy.maximum(0, numpy.minimum(rise, fall))
  weights[0] = 0
  return weights
