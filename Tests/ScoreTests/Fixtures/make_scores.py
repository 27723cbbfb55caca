#!/usr/bin/env python3
"""MIDI files of every kind, and what mido and pretty_midi read in them.

    python3 make_scores.py        (needs mido and pretty_midi; writes *.mid and expected.json beside itself)
"""
import json
import os
import random

import mido
import pretty_midi

HERE = os.path.dirname(os.path.abspath(__file__))


def notes(track, chance, count, channel=0, step=(10, 300), controllers=False):
    held = []
    for _ in range(count):
        if held and chance.random() < 0.5:
            key = held.pop(chance.randrange(len(held)))
            kind = chance.choice(["note_off", "note_on"])
            track.append(mido.Message(kind, note=key, velocity=0, channel=channel, time=chance.randint(*step)))
        else:
            key = chance.randint(21, 108)
            if key not in held:
                held.append(key)
                velocity = chance.randint(1, 127)
                track.append(mido.Message("note_on", note=key, velocity=velocity, channel=channel, time=chance.randint(*step)))
        if controllers and chance.random() < 0.3:
            number, value = chance.choice([64, 66, 67, 7]), chance.randint(0, 127)
            track.append(mido.Message("control_change", control=number, value=value, channel=channel, time=chance.randint(0, 40)))
    for key in held:
        track.append(mido.Message("note_off", note=key, velocity=64, channel=channel, time=chance.randint(*step)))


def make(name, seed, kind=0, ticks=480, tracks=1, tempi=False, oddities=False, controllers=False):
    chance = random.Random(seed)
    file = mido.MidiFile(type=kind, ticks_per_beat=ticks)
    if tempi:
        conductor = mido.MidiTrack()
        for _ in range(6):
            conductor.append(mido.MetaMessage("set_tempo", tempo=chance.randint(200000, 1200000), time=chance.randint(0, 900)))
        file.tracks.append(conductor)
    for index in range(tracks):
        track = mido.MidiTrack()
        if oddities:
            track.append(mido.MetaMessage("text", text="a text that is longer than a hundred and twenty-seven bytes " * 4))
            track.append(mido.Message("sysex", data=[1, 2, 3] * 60, time=5))
            track.append(mido.MetaMessage("key_signature", key="Eb"))
            track.append(mido.Message("pitchwheel", pitch=100))
            track.append(mido.Message("program_change", program=3))
            track.append(mido.Message("aftertouch", value=3))
        notes(track, chance, 60, channel=index % 16, controllers=controllers)
        file.tracks.append(track)
    file.save(f"{HERE}/{name}.mid")


make("plain", 1)
make("format1", 2, kind=1, tracks=3)
make("tempi", 3, kind=1, tracks=2, tempi=True)
make("oddities", 4, oddities=True, controllers=True)
make("pedals", 5, controllers=True, ticks=96)
make("fine", 6, ticks=9600, kind=1, tracks=2, tempi=True, controllers=True)

expected = {}
for name in sorted(os.listdir(HERE)):
    if not name.endswith(".mid"):
        continue
    score = pretty_midi.PrettyMIDI(f"{HERE}/{name}")
    found = [[n.pitch, n.velocity, n.start, n.end] for i in score.instruments for n in i.notes]
    pedals = [[c.number, c.value, c.time] for i in score.instruments for c in i.control_changes if c.number in (64, 66, 67)]
    expected[name] = {"notes": sorted(found, key=lambda n: (n[2], n[0])), "pedals": sorted(pedals, key=lambda p: p[2])}
json.dump(expected, open(f"{HERE}/expected.json", "w"), separators=(",", ":"))
