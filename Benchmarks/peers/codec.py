"""The codec's training step in PyTorch: encoder, decoder and spectral loss, with the weights' own names."""

import math

import torch
from torch import nn
from torch.nn import functional as F

import network


def spectrum(x, length, hop):
    """x [batch, samples] -> |X|^2 of the frames under a Hann window, [batch, frames, length/2 + 1]."""
    window = torch.hann_window(length) / math.sqrt(0.375 * length)
    transform = torch.stft(x, length, hop, window=window, center=False, return_complex=True)
    return torch.view_as_real(transform).square().sum(-1).transpose(1, 2)


def mel_bands(count, bins, source):
    """Triangles of half overlap, [bands, bins]."""
    mel = lambda f: 2595 * math.log10(1 + f / 700)
    low, high = mel(source["lowest"]), mel(source["highest"])
    bands = torch.zeros(count, bins)
    for k in range(1, bins):
        at = (mel(k * source["sampleRate"] / (2 * (bins - 1))) - low) / (high - low) * (count - 1)
        at = min(max(at, 0), count - 1)
        band = min(int(at), count - 2)
        bands[band, k], bands[band + 1, k] = 1 - (at - band), at - band
    return bands


class Encoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c, source = c, c["source"]
        inputs = 2 * c["analysisBands"] + source["harmonicBands"] + source["noiseBands"]
        self.input, self.output = nn.Linear(inputs, c["width"]), nn.Linear(c["width"], c["latentWidth"])
        self.blocks = nn.ModuleList(
            network.ConvolutionBlock(c["width"], c["taps"], c["expansion"]) for _ in range(c["depth"]))
        for name in ("window", "slowWindow"):
            self.register_buffer(name, mel_bands(c["analysisBands"], c[name] // 2 + 1, source), persistent=False)

    def forward(self, audio, energy):
        heard = []
        for name in ("window", "slowWindow"):
            power = spectrum(audio[:, self.c["slowWindow"] - self.c[name] :], self.c[name], self.c["source"]["hop"])
            heard.append(torch.log((power @ getattr(self, name).t()).clamp_min(1e-9)) / 6 + 1.5)
        x = self.input(torch.cat([*heard, energy / 6 + 1.5], dim=-1))
        for block in self.blocks:
            x, _ = block(x, x.new_zeros(x.shape[0], self.c["taps"] - 1, x.shape[2]))
        y = self.output(x)
        return y * torch.rsqrt(y.square().mean(-1, keepdim=True) + 1e-6)


def spectral_loss(ours, target):
    total = 0
    for length in (256, 1024, 2048):
        p, q = spectrum(target, length, length // 4), spectrum(ours, length, length // 4)
        total = total + F.l1_loss(q.clamp_min(1e-8).log(), p.clamp_min(1e-8).log()) * 0.5
        root = p.sqrt()
        total = total + F.l1_loss((q + 1e-9).sqrt(), root) / root.mean().clamp_min(1e-4)
    return total / 3


class Codec(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.encoder, self.decoder = Encoder(c), network.Decoder(c)

    def loss(self, audio, source, energy, noise):
        c = self.encoder.c
        batch, frames = energy.shape[:2]
        gains = torch.exp(self.decoder.offset).expand(batch, 1, -1)
        past = [energy.new_zeros(batch, c["taps"] - 1, c["width"])] * c["depth"]
        sound = self.decoder(self.encoder(audio, energy) + noise, source, energy, gains, *past)[0]
        hop = c["source"]["hop"]
        return spectral_loss(sound.reshape(batch, -1), audio[:, c["slowWindow"] - hop :])


class CodecTraining:
    """A step as bench-models' trainer takes it: 4 excerpts of 192 frames, AdamW, clipping, average."""

    def __init__(self, c, case, compare, shards=4):
        """compare: called with a name, our numbers and these, of the example that bench-models wrote down."""
        self.model = Codec(c)
        self.model.load_state_dict({name: case[name] for name in self.model.state_dict()})
        one = [case[name] for name in ("audio", "source", "energy", "noise")]
        loss = self.model.loss(*one)
        loss.backward()
        compare("codec, loss", case["loss"].numpy(), loss.detach().numpy())
        compare("codec, gradient", case["gradient"].numpy(), self.model.encoder.input.weight.grad.numpy())
        self.parameters = list(self.model.parameters())
        self.optimiser = torch.optim.AdamW(self.parameters, lr=1e-3, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
        self.average = [p.detach().clone() for p in self.parameters]
        self.batch = [x.repeat(shards, *[1] * (x.dim() - 1)) for x in one]

    def step(self):
        self.optimiser.zero_grad(set_to_none=True)
        self.model.loss(*self.batch).backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0, foreach=True)
        self.optimiser.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.average, self.parameters, 0.001)
