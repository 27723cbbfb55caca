#!/usr/bin/env python3
"""Runs the same networks in ONNX Runtime (one thread) and the same training steps in PyTorch (two threads).

usage: peers.py VOICE.safetensors CASES-FOLDER ROUNDS live|training
CASES-FOLDER is what bench-models wrote: inputs, and what it computed of them. Exits with 1 where we disagree.
Prints times as JSON, seconds.
"""

import json
import sys
import time
import warnings

import numpy
import onnxruntime
import torch
from safetensors.torch import load_file

import codec
import encodec
import network
import rolls

warnings.filterwarnings("ignore")


class Pass(torch.nn.Module):
    """One pass over a block: the velocity, or what the next block needs of it."""

    def __init__(self, generator, frames, remembers):
        super().__init__()
        self.generator, self.remembers = generator, remembers
        window = generator.c["window"]
        self.register_buffer("queries", torch.arange(window, window + frames).float())
        self.register_buffer("keys", torch.arange(window + frames).float())

    def forward(self, latents, condition, flow, mask, *past):
        place = {"copies": 1, "queries": self.queries, "keys": self.keys, "mask": mask}
        pairs = [(past[i], past[i + 1]) for i in range(0, len(past), 2)]
        velocity, left = self.generator(latents, condition, flow, place, pairs)
        return tuple(x for pair in left for x in pair) if self.remembers else velocity


def session(module, inputs, path):
    """A session over the module, and its inputs bound to it."""
    names = [f"input{i}" for i in range(len(inputs))]
    torch.onnx.export(module, inputs, path, input_names=names, opset_version=17, dynamo=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    made = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    binding = made.io_binding()
    wanted = {one.name for one in made.get_inputs()}
    for name, tensor in zip(names, inputs):
        if name in wanted:
            binding.bind_ortvalue_input(name, onnxruntime.OrtValue.ortvalue_from_numpy(tensor.contiguous().numpy()))
    for output in made.get_outputs():
        binding.bind_output(output.name)
    return made, binding


def compare(what, ours, theirs):
    error = float(numpy.abs(ours - theirs).max() / numpy.abs(ours).max())
    print(f"{what}: relative difference {error:.1e}", file=sys.stderr)
    if not error < 1e-4:
        sys.exit(f"{what}: we do not compute the same")


def timed(call, slice=0.05):
    """Seconds a call, over about `slice` seconds."""
    call()
    begin = time.perf_counter()
    call()
    calls = max(1, int(slice / (time.perf_counter() - begin)))
    begin = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - begin) / calls


def generator_block(generator, folder, frames):
    case = load_file(f"{folder}/generator-{frames}.safetensors")
    count = len(generator.cache_widths())
    past = [case[f"past.{i}.{what}"] for i in range(count) for what in ("keys", "values")]
    inputs = (case["latents"], case["condition"], case["time"], case["mask"], *past)
    denoise = session(Pass(generator, frames, False), inputs, f"{folder}/denoise-{frames}.onnx")
    remember = session(Pass(generator, frames, True), inputs, f"{folder}/remember-{frames}.onnx")
    denoise[0].run_with_iobinding(denoise[1])
    compare(f"generator, block of {frames}", case["velocity"].numpy(), denoise[1].copy_outputs_to_cpu()[0])

    def block():
        for _ in range(4):
            denoise[0].run_with_iobinding(denoise[1])
        remember[0].run_with_iobinding(remember[1])

    return block


def decoder_frames(decoder, folder, frames):
    case = load_file(f"{folder}/decoder-{frames}.safetensors")
    past = [case[f"past.{i}"] for i in range(len(decoder.blocks))]
    inputs = (case["latents"], case["source"], case["energy"], case["gains"], *past)
    made, binding = session(decoder, inputs, f"{folder}/decoder-{frames}.onnx")
    made.run_with_iobinding(binding)
    compare(f"decoder, {frames}", case["sound"].numpy(), binding.copy_outputs_to_cpu()[0])
    return lambda: made.run_with_iobinding(binding)


def encodec_frame(folder):
    decoder, inputs, sound = encodec.load(f"{folder}/encodec.safetensors")
    made, binding = session(decoder, inputs, f"{folder}/encodec.onnx")
    made.run_with_iobinding(binding)
    compare("EnCodec decoder", sound.numpy().reshape(-1), binding.copy_outputs_to_cpu()[0].reshape(-1))
    return lambda: made.run_with_iobinding(binding)


def roll(folder, what, file):
    module, inputs, logits = rolls.load(f"{folder}/{file}.safetensors")
    made, binding = session(module, inputs, f"{folder}/{file}.onnx")
    made.run_with_iobinding(binding)
    compare(what, logits.numpy(), binding.copy_outputs_to_cpu()[0])
    return lambda: made.run_with_iobinding(binding)


class Training:
    """A step as bench-models' trainer takes it: 8 sequences of 128 frames in two copies, AdamW, clipping, average."""

    def __init__(self, c, frames=128, shards=8):
        torch.manual_seed(1)
        self.model = network.Generator(c).train()
        self.parameters = list(self.model.parameters())
        self.optimiser = torch.optim.AdamW(self.parameters, lr=1e-3, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
        self.average = [p.detach().clone() for p in self.parameters]
        self.latents = torch.randn(2 * shards, frames, c["latentWidth"])
        self.condition = torch.randn(2 * shards, frames, c["conditionWidth"])
        self.target = torch.randn(shards, frames, c["latentWidth"])
        self.time = torch.rand(2 * shards)
        positions = (torch.arange(2 * frames) % frames).float()
        block = torch.arange(frames) // 4
        near = (block[:, None] == block) | (torch.arange(frames)[:, None] - torch.arange(frames) <= c["window"])
        clean, own = near & (block[None] <= block[:, None]), block[:, None] == block
        earlier = near & (block[None] < block[:, None])
        allowed = torch.cat([torch.cat([clean, torch.zeros_like(clean)], 1), torch.cat([earlier, own], 1)])
        mask = torch.zeros(2 * frames, 2 * frames).masked_fill(~allowed, -torch.inf)
        self.place = {"copies": 2, "queries": positions, "keys": positions, "mask": mask}

    def step(self):
        self.optimiser.zero_grad(set_to_none=True)
        velocity, _ = self.model(self.latents, self.condition, self.time, self.place)
        loss = (velocity[1::2] - self.target).square().mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0, foreach=True)
        self.optimiser.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.average, self.parameters, 0.001)


def live(generator, decoder, folder, rounds):
    torch.set_num_threads(1)
    with torch.no_grad():
        contestants = {f"generator, block of {n}": generator_block(generator, folder, n) for n in (2, 3)}
        contestants["decoder, a frame"] = decoder_frames(decoder, folder, 1)
        contestants["decoder, 2 frames"] = decoder_frames(decoder, folder, 2)
        contestants["EnCodec decoder, a frame"] = encodec_frame(folder)
        for what, file in (("Video2Roll, a frame", "video2roll"), ("strip predictor, a frame", "strip")):
            contestants[what] = roll(folder, what, file)
    seconds = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, call in contestants.items():
            seconds[name].append(timed(call))
    return seconds


def main():
    path, folder, rounds, what = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    generator, decoder, configuration = network.load(path)
    if what == "live":
        seconds = live(generator, decoder, folder, rounds)
    else:
        torch.set_num_threads(2)
        case = load_file(f"{folder}/codec-training.safetensors")
        contestants = {
            "generator, training step": Training(configuration["generator"]),
            "codec, training step": codec.CodecTraining(configuration["codec"], case, compare),
        }
        seconds = {}
        for name, training in contestants.items():
            training.step()
            seconds[name] = [timed(training.step, 3) for _ in range(rounds)]
    print(json.dumps([{"name": name, "seconds": values} for name, values in seconds.items()]))


main()
