"""Adapters and LoRA as changes of what a module gives; weights are [in, out], as pwff has them."""

import re
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from .sites import Place

ADAPTER = re.compile(r"h\.(\d+)\.adapter\.(attention|mlp|parallel)")


@dataclass(frozen=True)
class LoraChange:
    """y + share * alpha / r * x A B, in its columns (PEFT)."""

    place: Place
    a: torch.Tensor
    b: torch.Tensor
    scale: float

    @property
    def module(self):
        return self.place.module

    def __call__(self, x, before, y):
        change = self.scale * ((x @ self.a) @ self.b)
        width = y.shape[-1] // self.place.of
        left = self.place.index * width
        return y + (change if self.place.of == 1 else F.pad(change, (left, y.shape[-1] - left - width)))


@dataclass(frozen=True)
class AdapterChange:
    """residual + share * up(relu(down(input))): serial ones read what the module gives (Houlsby et al. 2019),
    a parallel one what the module reads (He et al. 2022)."""

    module: str
    parallel: bool
    down: torch.Tensor
    down_bias: torch.Tensor
    up: torch.Tensor
    up_bias: torch.Tensor
    share: float

    def __call__(self, x, before, y):
        hidden = F.relu((x if self.parallel else before) @ self.down + self.down_bias)
        return y + self.share * (hidden @ self.up + self.up_bias)


def changes_of(architecture, slots, alpha):
    """The changes of all slots, LoRA first: an adapter reads what a projection with its LoRA gives.

    `slots` has (share, tensors by name) of each.
    """
    lora, adapters = [], []
    for share, tensors in slots:
        for name, tensor in tensors.items():
            if name.endswith(".lora_A"):
                module = name[: -len(".lora_A")]
                scale = share * alpha / tensor.shape[1]
                lora.append(LoraChange(architecture.lora(module), tensor, tensors[f"{module}.lora_B"], scale))
            elif name.endswith(".down.weight"):
                adapter = name[: -len(".down.weight")]
                block, site = ADAPTER.fullmatch(adapter).groups()
                parts = [
                    tensors[f"{adapter}.{part}"]
                    for part in ("down.weight", "down.bias", "up.weight", "up.bias")
                ]
                adapters.append(
                    AdapterChange(architecture.adapter(block, site), site == "parallel", *parts, share)
                )
    return lora, adapters
