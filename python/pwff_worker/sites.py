"""Where adapters and LoRA sit in a model of transformers, by its architecture."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A module of the model, and which part of its output's columns: part `index` of `of` equal ones."""

    module: str
    index: int = 0
    of: int = 1


@dataclass(frozen=True)
class Architecture:
    # What the names of pwff's base set lack.
    prefix: str
    # Modules of block {}: adapters read what these give, or what the whole MLP reads and gives.
    attention: str
    mlp: str
    parallel: str
    # Modules that LoRA changes, by pwff's names for them.
    projections: tuple

    def adapter(self, block, site):
        """The module that an adapter stands behind or beside."""
        return {"attention": self.attention, "mlp": self.mlp, "parallel": self.parallel}[site].format(block)

    def lora(self, name):
        for pattern, module, index, of in self.projections:
            found = re.fullmatch(pattern, name)
            if found:
                return Place(module.format(*found.groups()), index, of)
        raise ValueError(f"LoRA at {name}, which the model has not")


GPT2 = Architecture(
    prefix="transformer.",
    attention="transformer.h.{}.attn.c_proj",
    mlp="transformer.h.{}.mlp.c_proj",
    parallel="transformer.h.{}.mlp",
    projections=(
        # One projection gives queries, keys and values side by side.
        *((rf"h\.(\d+)\.attn\.{part}", "transformer.h.{}.attn.c_attn", i, 3) for i, part in enumerate("qkv")),
        (r"h\.(\d+)\.(attn\.c_proj|mlp\.c_fc|mlp\.c_proj)", "transformer.h.{}.{}", 0, 1),
    ),
)

# Qwen2 and Qwen3 have the same names.
LLAMA = Architecture(
    prefix="",
    attention="model.layers.{}.self_attn.o_proj",
    mlp="model.layers.{}.mlp.down_proj",
    parallel="model.layers.{}.mlp",
    projections=(
        (
            r"model\.layers\.(\d+)\.(self_attn\.[qkvo]_proj|mlp\.(?:gate|up|down)_proj)",
            "model.layers.{}.{}",
            0,
            1,
        ),
    ),
)

ARCHITECTURES = {"gpt2": GPT2, "llama": LLAMA, "qwen2": LLAMA, "qwen3": LLAMA}
