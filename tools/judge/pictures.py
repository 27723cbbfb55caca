# Side by side: the score, and the spectra of the recording, the codec, the voice, and another piano.
import matplotlib.pyplot as plt
from PIL import Image

import picture
import sound

SECONDS = 6.0
SHOWN = ("reference", "codec", "ours-4x3", "ours-1x3", "other")


def draw(score, sounds, path):
  """`sounds` are (label, samples) at 24 kHz. Writes a PNG of some hundred kilobytes."""
  figure, axes = plt.subplots(
    len(sounds) + 1, 1, figsize=(10, 1.4 * (len(sounds) + 1)), sharex=True, facecolor=picture.PAPER)
  picture.draw_roll(axes[0], score, SECONDS)
  for axis, (label, samples) in zip(axes[1:], sounds):
    picture.draw_spectrum(axis, samples[:int(SECONDS * sound.RATE)], sound.RATE, (100, 1000, 10000))
    axis.set_title(label, loc="left", fontsize=9, color=picture.INK, pad=3)
  picture.finish(figure, axes, path, dpi=80)
  Image.open(path).convert("RGB").quantize(96, dither=Image.Dither.NONE).save(path, optimize=True)
