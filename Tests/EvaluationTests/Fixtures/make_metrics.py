"""Makes metrics.json: embeddings, outputs, sounds and peaks with what the reference implementations say of them.

Fréchet distances: pytorch-fid 0.3.0, fadtk 1.1.0 and frechet-audio-distance 0.3.4 (each a root by scipy or eigenvalues of a
product that is not symmetric), torchmetrics 1.9.0, and singular values in numpy, which alone are exact where points are
fewer than dimensions. Inception scores: torch-fidelity 0.4.0. KL: audioldm_eval's and av-benchmark's lines, in torch. CLIP
score: torchmetrics' last lines. CLAP score: frechet-audio-distance. SI-SDR: torchmetrics. AV-Align: a transcription of its
authors' script. Of the packages only arithmetic is run: what they import for sounds and pictures is replaced by nothing.
Needs numpy, scipy, torch and the packages (without what they depend on).
"""

import importlib.abc
import importlib.machinery
import json
import sys
import warnings
from unittest.mock import MagicMock

import numpy as np
import torch

class Nothing(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """What is not there is found, and does nothing."""

    roots = {"torchvision", "torchaudio", "laion_clap", "hypy_utils", "encodec", "msclap", "pandas", "torchlibrosa"}

    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if name.split(".")[0] in self.roots else None

    def create_module(self, spec):
        module = MagicMock()
        module.__path__ = []
        return module

    def exec_module(self, module):
        pass


sys.meta_path.append(Nothing())

from fadtk.fad import calc_frechet_distance  # noqa: E402
from frechet_audio_distance import CLAPScore, FrechetAudioDistance  # noqa: E402
from pytorch_fid.fid_score import calculate_frechet_distance  # noqa: E402
from torch_fidelity.metric_isc import isc_features_to_metric  # noqa: E402
from torchmetrics.functional.audio import scale_invariant_signal_distortion_ratio  # noqa: E402
from torchmetrics.image.fid import _compute_fid  # noqa: E402

random = np.random.default_rng(54)
warnings.simplefilter("ignore")


def short(values):
    return np.round(values, 4)


def cloud(points, width, rank, shift, scale):
    """Points near a plane of some dimensions."""
    plane = random.normal(size=(rank, width)) * scale
    return short(random.normal(size=(points, rank)) @ plane + 0.05 * random.normal(size=(points, width)) + shift)


def by_singular_values(one, other):
    roots = [(x - x.mean(axis=0)) / np.sqrt(len(x) - 1) for x in (one, other)]
    shared = np.linalg.svd(roots[0] @ roots[1].T, compute_uv=False).sum()
    between = one.mean(axis=0) - other.mean(axis=0)
    return between @ between + sum((r * r).sum() for r in roots) - 2 * shared


def frechet_case(one, other):
    statistics = [f(x) for x in (one, other) for f in (lambda x: x.mean(axis=0), lambda x: np.cov(x, rowvar=False))]
    tensors = [torch.from_numpy(x) for x in statistics]
    others = {
        "pytorch-fid": lambda: calculate_frechet_distance(*statistics),
        "fadtk": lambda: calc_frechet_distance(*statistics),
        "frechet-audio-distance": lambda: FrechetAudioDistance.calculate_frechet_distance(None, *statistics),
        "torchmetrics": lambda: _compute_fid(*tensors),
    }
    said = {}
    for name, compute in others.items():
        try:
            said[name] = float(compute())
        except Exception as error:  # some give up where points are few
            print(f"{name} of {one.shape}, {other.shape}: {error}")
    said = {name: value for name, value in said.items() if np.isfinite(value)}
    return {
        "width": one.shape[1], "one": one.ravel().tolist(), "other": other.ravel().tolist(),
        "trace": float(np.trace(statistics[1]) + np.trace(statistics[3])),
        "exact": float(by_singular_values(one, other)), "said": said,
    }


first = cloud(40, 12, 12, 0.0, 1.0)
frechet = [
    frechet_case(cloud(90, 6, 6, 0.0, 1.0), cloud(70, 6, 6, 0.8, 0.7)),
    frechet_case(first, cloud(60, 12, 12, 0.1, 1.2)),
    # The same cloud in another order.
    frechet_case(first, first[random.permutation(len(first))]),
    # A plane of three dimensions in ten.
    frechet_case(cloud(50, 10, 3, 0.0, 1.0), cloud(50, 10, 3, 0.2, 1.0)),
    # Fewer points than dimensions, on one side and on both.
    frechet_case(cloud(10, 24, 24, 0.0, 1.0), cloud(60, 24, 24, 0.3, 1.0)),
    frechet_case(cloud(9, 32, 32, 0.0, 1.0), cloud(14, 32, 32, 0.3, 1.0)),
    # Two points.
    frechet_case(cloud(2, 5, 5, 0.0, 1.0), cloud(2, 5, 5, 1.0, 2.0)),
]


def kl_case(made, real):
    made_t, real_t = torch.from_numpy(made), torch.from_numpy(real)
    divergence = torch.nn.functional.kl_div
    return {
        "width": made.shape[1], "made": made.ravel().tolist(), "real": real.ravel().tolist(),
        "audioldmEval": float(
            divergence((made_t.softmax(dim=1) + 1e-6).log(), real_t.softmax(dim=1), reduction="sum") / len(made)),
        "avBenchmark": float(
            divergence(made_t.log_softmax(dim=1), real_t.log_softmax(dim=1), reduction="batchmean", log_target=True)),
    }


sure = short(random.normal(0, 4, (30, 20)))
divergence = [
    kl_case(short(random.normal(size=(12, 15))), short(random.normal(size=(12, 15)))),
    kl_case(sure, short(sure + random.normal(0, 1, sure.shape))),
    # So sure that probabilities are 0 in Float.
    kl_case(short(random.normal(0, 90, (4, 6))), short(random.normal(0, 90, (4, 6)))),
]


def inception_case(made, parts, seed):
    told = isc_features_to_metric(torch.from_numpy(made), splits=parts, shuffle=seed is not None, rng_seed=seed or 0)
    return {
        "width": made.shape[1], "made": made.ravel().tolist(), "parts": parts, "seed": seed,
        "mean": told["inception_score_mean"], "deviation": told["inception_score_std"],
    }


inception = [
    inception_case(sure, 10, 2020),
    inception_case(sure, 10, None),
    inception_case(short(random.normal(0, 3, (53, 9))), 4, 7),
    inception_case(short(random.normal(0, 3, (11, 9))), 1, 2020),
]
permutations = [
    {"count": count, "seed": seed, "order": np.random.RandomState(seed).permutation(count).tolist()}
    for count, seed in [(1, 0), (2, 1), (16, 2020), (17, 2020), (700, 4294967295)]
]


def cosine_case(one, other):
    a, b = torch.from_numpy(one), torch.from_numpy(other)
    normal_a, normal_b = (x / x.norm(p=2, dim=-1, keepdim=True) for x in (a, b))
    clip = (100 * (normal_a * normal_b).sum(axis=-1)).mean(0)
    clap = CLAPScore.calculate_clap_score(CLAPScore.__new__(CLAPScore), one, other, batch_size=4)
    return {
        "width": one.shape[1], "one": one.ravel().tolist(), "other": other.ravel().tolist(),
        "clip": float(torch.max(clip, torch.zeros_like(clip))), "clap": float(clap[0]),
    }


captions = short(random.normal(size=(9, 16)))
cosines = [
    cosine_case(captions, short(captions + random.normal(size=captions.shape))),
    cosine_case(captions, short(-3 * captions)),
]


def ratio_case(made, real):
    value = scale_invariant_signal_distortion_ratio(torch.from_numpy(made), torch.from_numpy(real))
    return {"made": made.tolist(), "real": real.tolist(), "ratio": float(value)}


sound = short(random.normal(size=200))
ratios = [
    ratio_case(short(0.3 * sound + 0.1 * random.normal(size=200)), sound),
    ratio_case(short(random.normal(size=200)), sound),
    ratio_case(np.abs(short(random.normal(size=200))), np.abs(sound)),
    ratio_case(2 * sound, sound),
    ratio_case(np.zeros(20), sound[:20]),
    ratio_case(sound[:20], np.zeros(20)),
]


def local_maxima(flow, rate):
    return [i / rate for i in range(1, len(flow) - 1) if flow[i - 1] < flow[i] > flow[i + 1] and flow[i] >= 0.1]


def alignment_case(onsets, flow, rate):
    peaks = local_maxima(flow, rate)
    used = [False] * len(peaks)
    pairs = 0
    for onset in onsets:
        for index, peak in enumerate(peaks):
            if not used[index] and peak - 1 / rate < onset < peak + 1 / rate:
                pairs += 1
                used[index] = True
                break
    return {
        "onsets": list(onsets), "flow": list(flow), "rate": rate, "peaks": peaks,
        "score": pairs / (len(onsets) + len(peaks) - pairs + 1e-9),
    }


def flow(count, scale):
    return short(scale * np.abs(random.normal(size=count)) ** 2).tolist()


alignment = [
    alignment_case(short(np.sort(random.uniform(0, 4, 30))).tolist(), flow(100, 1.0), 25.0),
    alignment_case(short(np.sort(random.uniform(0, 8, 12))).tolist(), flow(240, 0.1), 29.97),
    alignment_case([], flow(50, 1.0), 25.0),
    alignment_case([0.5, 1.0], [0.02, 0.09, 0.05, 0.1, 0.0], 4.0),
    alignment_case([], [0.0, 0.0, 0.0], 4.0),
    # Exactly a frame away is too far; three beginnings around two peaks.
    alignment_case([0.25, 0.4, 0.5, 0.75], [0, 0, 1, 0, 2, 0], 4.0),
]

with open("metrics.json", "w") as file:
    json.dump(
        {"frechet": frechet, "divergence": divergence, "inception": inception, "permutations": permutations,
         "cosines": cosines, "ratios": ratios, "alignment": alignment},
        file, separators=(",", ":"))
    file.write("\n")
for case in frechet:
    print(case["width"], case["trace"], case["exact"], case["said"])
