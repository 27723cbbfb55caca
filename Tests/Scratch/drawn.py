"""Numbers that fixtures and tests draw alike, so that they need not be stored: the other side is Drawn.swift.

SplitMix64 (Steele, Lea and Flood 2014), seeded with the FNV-1a hash of a name.
"""

import numpy as np
import torch


def units(name, count):
    """Numbers in [0, 1)."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) % 2**64
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def drawn(name, shape):
    """A network's weight, float32 as in a file of weights."""
    u = units(name, int(np.prod(shape)))
    if len(shape) == 4:
        values = (2 * u - 1) * (6 / np.prod(shape[1:])) ** 0.5
    elif len(shape) == 2:
        values = (2 * u - 1) * (3 / shape[1]) ** 0.5
    elif name.endswith(("bias", "running_mean")):
        values = 0.4 * u - 0.2
    else:
        values = 0.5 + u
    return torch.tensor(values.astype(np.float32)).reshape(shape)
