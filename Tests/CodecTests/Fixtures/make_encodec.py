"""Makes the EnCodec fixtures: tiny models of random weights, each a folder as Hugging Face saves it, and what
transformers' EncodecModel makes of some sounds: latents, sounds of latents, codes, sounds of codes.

One model is also kept under the names of older files and of the original repository.
Needs torch, transformers and safetensors; run it in this folder.
"""

import json
import pathlib

import torch
from safetensors.torch import load_file, save_file
from transformers import EncodecConfig, EncodecModel

COMMON = {
    "num_filters": 4, "hidden_size": 8, "codebook_size": 16, "sampling_rate": 24000, "num_lstm_layers": 2,
    "upsampling_ratios": [4, 3, 2], "target_bandwidths": [4.0, 16.0, 24.0],
}
CASES = {
    "causal": {"num_filters": 2},
    # The rates of the 24 kHz model, so that a voice can play it.
    "live": {
        "num_filters": 2, "num_lstm_layers": 1, "upsampling_ratios": [8, 5, 4, 2], "target_bandwidths": [0.3, 1.2],
    },
    "identity": {
        "use_conv_shortcut": False, "num_residual_layers": 2, "dilation_growth_rate": 3, "pad_mode": "constant",
        "num_lstm_layers": 1, "compress": 1, "kernel_size": 4, "residual_kernel_size": 5,
    },
    "trimmed": {"trim_right_ratio": 0.3, "upsampling_ratios": [5, 4], "audio_channels": 2},
    "grouped": {"norm_type": "time_group_norm", "upsampling_ratios": [4, 2]},
    "acausal": {
        "use_causal_conv": False, "pad_mode": "replicate", "upsampling_ratios": [5, 3], "last_kernel_size": 4,
        "target_bandwidths": [6.4, 12.8],
    },
    "stereo": {
        "use_causal_conv": False, "norm_type": "time_group_norm", "audio_channels": 2, "normalize": True,
        "upsampling_ratios": [5, 2], "chunk_length_s": 0.005, "overlap": 0.25, "target_bandwidths": [9.6, 28.8],
    },
}
LENGTHS = [1, 2, 5, 24, 43, 97, 240, 501]


def original_name(name):
    """A name of Hugging Face as the original repository has it."""
    part, rest = name.split(".", 1)
    if part == "quantizer":
        return name.replace("quantizer.layers", "quantizer.vq.layers").replace("codebook", "_codebook")
    words = rest.replace("layers", "model", 1).split(".")
    if "conv" in words:
        transposed = part == "decoder" and words[1] in ("3", "6", "9")
        at = words.index("conv")
        words[at : at + 1] = ["convtr", "convtr"] if transposed else ["conv", "conv"]
    return ".".join([part] + words)


torch.manual_seed(5)
for name, options in CASES.items():
    folder = pathlib.Path(f"encodec-{name}")
    config = EncodecConfig(**{**COMMON, **options})
    model = EncodecModel(config).eval()
    with torch.no_grad():
        for key, value in model.named_parameters():
            if "lstm" not in key:
                value.add_(0.1 * torch.randn_like(value))
        for layer in model.quantizer.layers:
            layer.codebook.embed.copy_(torch.randn_like(layer.codebook.embed))
    model.save_pretrained(folder)
    tensors = load_file(folder / "model.safetensors")
    if name == "causal":
        old = {
            key.replace("parametrizations.weight.original0", "weight_g")
               .replace("parametrizations.weight.original1", "weight_v"): value
            for key, value in tensors.items()
        }
        save_file(old, folder / "older-names.safetensors")
        save_file({original_name(key): value for key, value in old.items()}, folder / "original-names.safetensors")
    expected = {}
    with torch.no_grad():
        for length in LENGTHS:
            x = torch.randn(1, config.audio_channels, length)
            latents = model.encoder(x)
            expected[f"{length}.x"] = x
            expected[f"{length}.latents"] = latents
            expected[f"{length}.sound"] = model.decoder(latents)
            for bandwidth in config.target_bandwidths:
                codes, scales, left = model.encode(x, bandwidth=bandwidth, return_dict=False)
                sound = model.decode(codes, scales, last_frame_pad_length=left)[0]
                key = f"{length}.{bandwidth}"
                expected[f"{key}.codes"] = codes[:, 0].float()
                expected[f"{key}.decoded"] = sound[..., :length]
                if config.normalize:
                    expected[f"{key}.scales"] = torch.stack(scales).flatten()
    save_file({key: value.contiguous().clone() for key, value in expected.items()}, folder / "expected.safetensors")
    # What versions differ in and nobody reads.
    file = folder / "config.json"
    kept = {key: value for key, value in json.loads(file.read_text()).items() if key != "transformers_version"}
    file.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")
