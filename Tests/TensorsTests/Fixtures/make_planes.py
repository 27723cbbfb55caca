"""Makes planes.safetensors: PyTorch's two-dimensional convolutions and complex spectra, and the gradients of Σ y·probe.

Weights are stored taps outermost, channels last. Needs torch and safetensors; run it in this folder.
"""

import torch
from safetensors.torch import save_file
from torch.nn.functional import conv2d, leaky_relu

torch.manual_seed(7)
fixture = {}


def keep(case, inputs, function):
    """Stores a function's result and its gradients."""
    leaves = {name: value.requires_grad_() for name, value in inputs.items()}
    y = function(**leaves)
    probe = torch.randn_like(y)
    (y * probe).sum().backward()
    fixture.update({f"{case}.y": y, f"{case}.probe": probe})
    for name, value in leaves.items():
        fixture.update({f"{case}.{name}": value, f"{case}.gradient.{name}": value.grad})


def convolution(case, x, outputs, taps, **options):
    """x is [batch, rows, columns, channels]."""
    channels = x.shape[3]
    weight = torch.randn(outputs, taps[0] * taps[1] * channels) / (taps[0] * taps[1] * channels) ** 0.5

    def function(x, weight, bias):
        kernel = weight.unflatten(1, (*taps, channels)).permute(0, 3, 1, 2)
        return conv2d(x.permute(0, 3, 1, 2), kernel, bias, **options).permute(0, 2, 3, 1)

    keep(case, {"x": x, "weight": weight, "bias": torch.randn(outputs)}, function)


convolution("first", torch.randn(2, 5, 33, 2), 16, (3, 9), padding=(1, 4))
convolution("strided", torch.randn(1, 9, 37, 16), 16, (3, 9), stride=(1, 2), dilation=(2, 1), padding=(2, 4))
convolution("wide", torch.randn(1, 4, 12, 3), 40, (3, 3), padding=(1, 1))
convolution("last", torch.randn(1, 4, 69, 16), 1, (3, 3), padding=(1, 1))
convolution("rows", torch.randn(2, 11, 8, 3), 5, (4, 2), stride=(3, 3), dilation=(2, 1), padding=(4, 0))


def spectrum(x, length, hop):
    window = torch.hann_window(length)
    bins = torch.stft(x, length, hop, window=window, center=False, return_complex=True)
    return torch.view_as_real(bins / window.pow(2).sum().sqrt()).transpose(1, 2)


keep("spectrum", {"x": torch.randn(2, 400)}, lambda x: spectrum(x, 64, 16))
keep("short spectrum", {"x": torch.randn(1, 700)}, lambda x: spectrum(x, 8, 5))
keep("leaky", {"x": torch.randn(5, 7)}, lambda x: leaky_relu(x, 0.2))
save_file({name: value.detach().clone().contiguous() for name, value in fixture.items()}, "planes.safetensors")
