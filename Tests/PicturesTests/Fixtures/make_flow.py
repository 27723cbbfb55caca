"""Makes flow.json: what OpenCV's calcOpticalFlowFarneback says of pictures, with the settings of AV-Align.

The pictures are not stored: both sides draw them by the same whole numbers. Needs numpy and opencv-python-headless 5.0 (4 says the
same); run it in this folder.
"""

import json

import cv2
import numpy as np


def picture(width, height, across, down, colours):
    """Soft squares of nine points, moved: products of tents, from shades that a hash of their places tells."""
    x = np.arange(width)[None, :] - across + 900
    y = np.arange(height)[:, None] - down + 900
    channels = []
    for channel in range(3 if colours else 1):
        shade = ((x // 9 * 7919 + y // 9 * 104729 + channel * 31337) * 2654435761 % 2**32) >> 24
        tent = np.minimum(x % 9 + 1, 9 - x % 9) * np.minimum(y % 9 + 1, 9 - y % 9)
        channels.append((shade * tent // 25).astype(np.uint8))
    return np.stack(channels, axis=-1)


def grey(pixels):
    return pixels[..., 0] if pixels.shape[-1] == 1 else cv2.cvtColor(pixels[..., ::-1].copy(), cv2.COLOR_BGR2GRAY)


cases = []
for width, height, across, down, colours in [
    (131, 97, 3, 2, False), (40, 33, 1, -1, False), (200, 150, -4, 3, True), (64, 300, 0, 7, True), (130, 97, 0, 0, False),
    (24, 16, 1, 0, False),
]:
    first, second = (picture(width, height, a, d, colours) for a, d in [(0, 0), (across, down)])
    flow = cv2.calcOpticalFlowFarneback(grey(first), grey(second), None, 0.5, 3, 15, 3, 5, 1.2, 0)
    length = cv2.mean(cv2.magnitude(flow[..., 0], flow[..., 1]))[0]
    step = max(1, width * height // 100)
    some = flow.reshape(-1, 2)[::step]
    cases.append({
        "width": width, "height": height, "across": across, "down": down, "colours": colours, "length": length,
        "step": step, "x": np.round(some[:, 0].astype(float), 6).tolist(), "y": np.round(some[:, 1].astype(float), 6).tolist(),
    })
    print(width, height, length, flow.mean(axis=(0, 1)))

with open("flow.json", "w") as file:
    json.dump(cases, file, separators=(",", ":"))
    file.write("\n")
