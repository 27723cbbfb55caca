"""Writes adamw.safetensors: a matrix and a vector, ten gradients each, and what torch.optim.AdamW makes of them.

Run in this folder with torch and safetensors installed: python3 adamw.py
"""
import torch
from safetensors.torch import save_file

torch.manual_seed(4)
matrix = torch.nn.Parameter(torch.randn(5, 7))
vector = torch.nn.Parameter(torch.randn(9))
tensors = {"start.matrix": matrix.detach().clone(), "start.vector": vector.detach().clone()}
optimiser = torch.optim.AdamW(
    [{"params": [matrix], "weight_decay": 0.1}, {"params": [vector], "weight_decay": 0.0}],
    lr=0.02, betas=(0.9, 0.95), eps=1e-6)
for step in range(1, 11):
    for group in optimiser.param_groups:
        group["lr"] = 0.02 / step
    for name, parameter in (("matrix", matrix), ("vector", vector)):
        parameter.grad = torch.randn_like(parameter) * 10.0 ** (step % 3 - 1)
        tensors[f"gradient.{step}.{name}"] = parameter.grad.clone()
    norm = torch.nn.utils.clip_grad_norm_([matrix, vector], 2.0)
    tensors[f"norm.{step}"] = norm.reshape(1).clone()
    optimiser.step()
    for name, parameter in (("matrix", matrix), ("vector", vector)):
        tensors[f"weights.{step}.{name}"] = parameter.detach().clone()
save_file(tensors, "adamw.safetensors")
