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


def spectrum(path, seconds):
    """Decibels below the loudest, [bands, frames]: 200 bands from 40 Hz to 11 kHz, equally spaced by ear."""
    sound, rate = soundfile.read(path, always_2d=True)
    sound = sound[: int(seconds * rate)].mean(axis=1)
    size, hop = 4096, 512
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(sound, size // 2), size)[::hop]
    power = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)) ** 2
    edges = np.geomspace(40, 11000, 201) * size / rate
    bands = np.stack([np.interp(edges[:-1], np.arange(power.shape[1]), row) for row in power], axis=1)
    decibels = 10 * np.log10(bands + 1e-9)
    return decibels - decibels.max()


def main():
    score, sound, picture = sys.argv[1:4]
    seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 20
    figure, (roll, heard) = plt.subplots(
        2, 1, figsize=(12, 5.4), sharex=True, facecolor=PAPER, gridspec_kw={"height_ratios": [1, 1.4]})
    colours = plt.get_cmap("magma")
    for start, end, key, velocity in notes(score):
        if start > seconds:
            continue
        if key is None:
            roll.barh(24, end - start, left=start, height=1.6, color="#b7b2a5")
        else:
            roll.barh(key, end - start, left=start, height=0.9, color=colours(0.85 - velocity / 160))
    roll.set_ylim(21, 92)
    roll.set_yticks([24, 36, 48, 60, 72, 84], ["pedal", "C2", "C3", "C4", "C5", "C6"])
    heard.imshow(
        spectrum(sound, seconds), origin="lower", aspect="auto", cmap="magma", vmin=-80, vmax=0,
        extent=(0, seconds, 0, 200))
    ticks = [50, 100, 200, 500, 1000, 2000, 5000, 10000]
    heard.set_yticks([200 * np.log(f / 40) / np.log(11000 / 40) for f in ticks], [f"{f} Hz" for f in ticks])
    heard.set_xlabel("seconds", color=INK)
    for axis in (roll, heard):
        axis.set_facecolor(PAPER)
        axis.tick_params(colors=INK, labelsize=9)
        for side in axis.spines.values():
            side.set_visible(False)
    figure.tight_layout()
    figure.savefig(picture, dpi=110)


main()
