"""Makes the safetensors fixtures: the same tensors as float32, float16, bfloat16, and what the last two read back as.

Needs torch and safetensors; run it in this folder.
"""

import torch
from safetensors.torch import save_file

values = torch.randn(3, 5, generator=torch.Generator().manual_seed(1))
# Ties, the largest finite halves and what lies beyond, denormals, zeros and infinities.
edges = torch.tensor(
    [0.0, -0.0, 1.0, 1.00048828125, 1.00146484375, 1.00390625, 1.01171875, 65504.0, 65519.0, 65520.0, 3.3961775e38,
     6.0e-8, 2.9e-8, 5.96e-8, 1e-40, -1e-40, float("inf"), float("-inf")])
tensors = {"edges": edges, "layers.0.weight": values, "scalar": torch.tensor(3.25)}
metadata = {"text": 'quotes " and \\ and é'}
for name, kind in [("float32", torch.float32), ("float16", torch.float16), ("bfloat16", torch.bfloat16)]:
    stored = {key: value.to(kind) for key, value in tensors.items()}
    save_file(stored, f"{name}.safetensors", metadata)
    save_file({key: value.float() for key, value in stored.items()}, f"{name}-read.safetensors")
save_file({"counts": torch.tensor([1, 2]), "five": torch.zeros(1, 1, 1, 1, 1)}, "unreadable.safetensors")
