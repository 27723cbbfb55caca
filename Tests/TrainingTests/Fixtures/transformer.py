"""Writes transformer.safetensors: a two-layer transformer, its logits, loss, gradients, and the losses of ten AdamW steps.

Pre-norm blocks with rotary positions and a causal mask, as Layers/TransformerBlock is built.
Run in this folder with torch and safetensors installed: python3 transformer.py
"""
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

torch.manual_seed(5)
INPUTS, WIDTH, HEADS, EXPANSION, CLASSES, BATCH, FRAMES = 5, 16, 2, 2, 7, 3, 6


def rotate(x):
    batch, heads, tokens, d = x.shape
    angles = torch.arange(tokens)[:, None] * 10000 ** (-torch.arange(d // 2) * 2 / d)
    a, b = x.chunk(2, dim=-1)
    return torch.cat([a * angles.cos() - b * angles.sin(), a * angles.sin() + b * angles.cos()], dim=-1)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.value, self.output = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.key = nn.Linear(WIDTH, WIDTH, bias=False)

    def forward(self, x):
        apart = lambda y: y.view(BATCH, FRAMES, HEADS, -1).transpose(1, 2)
        y = F.scaled_dot_product_attention(
            rotate(apart(self.query(x))), rotate(apart(self.key(x))), apart(self.value(x)), is_causal=True)
        return self.output(y.transpose(1, 2).reshape(x.shape))


class FeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.up, self.down = nn.Linear(WIDTH, EXPANSION * WIDTH), nn.Linear(EXPANSION * WIDTH, WIDTH)

    def forward(self, x):
        return self.down(F.gelu(self.up(x), approximate="tanh"))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.LayerNorm(WIDTH, eps=1e-6), nn.LayerNorm(WIDTH, eps=1e-6)
        self.attention, self.network = Attention(), FeedForward()

    def forward(self, x):
        x = x + self.attention(self.first(x))
        return x + self.network(self.second(x))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.input, self.output = nn.Linear(INPUTS, WIDTH), nn.Linear(WIDTH, CLASSES)
        self.blocks = nn.ModuleList([Block(), Block()])

    def forward(self, x):
        x = self.input(x)
        for block in self.blocks:
            x = block(x)
        return self.output(x)


model = Model()
for parameter in model.parameters():  # biases and norms that are not their neutral selves
    if parameter.dim() == 1:
        nn.init.normal_(parameter, mean=parameter.mean().item(), std=0.1)
x = torch.randn(BATCH, FRAMES, INPUTS)
labels = torch.randint(CLASSES, (BATCH, FRAMES))
fixture = {"x": x, "labels": F.one_hot(labels, CLASSES).float()}
fixture |= {"weights." + name: value.detach().clone() for name, value in model.named_parameters()}
matrices = [p for p in model.parameters() if p.dim() > 1]
vectors = [p for p in model.parameters() if p.dim() == 1]
optimiser = torch.optim.AdamW(
    [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}],
    lr=0.01, betas=(0.9, 0.95), eps=1e-8)
losses = []
for step in range(10):
    optimiser.zero_grad()
    logits = model(x)
    loss = F.cross_entropy(logits.flatten(0, 1), labels.flatten())
    loss.backward()
    losses.append(loss.detach())
    if step == 0:
        fixture["logits"] = logits.detach().clone()
        fixture |= {"gradients." + name: value.grad.clone() for name, value in model.named_parameters()}
    optimiser.step()
fixture["losses"] = torch.stack(losses)
save_file(fixture, "transformer.safetensors")
