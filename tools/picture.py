#!/usr/bin/env python3
"""Draws the README's picture: the notes of a score above, the spectrum of its sound below.

usage: picture.py SCORE.mid SOUND.wav PICTURE.png [SECONDS]
needs: pip install mido soundfile numpy matplotlib
"""

import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import mido
import numpy as np
import soundfile

INK, PAPER = "#2b2a33", "#fbf8f1"
LOWEST, HIGHEST, BANDS = 40, 11000, 200


def notes(path):
    """Yields (start, end, key, velocity) and, for the sustain pedal, (start, end, None, None)."""
    now, held, pedal = 0.0, {}, None
    for message in mido.MidiFile(path):
        now += message.time
        if message.type == "note_on" and message.velocity:
            held[message.note] = (now, message.velocity)
        elif message.type in ("note_off", "note_on") and message.note in held:
            start, velocity = held.pop(message.note)
            yield start, now, message.note, velocity
        elif message.type == "control_change" and message.control == 64:
            if message.value >= 64 and pedal is None:
                pedal = now
            elif message.value < 64 and pedal is not None:
                yield pedal, now, None, None
                pedal = None


def spectrum(sound, rate):
    """Decibels below the loudest, [bands, frames]: 200 bands from 40 Hz to 11 kHz, equally spaced by ear."""
    size, hop = 4096, 512
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(sound, size // 2), size)[::hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2
    edges = np.geomspace(LOWEST, HIGHEST, BANDS + 1) * size / rate
    bands = np.stack([np.interp(edges[:-1], np.arange(power.shape[1]), row) for row in power], axis=1)
    decibels = 10 * np.log10(bands + 1e-9)
    return decibels - decibels.max()


def draw_roll(axis, score, seconds):
    """The notes of a score, coloured by velocity, and the sustain pedal below them."""
    colours = plt.get_cmap("magma")
    for start, end, key, velocity in notes(score):
        if start > seconds:
            continue
        if key is None:
            axis.barh(24, end - start, left=start, height=1.6, color="#b7b2a5")
        else:
            axis.barh(key, end - start, left=start, height=0.9, color=colours(0.85 - velocity / 160))
    axis.set_ylim(21, 92)
    axis.set_yticks([24, 36, 48, 60, 72, 84], ["pedal", "C2", "C3", "C4", "C5", "C6"])


def draw_spectrum(axis, sound, rate, ticks=(50, 100, 200, 500, 1000, 2000, 5000, 10000)):
    """The spectrum of a sound, 80 dB deep."""
    axis.imshow(
        spectrum(sound, rate), origin="lower", aspect="auto", cmap="magma", vmin=-80, vmax=0,
        extent=(0, len(sound) / rate, 0, BANDS))
    axis.set_yticks([BANDS * np.log(f / LOWEST) / np.log(HIGHEST / LOWEST) for f in ticks], [f"{f} Hz" for f in ticks])


def finish(figure, axes, path, dpi=110):
    """The house's colours, and the file."""
    for axis in axes:
        axis.set_facecolor(PAPER)
        axis.tick_params(colors=INK, labelsize=9)
        for side in axis.spines.values():
            side.set_visible(False)
    axes[-1].set_xlabel("seconds", color=INK)
    figure.tight_layout()
    figure.savefig(path, dpi=dpi)
    plt.close(figure)


def main():
    score, sound, picture = sys.argv[1:4]
    seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 20
    figure, (roll, heard) = plt.subplots(
        2, 1, figsize=(12, 5.4), sharex=True, facecolor=PAPER, gridspec_kw={"height_ratios": [1, 1.4]})
    draw_roll(roll, score, seconds)
    samples, rate = soundfile.read(sound, always_2d=True)
    draw_spectrum(heard, samples[: int(seconds * rate)].mean(axis=1), rate)
    finish(figure, (roll, heard), picture)


if __name__ == "__main__":
    main()
