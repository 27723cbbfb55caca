"""Makes agreements.json: notes and frames with what mir_eval and scikit-learn say of them.

Frames are counted as Audeo's Video2Roll_evaluate.py does: scikit-learn's scores with average="samples" and
zero_division=1, and TP/(TP + FP + FN) with 0/0 = 1. Needs mir_eval, numpy and scikit-learn.
"""

import json
import warnings

import mir_eval
import numpy as np
from sklearn.metrics import f1_score, precision_score, recall_score

random = np.random.default_rng(5)


def notes(count, keys):
    """Rows of key, velocity, beginning, end."""
    start = np.round(np.sort(random.uniform(0, count / 8, count)), 3)
    length = np.round(random.uniform(0.06, 1.2, count), 3)
    return np.stack([random.choice(keys, count), random.integers(20, 120, count), start, start + length], axis=1)


def heard(true, jitter, lost, invented):
    """What a listener makes of them: some lost, some invented, the others moved and bent in velocity."""
    rows = true[random.random(len(true)) >= lost].copy()
    rows[:, 2] += np.round(random.normal(0, jitter, len(rows)), 3)
    rows[:, 3] = np.maximum(rows[:, 2] + 0.01, rows[:, 3] + np.round(random.normal(0, 0.08, len(rows)), 3))
    rows[:, 1] = np.clip(np.round(0.7 * rows[:, 1] + 12 + random.normal(0, 6, len(rows))), 1, 127)
    more = notes(int(invented * len(true)) + 1, np.unique(true[:, 0]))[: int(invented * len(true))]
    rows = np.concatenate([rows, more])
    rows[:, 2] = np.maximum(rows[:, 2], 0)
    return rows[np.lexsort((rows[:, 0], rows[:, 2]))]


def four(values):
    return [float(value) for value in values]


def note_case(wanted, found):
    hertz = lambda rows: mir_eval.util.midi_to_hz(rows[:, 0])
    plain = (wanted[:, 2:], hertz(wanted), found[:, 2:], hertz(found))
    loud = (wanted[:, 2:], hertz(wanted), wanted[:, 1], found[:, 2:], hertz(found), found[:, 1])
    transcription, velocity = mir_eval.transcription, mir_eval.transcription_velocity
    return {
        "wanted": wanted.tolist(),
        "found": found.tolist(),
        "onset": four(transcription.precision_recall_f1_overlap(*plain, offset_ratio=None)[:3]),
        "onsetAndEnd": four(transcription.precision_recall_f1_overlap(*plain)[:3]),
        "onsetAndVelocity": four(velocity.precision_recall_f1_overlap(*loud, offset_ratio=None)[:3]),
        "all": four(velocity.precision_recall_f1_overlap(*loud)[:3]),
    }


def frame_case(wanted, found):
    true_positive = (wanted & found).sum(axis=1)
    union = (wanted | found).sum(axis=1)
    accuracy = np.where(union == 0, 1, true_positive / np.maximum(union, 1)).mean()
    how = {"average": "samples", "zero_division": 1}
    pooled = {"average": "micro", "zero_division": 0}
    scores = lambda settings: [score(wanted, found, **settings) for score in (precision_score, recall_score, f1_score)]
    return {
        "wanted": [np.flatnonzero(row).tolist() for row in wanted],
        "found": [np.flatnonzero(row).tolist() for row in found],
        "perFrame": four([*scores(how), accuracy]),
        "pooled": four([*scores(pooled), true_positive.sum() / max(1, union.sum())]),
    }


few = np.array([60, 62, 64])
wide = np.arange(21, 109)
empty = np.zeros((0, 4))
cases = []
for count, keys, jitter, lost, invented in [
    (60, wide, 0.02, 0.1, 0.1),
    (120, np.arange(48, 84), 0.03, 0.05, 0.2),
    # Trills: more than one true note is near enough.
    (90, few, 0.03, 0.1, 0.3),
    (1, few, 0.001, 0, 0),
    (40, wide, 0.0, 0, 0),
]:
    true = notes(count, keys)
    cases.append(note_case(true, heard(true, jitter, lost, invented)))
# Exactly 50 ms, and a tenth of a millisecond more.
edge = np.array([[60, 64, 1.0, 2.0], [62, 80, 3.0, 4.0], [64, 90, 5.0, 5.1]])
moved = edge + np.array([[0, 0, 0.05, 0.2], [0, 0, 0.0501, 0.0], [0, 0, -0.05, 0.05]])
cases.append(note_case(edge, moved))
# All found velocities are one.
flat = heard(notes(30, wide), 0.01, 0.1, 0.0)
other = flat.copy()
other[:, 1] = 64
cases.append(note_case(flat, other))

frames = []
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    for share, wrong in [(0.03, 0.01), (0.004, 0.004), (0.2, 0.3)]:
        wanted = random.random((200, 88)) < share
        frames.append(frame_case(wanted, wanted ^ (random.random((200, 88)) < wrong)))
    silent = np.zeros((4, 88), dtype=bool)
    one = silent.copy()
    one[1, 5] = one[2, 7] = True
    frames += [frame_case(silent, one), frame_case(one, silent), frame_case(one, one)]

with open("agreements.json", "w") as file:
    json.dump({"notes": cases, "frames": frames}, file, separators=(",", ":"))
    file.write("\n")
