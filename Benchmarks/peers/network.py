"""The generator and the decoder of a voice in PyTorch, with the weights' own names: what the peers run."""

import json

import torch
from safetensors import safe_open
from torch import nn
from torch.nn import functional as F


def rotate(x, positions, heads):
    """Rotary positions: x [batch, tokens, heads*d] with pairs (i, i + d/2), base 10000 -> [batch, heads, tokens, d]."""
    batch, tokens, width = x.shape
    d = width // heads
    x = x.view(batch, tokens, heads, d).transpose(1, 2)
    angles = positions[:, None] * 10000 ** (-torch.arange(0, d // 2, dtype=torch.float32) * 2 / d)
    cosine, sine = angles.cos(), angles.sin()
    a, b = x[..., : d // 2], x[..., d // 2 :]
    return torch.cat([a * cosine - b * sine, a * sine + b * cosine], dim=-1)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query, self.value, self.output = (nn.Linear(width, width) for _ in range(3))
        self.key = nn.Linear(width, width, bias=False)

    def forward(self, x, place, past=None):
        copies = place["copies"]
        shape = x.shape
        batch, tokens = shape[0] // copies, shape[1] * copies
        together = lambda y: y.reshape(batch, tokens, shape[2])
        keys, values = together(self.key(x)), together(self.value(x))
        left = None
        if past is not None:
            keys, values = torch.cat([past[0], keys], 1), torch.cat([past[1], values], 1)
            left = keys[:, tokens:], values[:, tokens:]
        q = rotate(together(self.query(x)), place["queries"], self.heads)
        k = rotate(keys, place["keys"], self.heads)
        v = values.view(batch, -1, self.heads, shape[2] // self.heads).transpose(1, 2)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=place["mask"])
        return self.output(y.transpose(1, 2).reshape(shape)), left


class FeedForward(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.up, self.down = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x):
        return self.down(F.gelu(self.up(x), approximate="tanh"))


def normed(x):
    return F.layer_norm(x, x.shape[-1:], eps=1e-6)


class AudioLayer(nn.Module):
    def __init__(self, width, heads, expansion, time):
        super().__init__()
        self.steering = nn.Linear(time, 6 * width)
        self.attention, self.network = Attention(width, heads), FeedForward(width, expansion * width)

    def forward(self, x, time, place, past):
        s = self.steering(time).chunk(6, dim=-1)
        heard, past = self.attention(normed(x) * (1 + s[0]) + s[1], place, past)
        x = x + s[2] * heard
        return x + s[5] * self.network(normed(x) * (1 + s[3]) + s[4]), past


class RollLayer(nn.Module):
    def __init__(self, width, heads, expansion):
        super().__init__()
        self.first, self.second = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.attention, self.network = Attention(width, heads), FeedForward(width, expansion * width)

    def forward(self, x, place, past):
        heard, past = self.attention(self.first(x), place, past)
        x = x + heard
        return x + self.network(self.second(x)), past


class Exchange(nn.Module):
    def __init__(self, audio, roll, last):
        super().__init__()
        self.audio = nn.Linear(audio + roll, audio, bias=False)
        self.roll = None if last else nn.Linear(audio + roll, roll, bias=False)

    def forward(self, a, r):
        both = torch.cat([a, r], dim=-1)
        return a + self.audio(both), r if self.roll is None else r + self.roll(both)


class Time(nn.Module):
    def __init__(self, width):
        super().__init__()
        half = width // 2
        self.register_buffer("frequencies", 1000 ** (torch.arange(half) / max(1, half - 1)), persistent=False)
        self.first, self.second = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, t):
        angles = t[:, None, None] * self.frequencies
        return F.silu(self.second(F.silu(self.first(torch.cat([angles.sin(), angles.cos()], dim=-1)))))


class Input(nn.Module):
    """A stream: its input map and its layers."""

    def __init__(self, inputs, width, layers):
        super().__init__()
        self.input, self.layers = nn.Linear(inputs, width), nn.ModuleList(layers)


class Generator(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        a, r, depth = c["audioWidth"], c["rollWidth"], c["depth"]
        self.time = Time(c["timeWidth"])
        self.audio = Input(
            c["latentWidth"], a, [AudioLayer(a, c["audioHeads"], c["expansion"], c["timeWidth"]) for _ in range(depth)])
        self.roll = Input(
            c["conditionWidth"], r, [RollLayer(r, c["rollHeads"], c["expansion"]) for _ in range(depth - 1)])
        self.exchanges = nn.ModuleList(Exchange(a, r, i == depth - 1) for i in range(depth))
        self.steering = nn.Linear(c["timeWidth"], 2 * a)
        self.output = nn.Linear(a, c["latentWidth"])

    def forward(self, latents, condition, flow, place, past=None):
        """The velocity, and what every layer leaves to the next block: keys and values, audio then roll."""
        time = self.time(flow)
        audio, roll = self.audio.input(latents), self.roll.input(condition)
        depth = self.c["depth"]
        past = past or [None] * (2 * depth - 1)
        left = list(past)
        for i in range(depth):
            audio, roll = self.exchanges[i](audio, roll)
            audio, left[2 * i] = self.audio.layers[i](audio, time, place, past[2 * i])
            if i < depth - 1:
                roll, left[2 * i + 1] = self.roll.layers[i](roll, place, past[2 * i + 1])
        scale, shift = self.steering(time).chunk(2, dim=-1)
        return self.output(normed(audio) * (1 + scale) + shift), left

    def cache_widths(self):
        return ([self.c["audioWidth"], self.c["rollWidth"]] * self.c["depth"])[:-1]


class ConvolutionBlock(nn.Module):
    def __init__(self, width, taps, expansion):
        super().__init__()
        self.depthwise = nn.Parameter(torch.zeros(taps, width))
        self.norm, self.network = nn.LayerNorm(width, eps=1e-6), FeedForward(width, expansion * width)

    def forward(self, x, past):
        whole = torch.cat([past, x], dim=1)
        near = F.conv1d(whole.transpose(1, 2), self.depthwise.t()[:, None], groups=x.shape[2]).transpose(1, 2)
        return x + self.network(self.norm(near)), whole[:, x.shape[1] :]


class Decoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        source = c["source"]
        bands, width = source["harmonicBands"] + source["noiseBands"], c["width"]
        self.input, self.output = nn.Linear(c["latentWidth"] + bands, width), nn.Linear(width, bands)
        self.blocks = nn.ModuleList(ConvolutionBlock(width, c["taps"], c["expansion"]) for _ in range(c["depth"]))
        offset = torch.zeros(bands)
        offset[source["harmonicBands"] :] = -7
        self.register_buffer("offset", offset, persistent=False)
        hop = source["hop"]
        self.register_buffer("ramp", torch.arange(hop) / hop, persistent=False)

    def forward(self, latents, source, energy, gains, *past):
        """Sound [batch, frames, hop], then the gains and pasts that the next block begins with."""
        x = self.input(torch.cat([latents, energy / 6 + 1.5], dim=-1))
        left = []
        for block, before in zip(self.blocks, past):
            x, after = block(x, before)
            left.append(after)
        now = torch.exp(torch.tanh((self.output(x) + self.offset) / 12) * 12)
        borders = torch.cat([gains, now], dim=1)
        begin, end = borders[:, :-1, :, None], borders[:, 1:, :, None]
        sound = (source * (begin + (end - begin) * self.ramp)).sum(dim=2)
        return (sound, borders[:, -1:], *left)


def load(path):
    """The generator and the decoder of a voice file, in f32."""
    with safe_open(path, "pt") as file:
        configuration = json.loads(file.metadata()["fotoplayer"])
        tensors = {name: file.get_tensor(name).float() for name in file.keys()}

    def part(module, prefix):
        module.load_state_dict({k[len(prefix) :]: v for k, v in tensors.items() if k.startswith(prefix)})
        return module.eval()

    return (
        part(Generator(configuration["generator"]), "generator."), part(Decoder(configuration["codec"]), "decoder."),
        configuration)
