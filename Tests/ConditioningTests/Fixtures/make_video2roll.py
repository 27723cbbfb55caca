"""Makes video2roll.safetensors: what Video2Roll says, and its gradients in training, in double precision.

A transcription of the network as it is described (decision 37), independent of the one in Sources. Weights and pictures
are not stored: both sides draw them from SplitMix64, seeded with the FNV-1a hash of their names. Needs torch, numpy and
safetensors; run it in this folder.
"""

import json
import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file

sys.path.append("../../Scratch")
from drawn import drawn, units


class Net:
    """Layers by name; the state dictionary is drawn as it is asked for."""

    def __init__(self, keys, training=False):
        self.keys, self.training, self.state = keys, training, {}

    def get(self, name, *shape):
        if name not in self.state:
            self.state[name] = drawn(name, shape).double()
            if self.training and "running" not in name:
                self.state[name].requires_grad_()
        return self.state[name]

    def conv(self, name, x, outputs, size, stride=1, padding=0, bias=False):
        weight = self.get(f"{name}.weight", outputs, x.shape[1], size, size)
        return F.conv2d(x, weight, self.get(f"{name}.bias", outputs) if bias else None, stride, padding)

    def norm(self, name, x):
        width = x.shape[1]
        mean, variance = self.get(f"{name}.running_mean", width), self.get(f"{name}.running_var", width)
        weight, bias = self.get(f"{name}.weight", width), self.get(f"{name}.bias", width)
        return F.batch_norm(x, mean.clone(), variance.clone(), weight, bias, self.training)

    def linear(self, name, x, outputs):
        return F.linear(x, self.get(f"{name}.weight", outputs, x.shape[1]), self.get(f"{name}.bias", outputs))

    def basic(self, name, x, outputs, stride):
        y = F.relu(self.norm(f"{name}.bn1", self.conv(f"{name}.conv1", x, outputs, 3, stride, 1)))
        y = self.norm(f"{name}.bn2", self.conv(f"{name}.conv2", y, outputs, 3, 1, 1))
        if stride > 1 or x.shape[1] != outputs:
            x = self.norm(f"{name}.downsample.1", self.conv(f"{name}.downsample.0", x, outputs, 1, stride))
        return F.relu(y + x)

    def transform(self, name, x, size=2):
        x = self.conv(f"{name}.conv0", x, 128, 1, padding=1)
        y = F.relu(self.norm(f"{name}.bn1", self.conv(f"{name}.conv1", x, 128, 3, padding=1)))
        y = self.conv(f"{name}.conv2", y, 128, 3, padding=1) + x
        return F.avg_pool2d(y, size, 2 if size == 2 else 1)

    def gate(self, name, low, high):
        means = torch.cat([low, high], 1).mean((2, 3))
        weights = torch.sigmoid(self.linear(f"{name}.fc2", F.relu(self.linear(f"{name}.fc1", means, 128)), 128))
        return low * weights[:, :, None, None]

    def __call__(self, x):
        x = F.relu(self.norm("bn1", self.conv("conv1", x, 64, 11, 2, 4)))
        x = F.max_pool2d(x, 3, 2, 1)
        seen = []
        for level, width in enumerate((64, 128, 256, 512), 1):
            for block in range(2):
                x = self.basic(f"layer{level}.{block}", x, width, 2 if level > 1 and block == 0 else 1)
            seen.append(x)
        summit = F.relu(self.norm("toplayer_bn", self.conv("toplayer", seen[3], 64, 1, bias=True)))
        p4 = self.gate("FRB4", self.transform("FTB4", seen[3], 3), summit)
        p3 = self.gate("FRB3", self.transform("FTB3", seen[2]), p4)
        p2 = self.gate("FRB2", self.transform("FTB2_2", self.transform("FTB2_1", seen[1])), p3)
        product = p2 * p3
        attention = torch.softmax(product.flatten(2), 2).view_as(product)
        y = self.conv("conv2", attention * p4, 128, 1, bias=True) + p4
        return self.linear("fc", y.mean((2, 3)), self.keys)


def pictures(batch, rows, columns):
    u = units(f"pictures {batch} {rows} {columns}", batch * 5 * rows * columns)
    return torch.tensor(u.astype(np.float32).astype(np.float64)).reshape(batch, 5, rows, columns)


def main():
    fixture, shapes = {}, {}
    for keys in (51, 88):
        net = Net(keys)
        fixture[f"logits.{keys}"] = net(pictures(1, 100, 900))
        shapes[str(keys)] = {name: list(value.shape) for name, value in net.state.items()}
        count = sum(value.numel() for name, value in net.state.items() if "running" not in name)
        print(keys, count)

    net = Net(51, training=True)
    logits = net(pictures(3, 35, 35))
    probe = torch.tensor(units("probe", logits.numel()).astype(np.float32).astype(np.float64)).view_as(logits)
    (logits * probe).sum().backward()
    fixture["training.logits"] = logits
    for name in ("bn1.weight", "layer1.1.bn2.bias", "layer4.0.downsample.1.weight", "FTB2_1.bn1.bias",
                 "FTB4.conv0.weight", "FRB3.fc1.weight", "toplayer.bias", "conv2.bias", "fc.weight", "fc.bias"):
        fixture[f"gradient.{name}"] = net.state[name].grad
    kernel = net.state["conv1.weight"].grad
    # As ours lies: taps before inputs.
    fixture["gradient.conv1.weight"] = kernel.permute(0, 2, 3, 1).flatten(1)[:8]

    save_file(
        {name: value.detach().float().contiguous() for name, value in fixture.items()}, "video2roll.safetensors",
        metadata={"shapes": json.dumps(shapes)})


if __name__ == "__main__":
    main()
