"""Makes a small set in the layout that Audeo's code reads, and pickles of labels as several Pythons write them.

Usage: python make_audeo.py (with NumPy and Pillow), in the folder of this file.

In frame f of a film, key k (0 is A0) is down where (7·k + 3·(f // 4)) % 29 == 0. Films:
  training/Bach Prelude and Fugue No.1 B1: frames 40 to 51, .jpg; labels in a pickle
  training/Bach Prelude and Fugue No.2 B1: frames 0 to 9, .png, 3 of them without a label; velocities 20 + k in a pickle
  testing/Bach Prelude and Fugue No.1 B2: frames 0 to 7, .png; labels in archives of four frames
A key that is down is drawn dark.
"""

import pathlib
import pickle

import numpy
from PIL import Image

here = pathlib.Path(__file__).parent / "audeo"


def label(frame):
    keys = numpy.arange(88)
    return ((7 * keys + 3 * (frame // 4)) % 29 == 0).astype(numpy.float64)


def picture(frame):
    """52 white keys of 9 points, and black ones over them; what is down is a dark spot at the key's front."""
    image = numpy.full((48, 468), 230, numpy.uint8)
    down = label(frame)
    white = 0
    for key in range(88):
        is_black = (key + 9) % 12 in (1, 3, 6, 8, 10)
        middle = white * 9 if is_black else white * 9 + 4
        if is_black:
            image[:30, middle - 2 : middle + 3] = 30
            if down[key]:
                image[18:30, middle - 2 : middle + 3] = 120
        else:
            if down[key]:
                image[32:, white * 9 + 1 : white * 9 + 8] = 90
            white += 1
    return Image.fromarray(image)


def film(part, name, frames, ending):
    folder = here / "input_images" / part / name
    folder.mkdir(parents=True, exist_ok=True)
    for frame in frames:
        picture(frame).save(folder / f"frame{frame}.{ending}")


def pickled(part, name, labels, protocol):
    folder = here / "labels" / part
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.pkl").write_bytes(pickle.dumps(labels, protocol=protocol))


film("training", "Bach Prelude and Fugue No.1 B1", range(40, 52), "jpg")
pickled("training", "Bach Prelude and Fugue No.1 B1", {frame: label(frame) for frame in range(40, 52)}, 3)

film("training", "Bach Prelude and Fugue No.2 B1", range(10), "png")
loud = {frame: (label(frame) * (20 + numpy.arange(88))).astype(numpy.int64) for frame in range(7)}
pickled("training", "Bach Prelude and Fugue No.2 B1", loud, 4)

film("testing", "Bach Prelude and Fugue No.1 B2", range(8), "png")
archives = here / "midi" / "testing" / "Bach Prelude and Fugue No.1 B2"
archives.mkdir(parents=True, exist_ok=True)
for begin in (0, 4):
    numpy.savez(archives / f"{begin}-{begin + 4}.npz", midi=numpy.stack([label(f) for f in range(begin, begin + 4)]))

# The same labels of frames 0 to 5, as they may be written.
kinds = here / "pickles"
kinds.mkdir(exist_ok=True)
plain = {frame: label(frame) for frame in range(6)}
for protocol in (2, 3, 4, 5):
    (kinds / f"protocol{protocol}.pkl").write_bytes(pickle.dumps(plain, protocol=protocol))
others = {
    "float32": {f: v.astype(numpy.float32) for f, v in plain.items()},
    "big": {f: v.astype(">f8") for f, v in plain.items()},
    "logical": {f: v > 0 for f, v in plain.items()},
    "lists": {f: [int(x) for x in v] for f, v in plain.items()},
    "numbers": {numpy.int64(f): list(v) for f, v in plain.items()},
    "columns": {f: numpy.asfortranarray(v.reshape(8, 11)) for f, v in plain.items()},
}
for name, labels in others.items():
    (kinds / f"{name}.pkl").write_bytes(pickle.dumps(labels, protocol=4))
(kinds / "protocol0.pkl").write_bytes(pickle.dumps({0: 1}, protocol=0))
(kinds / "strings.pkl").write_bytes(pickle.dumps({0: numpy.array(["a"])}, protocol=4))
# Would run a command in Python.
(kinds / "harmful.pkl").write_bytes(b"\x80\x04cposix\nsystem\n\x8c\x04true\x85R.")
numpy.savez_compressed(kinds / "compressed.npz", midi=numpy.zeros((4, 88)))
