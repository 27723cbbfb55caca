# How far a sound is from a reference of the same score, at the same time and loudness: three measures of spectra.
# Phase counts in none of them: nobody hears whether two strings of a piano move together.
import numpy

from spectrum import magnitudes, mel_bands

RATE = 24000
MEL_BANDS, LOWEST, HIGHEST = 80, 40, 11500
# What lies further below the reference's loudest bin or band is not heard: dB.
FLOOR = 80
RESOLUTIONS = (512, 1024, 2048)


def decibels(power, top):
  """Decibels under `top`, not below the floor."""
  return 10 * numpy.log10(numpy.maximum(power, top * 10 ** (-FLOOR / 10)) / top)


def log_mel(sound, reference):
  """Mean over frames and bands of |ΔdB|: power in 80 mel bands 40–11500 Hz, 1024 samples every 240 (10 ms)."""
  bands = mel_bands(MEL_BANDS, LOWEST, HIGHEST, 1024, RATE)
  ours, theirs = (magnitudes(x, 1024, 240) ** 2 @ bands for x in (sound, reference))
  top = max(theirs.max(), 1e-12)
  return float(numpy.abs(decibels(ours, top) - decibels(theirs, top)).mean())


def multi_resolution(sound, reference):
  """Mean over windows of 512, 1024 and 2048 samples, a quarter apart, of ‖S−Ŝ‖/‖S‖ + mean |ln S − ln Ŝ|."""
  terms = []
  for window in RESOLUTIONS:
    ours, theirs = (magnitudes(x, window, window // 4) for x in (sound, reference))
    floor = max(theirs.max(), 1e-6) * 10 ** (-FLOOR / 20)
    logs = [numpy.log(numpy.maximum(x, floor)) for x in (ours, theirs)]
    terms.append(numpy.linalg.norm(ours - theirs) / max(numpy.linalg.norm(theirs), floor)
                 + numpy.abs(logs[0] - logs[1]).mean())
  return float(numpy.mean(terms))


def si_sdr(sound, reference):
  """10 log₁₀(‖αS‖² / ‖αS − Ŝ‖²), α = ⟨Ŝ,S⟩/⟨S,S⟩, of magnitudes (1024 samples every 256), in dB; ∞ for the same."""
  ours, theirs = (magnitudes(x, 1024, 256).ravel() for x in (sound, reference))
  scale = ours @ theirs / max(theirs @ theirs, 1e-20)
  error = numpy.sum((scale * theirs - ours) ** 2)
  signal = numpy.sum((scale * theirs) ** 2)
  # What is left of equal sounds is rounding.
  return float("inf") if error <= 1e-24 * signal else float(10 * numpy.log10(signal / error + 1e-20))
