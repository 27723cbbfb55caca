"""Makes hearing.safetensors: what networks that listen are shown of a sound, what they say of it, and where sounds begin.

Networks: transcriptions in PyTorch, independent of those in Sources, of small widths. Where the packages are there (torchvggish
0.2, panns-inference 0.1.1, torch-vggish-yamnet 0.2.1), the transcriptions are first compared with them at full width. Front ends:
torchvggish's mel_features, torchlibrosa 0.1.0, librosa 0.11. Weights and sounds are not stored: both sides draw them from
SplitMix64, seeded with the FNV-1a hash of their names. With YAMNET=FILE, a file of real weights made by
tools/convert-networks.py, what YAMNet says of the sound is stored, too. Needs torch, numpy, safetensors, librosa and the
packages (without what they depend on); run it in this folder.
"""

import importlib.abc
import importlib.machinery
import json
import os
import sys
import types
from unittest.mock import MagicMock

import librosa
import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file
from torchlibrosa.stft import LogmelFilterBank, Spectrogram
from torchvggish import mel_features

sys.path.append("../../Scratch")
from drawn import drawn, units


class Nothing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """What is not there is found, and does nothing; a class of it can be inherited from."""

    def find_spec(self, name, path=None, target=None):
        there = name.split(".")[0] in {"torchaudio", "matplotlib"}
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if there else None

    def create_module(self, spec):
        module = MagicMock()
        module.__path__ = []
        module.MelSpectrogram = object
        return module

    def exec_module(self, module):
        pass


sys.meta_path.append(Nothing())


def sound(name, count):
    """Noise that is struck again every 4096 samples, more softly in turn, and dies away; the last is near silence."""
    noise = 2 * units(name, count) - 1
    level, values = 0.0, np.empty(count)
    for index in range(count):
        if index % 4096 == 1000:
            level = 0.5 / (1 + index // 4096 % 3)
        level *= 0.9985
        values[index] = level * noise[index]
    return values.astype(np.float32)


class Weights(dict):
    """State dictionaries that are drawn as they are asked for."""

    def __call__(self, name, *shape):
        if name not in self:
            self[name] = drawn(name, shape)
        return self[name].double()

    def norm(self, name, x, epsilon=1e-5):
        width = x.shape[1]
        mean, variance = self(name + ".running_mean", width), self(name + ".running_var", width)
        return F.batch_norm(x, mean, variance, self(name + ".weight", width), self(name + ".bias", width), eps=epsilon)


def vggish(w, patches, levels, hidden, embedding):
    """[patches, 1, 96, 64] in double precision."""
    x, inputs = patches, 1
    for places, width in zip([[0], [3], [6, 8], [11, 13]], levels):
        for place in places:
            x = F.conv2d(x, w(f"features.{place}.weight", width, inputs, 3, 3), w(f"features.{place}.bias", width), padding=1)
            x, inputs = F.relu(x), width
        x = F.max_pool2d(x, 2)
    x = x.permute(0, 2, 3, 1).flatten(1)
    for place, width in [(0, hidden), (2, hidden), (4, embedding)]:
        x = F.linear(x, w(f"embeddings.{place}.weight", width, x.shape[1]), w(f"embeddings.{place}.bias", width))
        x = F.relu(x) if place < 4 else x
    return x


def cnn14(w, levels, width, kinds):
    """[1, frames, 64] in double precision: the embedding and the outputs."""
    x = w.norm("bn0", levels.transpose(1, 2)[..., None]).permute(0, 3, 2, 1)
    for block in range(6):
        for half in (1, 2):
            name = f"conv_block{block + 1}"
            x = F.conv2d(x, w(f"{name}.conv{half}.weight", width << block, x.shape[1], 3, 3), padding=1)
            x = F.relu(w.norm(f"{name}.bn{half}", x))
        x = F.avg_pool2d(x, 2) if block < 5 else x
    x = x.mean(dim=3)
    x = x.amax(dim=2) + x.mean(dim=2)
    x = F.relu(F.linear(x, w("fc1.weight", width << 5, width << 5), w("fc1.bias", width << 5)))
    return x, F.linear(x, w("fc_audioset.weight", kinds, width << 5), w("fc_audioset.bias", kinds))


def yamnet(w, patches, width, kinds):
    """[patches, 1, 96, 64] in double precision: embeddings and outputs of the patches."""

    def unit(name, x, outputs, stride, taps, each=False):
        # As TensorFlow's SAME: of an odd number of zeros one more behind.
        rims = [max(0, (-(-size // stride) - 1) * stride + taps - size) for size in x.shape[2:]]
        x = F.pad(x, (rims[1] // 2, rims[1] - rims[1] // 2, rims[0] // 2, rims[0] - rims[0] // 2))
        kernel = w(name + ".conv.weight", outputs, 1 if each else x.shape[1], taps, taps)
        x = F.conv2d(x, kernel, stride=stride, groups=x.shape[1] if each else 1)
        return F.relu(w.norm(name + ".bn", x, 1e-4))

    x = unit("layer1.fused", patches, width, 2, 3)
    for index, (stride, times) in enumerate([(1, 2), (2, 4), (1, 4), (2, 8), (1, 8), (2, 16)] + 5 * [(1, 16)] + [(2, 32), (1, 32)]):
        x = unit(f"layer{index + 2}.depthwise_conv", x, x.shape[1], stride, 3, each=True)
        x = unit(f"layer{index + 2}.pointwise_conv", x, times * width, 1, 1)
    x = x.mean(dim=(2, 3))
    return x, F.linear(x, w("classifier.weight", kinds, x.shape[1]), w("classifier.bias", kinds))


def compare(name, model, weights, found, said):
    """A package's network under the same weights says the same."""
    missing, unknown = model.load_state_dict(dict(weights), strict=False)
    assert not unknown and all(n.endswith("tracked") or "extractor" in n for n in missing), (name, missing, unknown)
    with torch.no_grad():
        theirs = said(model.eval())
    for ours, theirs in zip(found, theirs):
        far = (ours.float() - theirs).abs().max() / theirs.abs().max()
        assert far < 1e-4, (name, far)
        print(f"{name}: {far:.1e} from the package")


here = sound("sound", 36000)
written = {}


def mel(offset):
    return mel_features.log_mel_spectrogram(
        here.astype(np.float64), audio_sample_rate=16000, log_offset=offset, window_length_secs=0.025,
        hop_length_secs=0.010, num_mel_bins=64, lower_edge_hertz=125, upper_edge_hertz=7500)


def panns_front():
    return torch.nn.Sequential(
        Spectrogram(n_fft=512, hop_length=160, win_length=512, window="hann", center=True, pad_mode="reflect"),
        LogmelFilterBank(sr=16000, n_fft=512, n_mels=64, fmin=50, fmax=8000, ref=1.0, amin=1e-10, top_db=None))


written["levels.vggish"] = mel(0.01)
written["levels.yamnet"] = mel(0.001)
with torch.no_grad():
    written["levels.cnn14"] = panns_front().double()(torch.tensor(here).double()[None])[0, 0].numpy()

double = lambda array: torch.tensor(np.ascontiguousarray(array)).double()
patch = double(mel_features.frame(mel(0.01), 96, 96))[:, None]
overlapping = lambda levels: np.lib.stride_tricks.sliding_window_view(levels, 96, axis=0)[::48].transpose(0, 2, 1)
# Silence behind, until all of the sound is in a patch.
step, least = 48 * 160, 400 + 95 * 160
here = np.concatenate([here, np.zeros(-(len(here) - least) % step, np.float32)])
moved = double(overlapping(mel(0.001)))[:, None]
here = sound("sound", 36000)
levels = double(written["levels.cnn14"])[None]

shapes = {}


def keep(name, weights):
    shapes[name] = {key: list(value.shape) for key, value in weights.items()}


w = Weights()
written["vggish.embeddings"] = vggish(w, patch, [4, 6, 8, 10], 12, 7).numpy()
keep("vggish", w)
w = Weights()
embedding, outputs = cnn14(w, levels, 2, 9)
written["cnn14.embeddings"], written["cnn14.outputs"] = embedding.numpy(), outputs[0].numpy()
keep("cnn14", w)
w = Weights()
embedding, outputs = yamnet(w, moved, 3, 11)
written["yamnet.embeddings"], written["yamnet.outputs"] = embedding.numpy(), outputs.mean(dim=0).numpy()
keep("yamnet", w)

from torchvggish.torchvggish import VGG, make_layers  # noqa: E402

w = Weights()
found = vggish(w, patch[:1], [64, 128, 256, 512], 4096, 128)
compare("VGGish", VGG(make_layers(), False), w, [F.relu(found)], lambda model: [model(patch[:1].float())])

# The package itself downloads a list when it is imported; its models do not.
package = types.ModuleType("panns_inference")
package.__path__ = [os.path.join(folder, "panns_inference") for folder in sys.path]
sys.modules["panns_inference"] = package
from panns_inference.models import Cnn14  # noqa: E402

w = Weights()
found = cnn14(w, levels, 64, 527)
model = Cnn14(sample_rate=16000, window_size=512, hop_size=160, mel_bins=64, fmin=50, fmax=8000, classes_num=527)


def panns_says(model):
    said = model(torch.tensor(here)[None])
    return said["embedding"], said["clipwise_output"]


compare("Cnn14", model, w, [found[0], torch.sigmoid(found[1])], panns_says)

from torch_vggish_yamnet.yamnet.model import YAMNet  # noqa: E402

w = Weights()
found = yamnet(w, moved[:2], 32, 521)


def port_says(model):
    embedding, outputs = model(moved[:2].float())
    return embedding.flatten(1), outputs


compare("YAMNet", YAMNet(), w, found, port_says)

if os.environ.get("YAMNET"):
    w = Weights({name: torch.tensor(value) for name, value in load_file(os.environ["YAMNET"]).items()})
    embedding, outputs = yamnet(w, moved, 32, 521)
    written["real.embeddings"] = embedding.numpy()
    written["real.outputs"] = outputs.mean(dim=0).numpy()

struck = sound("struck", 44100)
written["onsets.strength"] = librosa.onset.onset_strength(y=struck, sr=22050)
written["onsets.times"] = librosa.onset.onset_detect(y=struck, sr=22050, units="time")

save_file(
    {name: np.ascontiguousarray(value, dtype=np.float32) for name, value in written.items()}, "hearing.safetensors",
    metadata={"shapes": json.dumps(shapes)})
print({name: value.shape for name, value in written.items()}, written["onsets.times"])
