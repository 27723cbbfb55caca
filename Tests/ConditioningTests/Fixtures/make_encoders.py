"""Makes the fixtures of the encoders of others: T5 and CLIP in miniature with random weights, each a folder as Hugging Face
saves it, and what transformers' models and image processor make of some input: expected.safetensors in each.

One T5 is kept in shards, one in bfloat16; one CLIP has its text tower, one no projection.
Needs torch, transformers, pillow and safetensors; run it in this folder.
"""

import json
import pathlib

import numpy
import torch
from PIL import Image
from safetensors.torch import save_file
from transformers import (
    CLIPConfig, CLIPImageProcessorPil, CLIPModel, CLIPVisionConfig, CLIPVisionModel, CLIPVisionModelWithProjection, T5Config,
    T5EncoderModel, T5ForConditionalGeneration,
)

T5 = {"vocab_size": 64, "d_model": 16, "d_kv": 8, "d_ff": 24, "num_layers": 2, "num_decoder_layers": 1, "num_heads": 2}
T5_CASES = {
    "gated": {"feed_forward_proj": "gated-gelu", "num_heads": 3, "num_layers": 3},
    "relu": {"feed_forward_proj": "relu", "num_heads": 4, "d_kv": 5, "relative_attention_num_buckets": 16,
             "relative_attention_max_distance": 40},
    "silu": {"feed_forward_proj": "gated-silu", "d_kv": 16, "num_heads": 1, "relative_attention_num_buckets": 10,
             "relative_attention_max_distance": 20, "layer_norm_epsilon": 1e-5},
    "sharded": {"feed_forward_proj": "gated-gelu"},
    "bfloat16": {"feed_forward_proj": "gated-gelu"},
}
VISION = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "image_size": 16,
          "patch_size": 4, "projection_dim": 12}
CLIP_CASES = {
    "quick": {},
    "exact": {"hidden_act": "gelu", "patch_size": 5, "image_size": 15, "num_attention_heads": 4, "layer_norm_eps": 1e-4},
    "tanh": {"hidden_act": "gelu_new", "patch_size": 7, "image_size": 21, "num_hidden_layers": 1},
    # 17 is no multiple of 6: the last rows and columns are seen by no patch.
    "plain": {"patch_size": 6, "image_size": 17},
    "whole": {},
}


def shake(model):
    with torch.no_grad():
        for value in model.parameters():
            value.add_(0.3 * torch.randn_like(value))
    return model.eval()


def tidy(folder):
    """Leaves out what versions differ in and nobody reads."""
    file = folder / "config.json"
    text = json.loads(file.read_text())
    text.pop("transformers_version", None)
    file.write_text(json.dumps(text, indent=2, sort_keys=True) + "\n")


def save(tensors, file):
    save_file({key: value.detach().float().contiguous().clone() for key, value in tensors.items()}, file)


for number, (name, options) in enumerate(T5_CASES.items()):
    torch.manual_seed(number)
    folder = pathlib.Path(f"t5-{name}")
    config = T5Config(**{**T5, **options})
    # Decoders are what most downloads have and nobody here reads.
    model = shake((T5ForConditionalGeneration if name in ("gated", "sharded") else T5EncoderModel)(config))
    if name == "bfloat16":
        model = model.bfloat16()
    model.save_pretrained(folder, **({"max_shard_size": "12KB"} if name == "sharded" else {}))
    model = model.float()
    tidy(folder)
    expected = {}
    with torch.no_grad():
        for length in (1, 2, 9, 75, 200):
            ids = torch.randint(0, config.vocab_size, (1, length))
            expected[f"{length}.ids"] = ids[0]
            expected[f"{length}.hidden"] = model.get_encoder()(ids).last_hidden_state[0] if name in ("gated", "sharded") \
                else model(ids).last_hidden_state[0]
        if name == "gated":
            # The middle one of three padded captions, whose hidden state is that of the caption alone.
            mask = torch.tensor([[1] * 5 + [0] * 4])
            ids = torch.randint(0, config.vocab_size, (1, 9)) * mask
            expected["padded.ids"] = ids[0, :5]
            expected["padded.hidden"] = model.get_encoder()(ids, attention_mask=mask).last_hidden_state[0, :5]
    save(expected, folder / "expected.safetensors")


def scene(width, height, seed):
    """A picture of edges, slopes, fine stripes and noise."""
    random = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:height, 0:width]
    planes = [
        255 * ((x // 3 + y // 5) % 2), 255 * x / max(1, width - 1), 127 + 127 * numpy.sin(x * y / 7.0),
    ]
    picture = numpy.stack(planes, axis=-1)
    noisy = random.random((height, width)) < 0.3
    picture[noisy] = random.integers(0, 256, (int(noisy.sum()), 3))
    return picture.clip(0, 255).astype(numpy.uint8)


for number, (name, options) in enumerate(CLIP_CASES.items()):
    torch.manual_seed(100 + number)
    folder = pathlib.Path(f"clip-{name}")
    vision = {**VISION, **options}
    if name == "whole":
        text = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1, "vocab_size": 50}
        model = shake(CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=12)))
    elif name == "plain":
        model = shake(CLIPVisionModel(CLIPVisionConfig(**vision)))
    else:
        model = shake(CLIPVisionModelWithProjection(CLIPVisionConfig(**vision)))
    model.save_pretrained(folder)
    tidy(folder)
    side = vision["image_size"]
    processor = CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
    processor.save_pretrained(folder)
    expected = {}
    with torch.no_grad():
        for width, height in ((64, 48), (31, 57), (side, side), (9, 7)):
            picture = scene(width, height, width)
            pixels = processor(Image.fromarray(picture), return_tensors="pt").pixel_values
            key = f"{width}x{height}"
            expected[f"{key}.picture"] = torch.tensor(picture)
            expected[f"{key}.pixels"] = pixels[0]
            seen = (model.vision_model if name == "whole" else model)(pixel_values=pixels)
            if name == "whole":
                expected[f"{key}.pooled"] = seen.pooler_output[0]
                expected[f"{key}.projected"] = model.visual_projection(seen.pooler_output)[0]
            elif name == "plain":
                expected[f"{key}.pooled"] = seen.pooler_output[0]
            else:
                expected[f"{key}.projected"] = seen.image_embeds[0]
                expected[f"{key}.pooled"] = model.vision_model(pixel_values=pixels).pooler_output[0]
    save(expected, folder / "expected.safetensors")

# What Pillow makes of pictures, byte for byte: smaller, larger, much longer than wide, and by one line. Columns first, then
# rows, asked for one after the other: Pillow 13 turns the two around for some pictures that are much higher than wide.
pictures = {}
for width, height, new_width, new_height in (
    (64, 48, 21, 16), (33, 47, 32, 46), (13, 11, 40, 34), (150, 4, 30, 2), (5, 120, 6, 30), (1, 1, 8, 8), (40, 40, 40, 17),
    (40, 40, 17, 40), (90, 70, 90, 70), (2, 3, 1, 1), (100, 100, 3, 3),
):
    picture = scene(width, height, 1000 + width)
    key = f"{width}x{height}.{new_width}x{new_height}"
    pictures[f"{key}.from"] = torch.tensor(picture)
    pictures[f"{key}.to"] = torch.tensor(
        numpy.array(Image.fromarray(picture).resize((new_width, height), Image.Resampling.BICUBIC)
                    .resize((new_width, new_height), Image.Resampling.BICUBIC)))
save_file({key: value.to(torch.bfloat16).contiguous() for key, value in pictures.items()}, "pictures.safetensors")
