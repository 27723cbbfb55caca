"""EnCodec's decoder in PyTorch as it runs live: a frame of latents and the state before it, sound and the state after."""

import torch
from safetensors import safe_open
from torch import nn
from torch.nn import functional as F


class Convolution(nn.Module):
    """Causal: `past` is what stands before the input. The weight comes as [outputs, taps*inputs], first tap first."""

    def __init__(self, tensors, name, inputs):
        super().__init__()
        weight = tensors[name + ".conv.weight"]
        taps = weight.shape[1] // inputs
        self.weight = nn.Parameter(weight.view(-1, taps, inputs).permute(0, 2, 1).contiguous())
        self.bias = nn.Parameter(tensors[name + ".conv.bias"])

    def forward(self, x, past=None):
        whole = x if past is None else torch.cat([past, x], 2)
        return F.conv1d(whole, self.weight, self.bias), whole[:, :, x.shape[2] :]


class Transposed(nn.Module):
    """`tail` is what earlier frames add to the first outputs. The weight comes as [taps*outputs, inputs]."""

    def __init__(self, tensors, name, outputs, stride):
        super().__init__()
        self.stride = stride
        weight = tensors[name + ".conv.weight"]
        self.weight = nn.Parameter(weight.view(2 * stride, outputs, -1).permute(2, 1, 0).contiguous())
        self.bias = nn.Parameter(tensors[name + ".conv.bias"])

    def forward(self, x, tail):
        count = x.shape[2] * self.stride
        y = F.conv_transpose1d(x, self.weight, stride=self.stride) + F.pad(tail, (0, count))
        return y[:, :, :count] + self.bias[:, None], y[:, :, count:]


class Step(nn.Module):
    """A transposed convolution and its residual block."""

    def __init__(self, tensors, index, width, stride):
        super().__init__()
        self.up = Transposed(tensors, f"layers.{index}", width, stride)
        block = f"layers.{index + 1}"
        self.first = Convolution(tensors, block + ".block.1", width)
        self.second = Convolution(tensors, block + ".block.3", width // 2)
        self.shortcut = Convolution(tensors, block + ".shortcut", width)

    def forward(self, x, tail, past):
        x, tail = self.up(F.elu(x), tail)
        y, past = self.first(F.elu(x), past)
        return self.shortcut(x)[0] + self.second(F.elu(y))[0], tail, past


class Decoder(nn.Module):
    def __init__(self, tensors, ratios):
        super().__init__()
        width = tensors["layers.0.conv.bias"].shape[0]
        self.first = Convolution(tensors, "layers.0", tensors["latents"].shape[2])
        self.lstm = nn.LSTM(width, width, 2, batch_first=True)
        self.lstm.load_state_dict({n: tensors["layers.1.lstm." + n] for n in self.lstm.state_dict()})
        steps = []
        for i, ratio in enumerate(ratios):
            width //= 2
            steps.append(Step(tensors, 3 + 3 * i, width, ratio))
        self.steps = nn.ModuleList(steps)
        self.last = Convolution(tensors, f"layers.{3 + 3 * len(ratios)}", width)

    def forward(self, latents, first, hidden, cell, last, *state):
        x, first = self.first(latents, first)
        sequence = x.transpose(1, 2)
        y, (hidden, cell) = self.lstm(sequence, (hidden, cell))
        x = (sequence + y).transpose(1, 2)
        left = []
        for step, tail, past in zip(self.steps, state[::2], state[1::2]):
            x, tail, past = step(x, tail, past)
            left += [tail, past]
        sound, last = self.last(F.elu(x), last)
        return (sound, first, hidden, cell, last, *left)


def load(path):
    """The decoder, its inputs on known numbers, and the sound that we make of them."""
    with safe_open(path, "pt") as file:
        ratios = [int(word) for word in file.metadata()["ratios"].split()]
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    state = [tensors[f"before.{i}"] for i in range(6 + 2 * len(ratios))]
    channels = [x.transpose(1, 2) if x.dim() == 3 else x for x in state]
    steps = channels[5:-1]
    for i, ratio in enumerate(ratios):
        steps[2 * i] = steps[2 * i].view(1, ratio, -1).transpose(1, 2)
    hidden, cell = torch.stack([state[1], state[3]]), torch.stack([state[2], state[4]])
    inputs = (tensors["latents"].transpose(1, 2), channels[0], hidden, cell, channels[-1], *steps)
    return Decoder(tensors, ratios).eval(), tuple(x.contiguous() for x in inputs), tensors["sound"]
