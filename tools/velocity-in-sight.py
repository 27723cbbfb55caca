"""How well could a velocity be told from a film, if all that there is to see was seen?

Usage: python tools/velocity-in-sight.py                         (with NumPy and PyTorch; half a minute)
       python tools/velocity-in-sight.py ROLLS HELDOUT-ROLLS     (with mido, too)

Notes as the drawn films play them: keys that sink in 0.089 h^-0.57 s, hands that fall for about 0.12 s before and meet their
keys at the keys' speed (Preparation, KeyMotion in Sources/Scenery), seen 25 times a second with the shutter open for half of
a picture's time, at any phase. What is seen of a key's depth (0 to 1) and of a hand's height (mm) has noise; a small network
learns the velocity from it on three quarters of the players, and is asked about the others. Prints mean errors, of 127.

With two sets of strips that `fotoplayer-train data rolls` made of drawn films: how well it could be told there, if the heights
of fingers over the note's key were seen as exactly as is said, in the pictures around the onset.
"""

import pathlib
import sys

import numpy
import torch

torch.set_num_threads(1)
torch.manual_seed(1)
random = numpy.random.default_rng(1)
count, players = 8000, 200
player = random.integers(0, players, count)
# Loudness as a piece has it: a level, and accents around it.
velocity = numpy.clip(random.choice([35, 45, 55, 65, 75, 85, 95, 105], count) + random.normal(0, 8, count), 5, 125)
travel = numpy.clip(0.089 * (2 ** ((velocity - 52) / 25)) ** -0.57, 0.02, 0.2)
habit = random.uniform(0.85, 1.2, players)[player] * numpy.exp(random.normal(0, 0.1, count))
fall = numpy.minimum(0.12 * habit, 0.45 * (0.1 + random.exponential(0.4, count)))
# Hands that hold other keys leave the rise to the finger.
height = numpy.minimum(10 * fall / travel, random.choice([31, 100], count))


def seen(offsets, of_hands, depth_noise, height_noise):
    phase = random.uniform(-0.5, 0.5, count)
    columns = []
    for offset in offsets:
        depth, lift = 0, 0
        for shutter in numpy.linspace(-0.01, 0.01, 5):
            before = (offset + phase) * 0.04 + shutter + travel
            depth += numpy.clip(before / travel, 0, 1) ** 2 / 5
            rise = numpy.clip((before + fall + 0.22) / 0.22, 0, 1)
            fallen = numpy.clip((before + fall) / fall, 0, 1)
            lift += numpy.where(before < -fall, rise * rise * (3 - 2 * rise), 1 - fallen**2) * height / 5
        columns.append(depth + random.normal(0, depth_noise, count))
        if of_hands:
            columns.append((lift + random.normal(0, height_noise, count)) / 20)
    return torch.tensor(numpy.stack(columns, 1), dtype=torch.float32)


def error(inputs):
    truth = torch.tensor((velocity - 65) / 25, dtype=torch.float32)
    known = torch.tensor(player % 4 > 0)
    network = torch.nn.Sequential(
        torch.nn.Linear(inputs.shape[1], 64), torch.nn.ReLU(), torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1)
    )
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    for _ in range(400):
        chosen = torch.randint(0, int(known.sum()), (256,))
        loss = ((network(inputs[known][chosen])[:, 0] - truth[known][chosen]) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return 25 * (network(inputs[~known])[:, 0] - truth[~known]).abs().mean().item()


def simulated():
    print("| what is seen | frames around the onset | error |")
    print("|---|---|---|")
    print(f"| nothing | | {numpy.abs(velocity - velocity.mean()).mean():.1f} |")
    for name, of_hands, first, last, depth_noise, height_noise in [
        ("keys, to a thirtieth of their depth", False, -2, 2, 0.03, 0),
        ("keys, to a seventh", False, -2, 2, 0.15, 0),
        ("keys to a seventh, hands to 4 mm", True, -2, 2, 0.15, 4),
        ("the same", True, -6, 1, 0.15, 4),
        ("keys to a third, hands to 8 mm", True, -6, 1, 0.3, 8),
    ]:
        found = error(seen(range(first, last + 1), of_hands, depth_noise, height_noise))
        print(f"| {name} | {first} … {last} | {found:.1f} |")


def notes(folder, before=6, after=1):
    """Of every note the heights of fingers over its key in the pictures around its onset, NaN where there is none; its velocity;
    its time, where clips lie a thousand seconds apart."""
    import mido

    heights, velocities, times_of = [], [], []
    clips = sorted(path for path in pathlib.Path(folder).iterdir() if (path / "heights.f32").exists())
    for number, clip in enumerate(clips):
        times = numpy.fromfile(clip / "times.f64")
        known = numpy.fromfile(clip / "heights.f32", dtype=numpy.float32).reshape(len(times), 88)
        time = 0
        for message in mido.MidiFile(clip / "precise.mid"):
            time += message.time
            if message.type == "note_on" and message.velocity > 0 and 21 <= message.note <= 108:
                onset = int(numpy.abs(times - time).argmin())
                frames = numpy.clip(numpy.arange(onset - before, onset + after + 1), 0, len(times) - 1)
                heights.append(known[frames, message.note - 21])
                velocities.append(message.velocity)
                times_of.append(1000 * number + time)
    return numpy.array(heights), numpy.array(velocities, dtype=numpy.float32), numpy.array(times_of)


def around(values, times, reach, itself=True):
    """The mean of the values within some seconds; NaN where there is none but the note's own."""
    near = numpy.abs(times[:, None] - times) <= reach
    if not itself:
        near &= ~numpy.eye(len(times), dtype=bool)
    return near @ values / numpy.where(near.any(1), near.sum(1), numpy.nan)


def drawn(learned, held_out):
    (known, loud, places), (asked, truth, times) = notes(learned), notes(held_out)
    directions, offsets = random.normal(0, 1, (2 * known.shape[1], 200)), random.normal(0, 1, 200)

    def given(heights, noise):
        seen = numpy.isfinite(heights)
        logarithms = numpy.sign(heights) * numpy.log1p(numpy.abs(heights) / 5)
        return numpy.concatenate([numpy.where(seen, logarithms + random.normal(0, noise, heights.shape), 0), seen], 1)

    def fitted(inputs, targets, ridge):
        costs = numpy.eye(inputs.shape[1]) * ridge
        costs[-1, -1] = 0
        return numpy.linalg.solve(inputs.T @ inputs + costs, inputs.T @ targets)

    def passages(told, times):
        return numpy.stack([told, around(told, times, 0.5), around(told, times, 2), numpy.ones_like(told)], 1)

    def errors(noise, bends):
        """Of notes by themselves, and in their passages, as VelocityRule and PassageRule fit them."""
        seen, unseen = given(known, noise), given(asked, noise)
        centre, spread = seen.mean(0), seen.std(0) + 1e-3

        def inputs(numbers):
            even = (numbers - centre) / spread / numpy.sqrt(len(centre))
            bent = numpy.tanh(even @ directions[:, :bends] + offsets[:bends])
            return numpy.concatenate([numbers, bent, numpy.ones((len(numbers), 1))], 1)

        weights = fitted(inputs(seen), loud, 10)
        told, asked_told = inputs(seen) @ weights, inputs(unseen) @ weights
        beside = passages(asked_told, times) @ fitted(passages(told, places), loud, 1e-6)
        return [f"{numpy.abs(one - truth).mean():.1f}" for one in (asked_told, beside)]

    others = around(truth, times, 1, itself=False)
    print(f"{len(loud)} notes learned, {len(truth)} held out; the mean is off by {numpy.abs(truth - truth.mean()).mean():.1f}")
    print(f"told by the mean of the others within a second: {numpy.nanmean(numpy.abs(others - truth)):.1f}\n")
    print("| ln(1 + h/5 mm) is seen | weighed | with the notes around it | bent | with the notes around it |\n|---|---|---|---|---|")
    for noise in (0.6, 0.4, 0.3, 0.2, 0.1, 0):
        row = errors(noise, 0) + errors(noise, 200)
        print(f"| {f'to {noise}' if noise else 'exactly'} | {' | '.join(row)} |", flush=True)


if len(sys.argv) == 3:
    drawn(*sys.argv[1:])
else:
    simulated()
