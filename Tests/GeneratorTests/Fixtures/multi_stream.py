"""Makes multi-stream.safetensors: the generator with all its streams, written out in PyTorch, its outputs and gradients.

The Video-DiT and the Extra-DiT are pre-norm transformers without the flow time; the Audio-DiT is steered by it and reads
words between attention and network. Needs torch and safetensors; run it in this folder.
"""
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

torch.manual_seed(31)
LATENTS, ROLL, VIDEO, TEXT, TIME, DEPTH, EXPANSION = 5, 7, 6, 9, 8, 3, 2
AUDIO_WIDTH, AUDIO_HEADS = 16, 2
SIDES = {"roll": (ROLL, 8, 2), "video": (VIDEO, 12, 3)}
BATCH, FRAMES, WORDS = 3, 6, 4


def turned(x):
    """Rotary positions 0, 1, …: the pairs (i, i + d/2) of a head turn by position / 10000^(2i/d)."""
    d = x.shape[-1]
    angle = torch.outer(torch.arange(x.shape[-2]).double(), 10000.0 ** (-2 * torch.arange(d // 2).double() / d))
    turn = torch.polar(torch.ones_like(angle), angle).to(torch.complex64)
    y = torch.complex(x[..., : d // 2].contiguous(), x[..., d // 2 :].contiguous()) * turn
    return torch.cat([y.real, y.imag], dim=-1)


def attend(q, k, v, allowed):
    """Allowed [batch, queries, keys]; who may look at nothing gets zeros."""
    scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
    scores = scores.masked_fill(~allowed[:, None], float("-inf"))
    return torch.nan_to_num(scores.softmax(-1)) @ v


class Attention(nn.Module):
    def __init__(self, width, heads, features=None):
        super().__init__()
        self.heads, self.is_cross = heads, features is not None
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(features or width, width, bias=False)
        self.value = nn.Linear(features or width, width, bias=not self.is_cross)
        self.output = nn.Linear(width, width, bias=not self.is_cross)

    def apart(self, y):
        return y.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x, allowed, tokens=None):
        source = x if tokens is None else tokens
        q, k, v = self.apart(self.query(x)), self.apart(self.key(source)), self.apart(self.value(source))
        if not self.is_cross:
            q, k = turned(q), turned(k)
        return self.output(attend(q, k, v, allowed).transpose(1, 2).flatten(2))


class Network(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.up, self.down = nn.Linear(width, EXPANSION * width), nn.Linear(EXPANSION * width, width)

    def forward(self, x):
        return self.down(F.gelu(self.up(x), approximate="tanh"))


def plain_norm(x):
    return F.layer_norm(x, x.shape[-1:], eps=1e-6)


class AudioLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.steering = nn.Linear(TIME, 6 * AUDIO_WIDTH)
        self.attention = Attention(AUDIO_WIDTH, AUDIO_HEADS)
        self.text = Attention(AUDIO_WIDTH, AUDIO_HEADS, TEXT)
        self.network = Network(AUDIO_WIDTH)

    def forward(self, x, time, allowed, text):
        s1, b1, g1, s2, b2, g2 = self.steering(time)[:, None].chunk(6, dim=-1)
        x = x + g1 * self.attention(plain_norm(x) * (1 + s1) + b1, allowed)
        if text is not None:
            tokens, lengths = text
            real = torch.arange(tokens.shape[1])[None, :] < lengths[:, None]
            x = x + self.text(plain_norm(x), real[:, None, :].expand(-1, x.shape[1], -1), tokens)
        return x + g2 * self.network(plain_norm(x) * (1 + s2) + b2)


class SideLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.first, self.second = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.attention, self.network = Attention(width, heads), Network(width)

    def forward(self, x, allowed):
        x = x + self.attention(self.first(x), allowed)
        return x + self.network(self.second(x))


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        linear = nn.Linear
        self.time = nn.ModuleDict({"first": linear(TIME, 2 * TIME), "second": linear(2 * TIME, TIME)})
        self.audio = nn.ModuleDict({
            "input": linear(LATENTS, AUDIO_WIDTH), "layers": nn.ModuleList([AudioLayer() for _ in range(DEPTH)])})
        exchanges = {}
        for name, (features, width, heads) in SIDES.items():
            both = AUDIO_WIDTH + width
            exchanges[name] = nn.ModuleList([
                nn.ModuleDict({"audio": linear(both, AUDIO_WIDTH, bias=False)}
                              | ({name: linear(both, width, bias=False)} if layer + 1 < DEPTH else {}))
                for layer in range(DEPTH)])
            self.add_module(name, nn.ModuleDict({
                "input": linear(features, width),
                "layers": nn.ModuleList([SideLayer(width, heads) for _ in range(DEPTH - 1)])}))
        self.exchanges = exchanges["roll"]
        self.video["exchanges"] = exchanges["video"]
        self.steering = linear(TIME, 2 * AUDIO_WIDTH)
        self.output = linear(AUDIO_WIDTH, LATENTS)

    def forward(self, latents, time, allowed, sides, text):
        """sides: name ↦ (features, presence [batch])."""
        frequencies = 1000 ** (torch.arange(TIME // 2) / (TIME // 2 - 1))
        angles = time[:, None] * frequencies
        vector = self.time["first"](torch.cat([angles.sin(), angles.cos()], dim=-1))
        vector = F.silu(self.time["second"](F.silu(vector)))
        e_a = self.audio["input"](latents)
        e = {name: getattr(self, name)["input"](features) for name, (features, _) in sides.items()}
        exchanges = {"roll": self.exchanges, "video": self.video["exchanges"]}
        for layer in range(DEPTH):
            new = e_a
            for name in sides:
                both, maps = torch.cat([e_a, e[name]], dim=-1), exchanges[name][layer]
                new = new + sides[name][1][:, None, None] * maps["audio"](both)
                if layer + 1 < DEPTH:
                    e[name] = e[name] + maps[name](both)
                    e[name] = getattr(self, name)["layers"][layer](e[name], allowed)
            e_a = self.audio["layers"][layer](new, vector, allowed, text)
            if layer == 0:
                first = {"audio": e_a} | dict(e)
        scale, shift = self.steering(vector)[:, None].chunk(2, dim=-1)
        return self.output(plain_norm(e_a) * (1 + scale) + shift), first


model = Generator()
for parameter in model.parameters():  # nothing at its neutral self
    if parameter.dim() == 1:
        nn.init.normal_(parameter, mean=parameter.mean().item(), std=0.1)
latents, probe = torch.randn(BATCH, FRAMES, LATENTS), torch.randn(BATCH, FRAMES, LATENTS)
# Small times: the fastest of the frequencies is 1000, and float32 knows an angle of 900 to a few 1e-5 only.
time = torch.tensor([0.002, 0.04, 0.09])
allowed = torch.rand(FRAMES, FRAMES) < 0.7
allowed |= torch.eye(FRAMES, dtype=bool)
roll, video, words = torch.randn(BATCH, FRAMES, ROLL), torch.randn(BATCH, FRAMES, VIDEO), torch.randn(BATCH, WORDS, TEXT)
fixture = {
    "latents": latents, "probe": probe, "time": time, "roll": roll, "video": video, "words": words,
    "mask": torch.zeros(FRAMES, FRAMES).masked_fill(~allowed, float("-inf")),
}
fixture |= {"weights." + name: value for name, value in model.named_parameters()}
everywhere = torch.ones(BATCH)
streams = {"roll": (roll, everywhere), "video": (video, everywhere)}
lengths = torch.full((BATCH,), WORDS)
cases = {
    "alone": ({}, None),
    "roll": ({"roll": streams["roll"]}, None),
    "video": ({"video": streams["video"]}, None),
    "words": ({}, (words, lengths)),
    "all": (streams, (words, lengths)),
    # Sequence by sequence: roll, film and four words; film and two words; the roll alone.
    "some": ({"roll": (roll, torch.tensor([1.0, 0, 1])), "video": (video, torch.tensor([1.0, 1, 0]))},
             (words, torch.tensor([4, 2, 0]))),
}
for name, (sides, text) in cases.items():
    velocity, first = model(latents, time, allowed[None].expand(BATCH, -1, -1), sides, text)
    fixture[f"{name}.velocity"] = velocity
    fixture |= {f"{name}.first.{stream}": value for stream, value in first.items()}
    if name == "some":
        (velocity * probe).sum().backward()
        fixture |= {f"gradients.{key}": value.grad for key, value in model.named_parameters()}
save_file({name: value.detach().clone().contiguous() for name, value in fixture.items()}, "multi-stream.safetensors")
