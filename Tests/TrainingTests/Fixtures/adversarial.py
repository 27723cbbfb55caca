"""Makes adversarial.safetensors: discriminators, their losses, the mel loss and the balancer, written out in PyTorch.

Weights are stored taps outermost, channels last. Needs torch and safetensors; run it in this folder.
"""

import math

import torch
from safetensors.torch import save_file
from torch.nn.functional import conv2d, leaky_relu, relu

torch.manual_seed(11)
WINDOWS, FILTERS = [64, 32], 4
fixture, weights = {}, {}


def weight(name, inputs, outputs, taps):
    fan = taps[0] * taps[1] * inputs
    weights[f"{name}.weight"] = torch.empty(outputs, fan).uniform_(-(3 / fan) ** 0.5, (3 / fan) ** 0.5).requires_grad_()
    weights[f"{name}.bias"] = (0.1 * torch.randn(outputs)).requires_grad_()


def convolve(x, name, taps, **options):
    kernel = weights[f"{name}.weight"].unflatten(1, (*taps, x.shape[1])).permute(0, 3, 1, 2)
    return conv2d(x, kernel, weights[f"{name}.bias"], **options)


def power(x, window):
    hann = torch.hann_window(window)
    bins = torch.stft(x, window, window // 4, window=hann, center=False, return_complex=True)
    return torch.view_as_real(bins / hann.pow(2).sum().sqrt())  # [batch, bins, frames, 2]


def discriminate(x, window, logarithmic):
    parts = power(x, window)
    if logarithmic:
        z = (parts.pow(2).sum(-1) + 1e-8).log().mul(0.125).add(1).transpose(1, 2).unsqueeze(1)
        name = f"log{window}"
    else:
        z = parts.permute(0, 3, 2, 1)  # [batch, part, frames, bins]
        name = str(window)
    features = []
    for index in range(5):
        if index == 0:
            z = convolve(z, f"{name}.layers.0", (3, 9), padding=(1, 4))
        elif index < 4:
            d = 2 ** (index - 1)
            z = convolve(z, f"{name}.layers.{index}", (3, 9), stride=(1, 2), dilation=(d, 1), padding=(d, 4))
        else:
            z = convolve(z, f"{name}.layers.4", (3, 3), padding=(1, 1))
        z = leaky_relu(z, 0.2)
        features.append(z)
    return features, convolve(z, f"{name}.last", (3, 3), padding=(1, 1))


for kind, inputs in [("", 2), ("log", 1)]:
    for window in WINDOWS:
        for index in range(5):
            weight(f"{kind}{window}.layers.{index}", inputs if index == 0 else FILTERS, FILTERS,
                   (3, 3) if index == 4 else (3, 9))
        weight(f"{kind}{window}.last", FILTERS, 1, (3, 3))
fixture.update({f"weights.{name}": value for name, value in weights.items()})

target = 0.5 * torch.randn(2, 400)
output = (target + 0.3 * torch.randn(2, 400)).requires_grad_()
fixture.update({"target": target, "output": output})
for kind, logarithmic in [("complex", False), ("logarithmic", True)]:
    real = [discriminate(target, window, logarithmic) for window in WINDOWS]
    made = [discriminate(output, window, logarithmic) for window in WINDOWS]
    count = len(WINDOWS)
    discriminator = sum(relu(1 - r[1]).mean() + relu(1 + m[1]).mean() for r, m in zip(real, made)) / count
    codec = sum(relu(1 - m[1]).mean() for m in made) / count
    features = sum(
        (a.detach() - b).abs().mean() / a.detach().abs().mean() for r, m in zip(real, made) for a, b in zip(r[0], m[0])
    ) / (count * 5)
    mine = {name: value for name, value in weights.items() if name.startswith("log") == logarithmic}
    slopes = torch.autograd.grad(discriminator, list(mine.values()), retain_graph=True)
    fixture.update({f"{kind}.slope.{name}": value for name, value in zip(mine, slopes)})
    for name, loss in [("codec", codec), ("features", features)]:
        fixture[f"{kind}.{name}"] = loss
        fixture[f"{kind}.{name}.gradient"] = torch.autograd.grad(loss, output, retain_graph=True)[0]
    fixture[f"{kind}.discriminator"] = discriminator
    for window, (maps, score) in zip(WINDOWS, made):
        fixture[f"{kind}.{window}.score"] = score.permute(0, 2, 3, 1)
        fixture[f"{kind}.{window}.feature"] = maps[2].permute(0, 2, 3, 1)

# The mel loss. Every bin's power is shared by the two bands between whose centres it lies.
RATE, BANDS = 24000, 64


def mel(frequency):
    return 2595 * math.log10(1 + frequency / 700)


def bands(window):
    table = torch.zeros(BANDS, window // 2 + 1)
    low, high = mel(20), mel(RATE / 2)
    for k in range(1, window // 2 + 1):
        place = min(max((mel(k * RATE / window) - low) / (high - low) * (BANDS - 1), 0), BANDS - 1)
        band = min(int(place), BANDS - 2)
        table[band, k] = 1 - (place - band)
        table[band + 1, k] = place - band
    return table[table.sum(1) > 0]


def level(x, window):
    return 0.5 * (bands(window) @ power(x, window).pow(2).sum(-1)).clamp(min=1e-8).log()


long_target = 0.1 * torch.randn(1, 3000)
long_output = (long_target + 0.05 * torch.randn(1, 3000)).requires_grad_()
total = 0
for window in [2**i for i in range(5, 12)]:
    apart = level(long_target, window) - level(long_output, window)
    total = total + apart.abs().mean() + apart.pow(2).mean()
total = total / 7
total.backward()
fixture.update({"mel.target": long_target, "mel.output": long_output, "mel": total, "mel.gradient": long_output.grad})

# The balancer: six steps of one shard of two items; the third loss begins at the third step.
shares, decay = [1.0, 0.5, 3.0], 0.9
sums, counts = [0.0] * 3, [0.0] * 3
for step in range(6):
    count = 2 if step < 2 else 3
    found = [torch.randn(2, 30) * 10 ** (i - 1) for i in range(count)]
    norms = [g.norm(dim=1).mean().item() for g in found]
    usual = [sums[i] / counts[i] if counts[i] else norms[i] for i in range(count)]
    fixture[f"balance.{step}"] = sum(
        g * shares[i] / sum(shares[:count]) / usual[i] for i, g in enumerate(found))
    for i in range(count):
        fixture[f"balance.{step}.{i}"] = found[i]
        sums[i], counts[i] = decay * sums[i] + norms[i], decay * counts[i] + 1

save_file({name: value.detach().clone().contiguous() for name, value in fixture.items()}, "adversarial.safetensors")
