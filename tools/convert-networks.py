#!/usr/bin/env python3
"""Makes safetensors files of released weights of the networks that listen, for `fotoplayer-train evaluate`.

    convert-networks.py vggish vggish-10086976.pth vggish.safetensors
    convert-networks.py cnn14 Cnn14_16k_mAP=0.438.pth cnn14.safetensors
    convert-networks.py yamnet FOLDER yamnet.safetensors

The .pth files are those of torchvggish and of PANNs (at 16 kHz); FOLDER is YAMNet as a SavedModel of TensorFlow, as
tools/judge/judge.sh fetches it, or a folder that holds one under the name _yamnet. Needs numpy and safetensors, and torch for
.pth files, of which nothing but tensors is read.
"""

import os
import sys

import numpy
from safetensors.numpy import save_file

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "judge"))
LAYERS = 14


def state_dictionary(path):
  """The tensors of a .pth file; PANNs keep theirs under "model"."""
  import torch
  held = torch.load(path, map_location="cpu", weights_only=True)
  held = held.get("model", held)
  return {name: value.numpy() for name, value in held.items()}


def yamnet(folder):
  """The layers of a SavedModel under the names of YAMNet's port to PyTorch.

  Layers with weights are numbered: convolution and norm, then of each of thirteen pairs two of both, then the classifier.
  Kernels are kept as [rows, columns, inputs, outputs], those of each channel for itself as [rows, columns, channels, 1].
  """
  import tensorbundle
  layers = {}
  for name, value in tensorbundle.read(os.path.join(folder, "variables", "variables")).items():
    parts = name.split("/")
    places = [part for part in parts if part.startswith("layer_with_weights-")]
    if places and ".ATTRIBUTES" in parts and ".OPTIMIZER_SLOT" not in parts:
      inner = "_yamnet" in parts
      layers.setdefault(inner, {}).setdefault(int(places[-1].rsplit("-", 1)[1]), {})[parts[-3]] = value
  layers = layers.get(True) or layers.get(False) or {}
  expected = 2 + 4 * (LAYERS - 1) + 1
  if len(layers) != expected:
    raise SystemExit(f"{folder}: expected YAMNet's {expected} layers with weights, found {len(layers)}")
  weights = {}

  def unit(name, at):
    kernel = layers[at].get("depthwise_kernel")
    order = (2, 3, 0, 1) if kernel is not None else (3, 2, 0, 1)
    weights[name + ".conv.weight"] = (layers[at]["kernel"] if kernel is None else kernel).transpose(order)
    norm = layers[at + 1]
    weights[name + ".bn.weight"] = norm.get("gamma", numpy.ones_like(norm["beta"]))
    weights[name + ".bn.bias"] = norm["beta"]
    weights[name + ".bn.running_mean"] = norm["moving_mean"]
    weights[name + ".bn.running_var"] = norm["moving_variance"]

  unit("layer1.fused", 0)
  for pair in range(LAYERS - 1):
    unit(f"layer{pair + 2}.depthwise_conv", 2 + 4 * pair)
    unit(f"layer{pair + 2}.pointwise_conv", 4 + 4 * pair)
  weights["classifier.weight"] = layers[expected - 1]["kernel"].T
  weights["classifier.bias"] = layers[expected - 1]["bias"]
  return weights


def main():
  if len(sys.argv) != 4 or sys.argv[1] not in ("vggish", "cnn14", "yamnet"):
    raise SystemExit(__doc__)
  kind, source, target = sys.argv[1:]
  weights = yamnet(source) if kind == "yamnet" else state_dictionary(source)
  bins = len(weights.get("logmel_extractor.melW", [0] * 257))
  if bins != 257:
    raise SystemExit(f"{source}: expected Cnn14 for 16 kHz, whose spectra have 257 bins, found {bins}")
  # What can be computed, and what only training asks, stays behind.
  wanted = {
    name: numpy.ascontiguousarray(value, dtype=numpy.float32) for name, value in weights.items()
    if not name.startswith(("spectrogram_extractor", "logmel_extractor", "pproc")) and "num_batches" not in name
  }
  save_file(wanted, target)
  print(f"{target}: {len(wanted)} tensors, {sum(value.size for value in wanted.values())} numbers")


if __name__ == "__main__":
  main()
