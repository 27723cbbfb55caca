# The judge's own arithmetic, on signals of which the answer is known. `make judge` runs it first: a judge that cannot
# measure what is known has no business with what is not.
import os
import sys
import tempfile

import numpy
import pretty_midi

import borders
import compare
import distances
import excerpt
import frechet
import signals
import sound
import spectrum

RATE = sound.RATE


def near(found, expected, tolerance, what):
  if not abs(found - expected) <= tolerance:
    raise AssertionError(f"{what}: expected {expected} ± {tolerance}, found {found}")


def notes(seconds=3.0, keys=(60, 64, 67, 72), rate=RATE, late=0.0):
  """Decaying tones of three partials, a quarter of a second apart: a sound with onsets."""
  time = numpy.arange(int(seconds * rate)) / rate
  result = numpy.zeros(len(time))
  for index in range(int(seconds * 4) - 1):
    age = time - 0.25 * index - 0.1 - late
    tone = sum(numpy.sin(2 * numpy.pi * h * 440 * 2 ** ((keys[index % len(keys)] - 69) / 12) * age) / h
               for h in (1, 2, 3))
    result += 0.1 * tone * numpy.exp(-4 * numpy.maximum(age, 0)) * (age > 0)
  return result


def check_spectrum():
  """A sine of amplitude a gives a·N/4 in its bin under a Hann window; mel triangles add to one between their ends."""
  bin = 64
  sine = 0.5 * numpy.sin(2 * numpy.pi * bin * numpy.arange(4096) / 1024)
  heard = spectrum.magnitudes(sine, 1024, 256)
  near(heard[3, bin], 0.5 * 1024 / 4, 1e-6, "a sine in its bin")
  near(heard.shape[0], (4096 - 1024) // 256 + 1, 0, "frames")
  bands = spectrum.mel_bands(40, 100, 8000, 4096, RATE)
  inner = bands.sum(axis=1)[int(300 * 4096 / RATE):int(7000 * 4096 / RATE)]
  near(numpy.abs(inner - 1).max(), 0, 1e-9, "the sum of mel triangles")


def check_distances():
  """The same sound is at distance 0; half the amplitude is 6.02 dB away in mel, 0 away for SI-SDR."""
  tune = notes()
  for name, measure in (("log-mel", distances.log_mel), ("STFT", distances.multi_resolution)):
    near(measure(tune, tune), 0, 1e-12, f"{name} of the same")
  if distances.si_sdr(tune, tune) != float("inf"):
    raise AssertionError("SI-SDR of the same: expected ∞")
  noise = numpy.random.default_rng(1).standard_normal(RATE)
  near(distances.log_mel(noise / 2, noise), 20 * numpy.log10(2), 1e-6, "log-mel of half the amplitude")
  # ‖S/2‖/‖S‖ + |ln ½|
  near(distances.multi_resolution(noise / 2, noise), 0.5 + numpy.log(2), 1e-6, "STFT distance of half the amplitude")
  other = numpy.random.default_rng(2).standard_normal(RATE)
  mixed = noise + 0.3 * other
  near(distances.si_sdr(mixed / 2, noise), distances.si_sdr(mixed, noise), 1e-9, "SI-SDR of half the amplitude")
  if not distances.si_sdr(mixed, noise) > distances.si_sdr(noise + other, noise):
    raise AssertionError("SI-SDR: more noise should be worse")


def check_alignment():
  """A shift of 10 ms and a change of −6 dB are found and undone."""
  tune = notes()
  for late in (-480, 0, 240):
    near(sound.offset(sound.shifted(tune, -late, len(tune)), tune), late, 0, "samples of a shift")
  moved, late, louder = sound.aligned(sound.shifted(tune, -240, len(tune)) / 2, tune)
  near(late, 10, 0, "ms of a shift")
  near(louder, -6.02, 0.05, "dB of half the amplitude")
  near(numpy.abs(moved - tune)[:-480].max(), 0, 2e-3, "what alignment leaves")


def check_frechet():
  """0 for the same; |Δμ|² for a shifted cloud; Σ(σ₁ − σ₂)² for scaled ones; also with fewer points than dimensions."""
  random = numpy.random.default_rng(3)
  for points, dimensions in ((400, 8), (30, 100)):
    cloud = random.standard_normal((points, dimensions))
    shift = random.standard_normal(dimensions)
    variance = cloud.var(axis=0, ddof=1).sum()
    near(frechet.frechet(cloud, cloud), 0, 1e-9 * points, "Fréchet distance of the same")
    near(frechet.frechet(cloud, cloud + shift), shift @ shift, 1e-6, "Fréchet distance of a shift")
    centred = cloud - cloud.mean(axis=0)
    # (1 − 3)² · tr Σ
    near(frechet.frechet(centred, 3 * centred), 4 * variance, 1e-6 * variance, "Fréchet distance of a stretch")
  # Two Gaussians with known diagonal covariances, many points.
  one = random.standard_normal((200_000, 2)) * (1, 2)
  other = random.standard_normal((200_000, 2)) * (3, 0.5) + (1, 0)
  near(frechet.frechet(one, other), 1 + (1 - 3) ** 2 + (2 - 0.5) ** 2, 0.15, "Fréchet distance of two Gaussians")


def check_borders():
  """Noise has nothing at borders of blocks; a click at each is seen at once, and a click elsewhere is none."""
  random = numpy.random.default_rng(4)
  noise = 0.1 * random.standard_normal(60 * RATE)
  clicks = noise.copy()
  clicks[960::960] += 1
  elsewhere = noise.copy()
  elsewhere[320::320] += 1
  for name, signal, low, high in (("noise", noise, -0.02, 0.02), ("clicks", clicks, 0.1, 100),
                                  ("clicks at every frame", elsewhere, -0.02, 0.02)):
    found = borders.ratio([borders.contrasts(signal, 3)])
    if not low <= found["excess"] <= high:
      raise AssertionError(f"borders of {name}: expected {low} … {high}, found {found}")


def midi(path, late=0.0, factor=1.0, seconds=0.3, count=8):
  piano = pretty_midi.Instrument(program=0)
  for index in range(count):
    start = 0.5 + index * 0.5 + late
    piano.notes.append(pretty_midi.Note(int((40 + 8 * index) * factor), 60 + index, start, start + seconds))
  excerpt.score(piano).write(path)


def check_notes():
  """The same notes: F of 1. Half of them: 2/3. 40 ms late: right; 60 ms late: all wrong. Twice as long: ends wrong."""
  with tempfile.TemporaryDirectory() as folder:
    paths = {}
    for name, change in dict(written={}, half=dict(count=4), late=dict(late=0.04), later=dict(late=0.06),
                             longer=dict(seconds=0.45), softer=dict(factor=0.5)).items():
      paths[name] = f"{folder}/{name}.mid"
      midi(paths[name], **change)
    found = {name: compare.compare(paths["written"], path) for name, path in paths.items()}
  for name, measure, expected in (
      ("written", "onset", 1), ("written", "offset", 1), ("written", "velocity", 1), ("written", "correlation", 1),
      ("half", "onset", 2 / 3), ("half", "precision", 1), ("half", "recall", 0.5), ("late", "onset", 1),
      ("later", "onset", 0), ("longer", "onset", 1), ("longer", "offset", 0), ("softer", "velocity", 1)):
    near(found[name][measure], expected, 1e-3, f"{measure} of {name}")
  near(found["late"]["lag"], 40, 1, "ms of lag")


def check_pitch():
  """A tone that is 30 ¢ too high is found to be so, also where each is under a knock of its own; a knock alone is like no tone."""
  time = numpy.arange(RATE // 2) / RATE
  tone = lambda cents: sum(numpy.sin(2 * numpy.pi * 440 * k * 2 ** (cents / 1200) * time) / k for k in (1, 2, 3))
  knock = lambda seed: 1.0 * numpy.random.default_rng(seed).standard_normal(len(time)) * numpy.exp(-20 * time)
  for cents in (0, 30, -45):
    for noise in (0, 1):
      found, alike = signals.detuned(tone(cents) + noise * knock(1), tone(0) + noise * knock(2))
      near(found, cents, 2.5, f"a tone {cents} ¢ off")
      near(alike, 1, 0.4, f"how alike tones are that are {cents} ¢ apart")
  near(signals.detuned(knock(1), tone(0))[1], 0, 0.3, "how alike a knock and a tone are")


def check_network(folder):
  """The ear for kinds of sound calls a sine a beep, noise noise, and nothing silence: its 28 layers are in order."""
  import yamnet
  network = yamnet.YAMNet(folder)
  time = numpy.arange(3 * RATE) / RATE
  for name, signal, expected in (
      ("a sine of 1 kHz", 0.5 * numpy.sin(2 * numpy.pi * 1000 * time), {"Beep, bleep", "Sine wave"}),
      ("white noise", 0.1 * numpy.random.default_rng(1).standard_normal(len(time)), {"White noise", "Static", "Noise"}),
      ("nothing", numpy.zeros(len(time)), {"Silence"})):
    heard = network.named(signal, RATE, 3)
    if not expected & {name for name, _ in heard[:2]}:
      raise AssertionError(f"{name}: expected {expected}, heard {heard}")


def main():
  checks = [check_spectrum, check_distances, check_alignment, check_frechet, check_borders, check_notes, check_pitch]
  for check in checks:
    check()
  folder = os.environ.get("JUDGE_YAMNET")
  if folder:
    check_network(folder)
  print(f"judge: {len(checks) + bool(folder)} checks of its own arithmetic hold")


if __name__ == "__main__":
  try:
    main()
  except AssertionError as fault:
    sys.exit(f"judge: its own arithmetic is wrong: {fault}")
