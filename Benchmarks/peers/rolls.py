"""Both networks for rolls in PyTorch, on what bench-models wrote: weights, pictures, and the logits that it computed."""

import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file

sys.path.append(str(pathlib.Path(__file__).parents[2] / "Tests/ConditioningTests/Fixtures"))
import make_video2roll  # noqa: E402


def kernel(weight, taps, inputs):
    """[outputs, rows·columns·inputs] as [outputs, inputs, rows, columns]."""
    return weight.unflatten(1, (*taps, inputs)).permute(0, 3, 1, 2).contiguous()


class Stored(make_video2roll.Net):
    """The fixture's transcription, on weights of ours."""

    def __init__(self, file):
        super().__init__(keys=88)
        self.file = file

    def get(self, name, *shape):
        weight = self.file[name]
        return kernel(weight, shape[2:], shape[1]) if len(shape) == 4 else weight


class Video2Roll(torch.nn.Module):
    def __init__(self, file):
        super().__init__()
        self.net = Stored(file)

    def forward(self, pictures):
        return self.net(pictures.permute(0, 3, 1, 2))


class Strip(torch.nn.Module):
    """A strip predictor of one view: whether keys are down."""

    def __init__(self, file):
        super().__init__()
        self.file = file
        self.keys = 88

    def get(self, name):
        return self.file[name]

    def convolved(self, name, x, taps, stride, padding):
        weight = kernel(self.get(f"{name}.weight"), taps, x.shape[1])
        return F.conv2d(x, weight, self.get(f"{name}.bias"), stride, padding)

    def normed(self, name, x):
        return F.layer_norm(x, x.shape[-1:], self.get(f"{name}.weight"), self.get(f"{name}.bias"), 1e-6)

    def layer(self, name, x, taps, stride):
        y = self.convolved(name, x, taps, stride, (taps[0] // 2, taps[1] // 2)).permute(0, 2, 3, 1)
        return F.relu(self.normed(f"{name}.norm", y)).permute(0, 3, 1, 2)

    def linear(self, name, x):
        return F.linear(x, self.get(f"{name}.weight"), self.get(f"{name}.bias"))

    def looks(self, x):
        """[batch, columns, features] at every key and a third of a white key beside it."""
        cells = x.shape[1]
        sides = []
        for offset in (-1 / 3, 0, 1 / 3):
            shares = torch.zeros(self.keys, cells)
            for key in range(self.keys):
                place = min(max((self.centre(key) + offset) * cells / 52 - 0.5, 0), cells - 1)
                first = min(int(place), cells - 2)
                shares[key, first], shares[key, first + 1] = 1 - place + first, place - first
            sides.append(shares @ x)
        return torch.cat(sides, 2)

    @staticmethod
    def centre(key):
        octave, step = divmod(key + 9, 12)
        left = 7 * octave - 5
        if step in (1, 3, 6, 8, 10):
            return left + (step + 0.5) * 3 / 5 if step < 5 else left + 3 + (step - 4.5) * 4 / 7
        return left + (0, 0, 1, 1, 2, 3, 3, 4, 4, 5, 5, 6)[step] + 0.5

    def forward(self, pictures):
        x = F.layer_norm(pictures, pictures.shape[1:], eps=1e-6).permute(0, 3, 1, 2)
        for index, (taps, stride) in enumerate((((5, 5), (4, 2)), ((3, 3), (2, 1)), ((3, 3), (2, 2)))):
            x = self.layer(f"views.top.stem.{index}", x, taps, stride)
        x = x + self.layer("views.top.stem.3", x, (3, 3), (1, 1))
        x = F.relu(self.convolved("views.top.collapse", x, (x.shape[2], 1), 1, 0))[:, :, 0].transpose(1, 2)
        places = torch.nn.functional.one_hot((torch.arange(self.keys) + 9) % 12, 12).float()
        x = self.linear("views.top.key", self.looks(x)) + places @ self.get("views.top.place")
        block = 0
        while f"blocks.{block}.depthwise" in self.file:
            depthwise = self.get(f"blocks.{block}.depthwise")
            y = F.conv1d(x.transpose(1, 2), depthwise.T[:, None], padding=len(depthwise) // 2, groups=x.shape[2])
            y = self.normed(f"blocks.{block}.norm", y.transpose(1, 2))
            y = F.gelu(self.linear(f"blocks.{block}.network.up", y), approximate="tanh")
            x = x + self.linear(f"blocks.{block}.network.down", y)
            block += 1
        return self.linear("output", self.normed("norm", x))[:, :, 0] - 3


def load(path):
    """The network, its inputs, and what was computed of them."""
    file = load_file(path)
    pictures, logits = file.pop("pictures"), file.pop("logits")
    return (Video2Roll if "fc.weight" in file else Strip)(file), (pictures,), logits
