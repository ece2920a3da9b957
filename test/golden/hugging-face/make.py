"""Makes the folders beside it, which Hugging Face's Python packages write, and expected.json, what they read.

    python test/golden/hugging-face/make.py     (torch 2.15, transformers 5.23, safetensors 0.8)
    npx prettier --write test/golden/hugging-face

`written-by-pwff.safetensors` is the one file that pwff wrote (test/learning/params/safetensors.test.ts says of what).
Each tensor is recorded as its shape and the SHA-256 of its values as float32, little-endian, row-major;
weights of DistilBERT's linear layers transposed, [in, out], as pwff keeps them.
"""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers import (
    DistilBertConfig,
    DistilBertForMaskedLM,
    DistilBertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Model,
)

here = Path(__file__).parent


def digest(tensor):
    # NumPy keeps the payload of a half's NaN; PyTorch does so only for tensors of some lengths.
    exact = tensor if tensor.dtype == torch.float16 else tensor.float()
    values = exact.contiguous().numpy().astype("<f4")
    return {"shape": list(tensor.shape), "sha256": hashlib.sha256(values.tobytes()).hexdigest()}


def gpt2(state):
    named = {name.removeprefix("transformer."): tensor for name, tensor in state.items()}
    return {name: digest(tensor) for name, tensor in named.items() if name != "lm_head.weight"}


def distilbert(state):
    def turned(name, tensor):
        return tensor.T if tensor.dim() == 2 and "embeddings" not in name else tensor

    named = {name.removeprefix("distilbert."): turned(name, tensor) for name, tensor in state.items()}
    return {name: digest(tensor) for name, tensor in named.items() if not name.startswith("vocab_")}


def save(name, model, **options):
    torch.manual_seed(20)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter, dtype=torch.float32))
    shutil.rmtree(here / name, ignore_errors=True)
    model.save_pretrained(here / name, **options)
    (here / name / "generation_config.json").unlink(missing_ok=True)
    return model.state_dict()


sizes = dict(vocab_size=13, n_positions=10, n_embd=8, n_layer=2, n_head=2)
small = GPT2Config(**sizes, bos_token_id=12, eos_token_id=12)
bert = dict(vocab_size=17, max_position_embeddings=9, dim=8, n_layers=2, n_heads=2, hidden_dim=12)


def classifier(labels):
    return DistilBertForSequenceClassification(DistilBertConfig(**bert, num_labels=labels))


expected = {
    "gpt2": gpt2(save("gpt2", GPT2LMHeadModel(small))),
    "gpt2-f16": gpt2(save("gpt2-f16", GPT2Model(small).half())),
    "gpt2-bf16-shards": gpt2(
        save("gpt2-bf16-shards", GPT2LMHeadModel(small).bfloat16(), max_shard_size="1KB")
    ),
    "distilbert-reward": distilbert(save("distilbert-reward", classifier(1))),
    "distilbert-two-labels": distilbert(save("distilbert-two-labels", classifier(2))),
    "distilbert-masked-words": distilbert(
        save("distilbert-masked-words", DistilBertForMaskedLM(DistilBertConfig(**bert)).half())
    ),
}

# Halves and bfloat16 by their bits: zeros, the smallest and largest subnormals, the smallest normal, one, the
# largest, infinity, quiet NaN with a payload; each with both signs.
halves = [0x0000, 0x0001, 0x03FF, 0x0400, 0x3C00, 0x3555, 0x7BFF, 0x7C00, 0x7E01]
bfloats = [0x0000, 0x0001, 0x007F, 0x0080, 0x3F80, 0x3EAB, 0x7F7F, 0x7F80, 0x7FC1]


def of_bits(bits, dtype):
    signed = bits + [each | 0x8000 for each in bits]
    return torch.from_numpy(np.array(signed, dtype=np.uint16).view(np.int16)).view(dtype)


tensors = {
    "a.float32": torch.tensor([[1.5, -0.0, 1e-45], [float("inf"), 3.4028234663852886e38, -1 / 3]]),
    "b.float16": of_bits(halves, torch.float16).reshape(2, 9),
    "c.bfloat16": of_bits(bfloats, torch.bfloat16),
    "d.scalar": torch.tensor(0.25),
    "e.empty": torch.zeros(0, 4),
}
save_file(tensors, here / "written-by-python.safetensors", metadata={"format": "pt", "note": "é \" \\"})
expected["written-by-python"] = {name: digest(tensor) for name, tensor in tensors.items()}

with safe_open(here / "written-by-pwff.safetensors", framework="pt") as file:
    metadata = file.metadata()
pwff = load_file(here / "written-by-pwff.safetensors")
expected["written-by-pwff"] = {
    "metadata": metadata,
    "tensors": {
        name: {"shape": list(tensor.shape), "values": tensor.flatten().tolist()}
        for name, tensor in pwff.items()
    },
}
(here / "expected.json").write_text(json.dumps(expected, ensure_ascii=True))
