"""Makes signal-layers.safetensors: PyTorch's convolutions and LSTM, their outputs, and the gradients of Σ y·probe.

Weights are stored as these layers keep them: taps outermost, channels last. Needs torch and safetensors.
"""

import torch
from safetensors.torch import save_file
from torch.nn import LSTM, Conv1d, ConvTranspose1d

torch.manual_seed(3)
fixture = {}


def keep(case, module, x, before, cut, layouts):
    """Stores a module's results on x [batch, frames, channels], causally padded, its end cut off."""
    x = x.requires_grad_()
    if isinstance(module, LSTM):
        y = module(x)[0]
    else:
        y = module(torch.nn.functional.pad(x.transpose(1, 2), (before, 0))).transpose(1, 2)
        y = y[:, : y.shape[1] - cut]
    probe = torch.randn_like(y)
    (y * probe).sum().backward()
    fixture.update({f"{case}.x": x, f"{case}.y": y, f"{case}.probe": probe, f"{case}.gradient.x": x.grad})
    for name, weight in module.named_parameters():
        layout = layouts if name == "weight" else lambda value: value
        fixture[f"{case}.{name}"] = layout(weight)
        fixture[f"{case}.gradient.{name}"] = layout(weight.grad)


def tap_major(weight):  # [outputs, inputs, taps]
    return weight.permute(0, 2, 1).flatten(1)


def transposed(weight):  # [inputs, outputs, taps]
    return weight.permute(2, 1, 0).flatten(0, 1)


keep("conv", Conv1d(5, 35, 4, stride=2), torch.randn(2, 8, 5), 2, 0, tap_major)
keep("dilated", Conv1d(5, 3, 3, dilation=3, bias=False), torch.randn(2, 8, 5), 6, 0, tap_major)
keep("depthwise", Conv1d(5, 5, 3, groups=5), torch.randn(2, 8, 5), 2, 0, lambda weight: weight[:, 0].T)
keep("transpose", ConvTranspose1d(5, 3, 7, stride=3), torch.randn(2, 6, 5), 0, 4, transposed)
keep("lstm", LSTM(5, 7, 2, batch_first=True), torch.randn(2, 6, 5), 0, 0, None)
save_file({name: value.detach().clone().contiguous() for name, value in fixture.items()}, "signal-layers.safetensors")
