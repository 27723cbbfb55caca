#!/usr/bin/env python3
"""The demo scores: notes from the two tables beside this file, timing, touch and pedal from here.

    python3 make.py        (needs mido; writes bach-prelude.mid, joplin-rag.mid and demo.mid)
"""
import math
import random

import mido

NAMES = {name: index for index, name in enumerate("c c# d d# e f f# g g# a a# b".split())}


def pitch(word):
    return NAMES[word.rstrip("0123456789-")] + 12 * (int(word.lstrip("abcdefg#")) + 1)


def table(path):
    """Notes as (onset, length, pitch), in quarters."""
    notes, mode, bar = [], None, 0
    for line in open(path):
        words = line.split()
        if not words or words[0] == "#":
            continue
        if words[0] in ("pattern", "written"):
            mode = words[0]
        elif mode == "pattern":
            chord = [pitch(word) for word in words]
            for half in (0, 2):
                for step, index in enumerate([0, 1, 2, 3, 4, 2, 3, 4]):
                    held = {0: 2.0, 1: 1.75}.get(step, 0.25)
                    notes.append((4 * bar + half + step / 4, held, chord[index]))
            bar += 1
        else:
            notes += [(float(words[0]), float(words[1]), pitch(word)) for word in words[2:]]
    return sorted(notes)


def perform(notes, tempo, swell, touch, pedal_every, seed):
    """(seconds, message) pairs: a pianist's hands on written notes."""
    chance = random.Random(seed)
    end = max(onset for onset, _, _ in notes)

    def seconds(quarter):
        slower = 0.25 * max(0.0, (quarter - end + 6) / 6) ** 2
        return 60 / tempo * (quarter + 0.06 * math.sin(quarter / 8 * math.pi) + slower * 6)

    events = []
    tops = {}
    for onset, _, key in notes:
        tops[onset] = max(tops.get(onset, 0), key)
    for onset, length, key in notes:
        loud = 58 + swell * math.sin(onset / 16 * math.pi) + (12 if key == tops[onset] else 0)
        loud += {0.0: 6, 0.5: -4}.get(onset % 1, 0) + chance.gauss(0, 3)
        start = seconds(onset) + 0.2 + chance.gauss(0, 0.005)
        stop = max(start + 0.05, start + (seconds(onset + length) - seconds(onset)) * touch)
        events.append((start, 1, mido.Message("note_on", note=key, velocity=int(min(120, max(20, loud))))))
        events.append((stop, 0, mido.Message("note_off", note=key)))
    if pedal_every:
        for index in range(int(end / pedal_every) + 1):
            down = 0.2 + seconds(index * pedal_every) + 0.06
            events.append((down, 0, mido.Message("control_change", control=64, value=127)))
            events.append((0.2 + seconds((index + 1) * pedal_every) - 0.01, 0, mido.Message("control_change", control=64, value=0)))
    return sorted(events, key=lambda event: (event[0], event[1]))


def save(path, events):
    file = mido.MidiFile(ticks_per_beat=960)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=500000))
    now = 0
    for time, _, message in events:
        tick = max(now, round(time * 1920))
        track.append(message.copy(time=tick - now))
        now = tick
    file.save(path)


bach = perform(table("bach-prelude.txt"), tempo=66, swell=14, touch=0.98, pedal_every=2, seed=1)
joplin = perform(table("joplin-rag.txt"), tempo=92, swell=10, touch=0.8, pedal_every=0, seed=2)
save("bach-prelude.mid", bach)
save("joplin-rag.mid", joplin)
# The demo: the prelude's first forty seconds, then the rag's first forty.
first = [event for event in bach if event[0] < 40]
held = {event[2].note for event in first if event[2].type == "note_on"}
lift = [(40.0, 0, mido.Message("note_off", note=key)) for key in sorted(held)]
lift.append((40.4, 0, mido.Message("control_change", control=64, value=0)))
second = [(time + 42, order, message) for time, order, message in joplin if time < 40]
struck = {event[2].note for event in second if event[2].type == "note_on"}
lift += [(82.0, 0, mido.Message("note_off", note=key)) for key in sorted(struck)]
save("demo.mid", sorted(first + lift + second, key=lambda event: (event[0], event[1])))
