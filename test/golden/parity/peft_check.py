"""Checks that make.py's LoRA, which pwff must reproduce, is that of Hugging Face's PEFT.

    python test/golden/parity/peft_check.py     (peft 0.21.2, torch 2.15.0, transformers 5.23.0)

PEFT's lora_A.weight is [r, in] and lora_B.weight [out, r]: pwff's A and B transposed. PEFT's module of c_attn
changes the joint matrix of q, k and v, where pwff has one module a third, so attn.c_proj and mlp.* are
compared. PEFT draws A uniformly on +-1/sqrt(in), as pwff does.
"""

import math

import torch
from peft import LoraConfig, get_peft_model

from make import attach, gpt2, lora_tensors

R, ALPHA = 3, 12
TARGETS = ["attn.c_proj", "mlp.c_fc", "mlp.c_proj"]
torch.manual_seed(5)
model = gpt2(width=24, blocks=2, heads=3, vocabulary=67, positions=40).double()
names = [f"h.{block}.{target}" for block in range(2) for target in TARGETS]
tensors = {name: tensor.double() for name, tensor in lora_tensors(model, R, names).items()}
ids = torch.randint(0, 67, (2, 30))

handles = attach(model, tensors, ALPHA / R)
own = model(input_ids=ids).logits
for handle in handles:
    handle.remove()
plain = model(input_ids=ids).logits

config = LoraConfig(r=R, lora_alpha=ALPHA, target_modules=TARGETS, fan_in_fan_out=True)
peft = get_peft_model(model, config).double()
for name in names:
    module = peft.base_model.model.transformer.get_submodule(name)
    a, b = module.lora_A["default"].weight, module.lora_B["default"].weight
    inputs = a.shape[1]
    edge = (a.abs().max() * math.sqrt(inputs)).item()
    spread = (a.std() * math.sqrt(3 * inputs)).item()
    print(f"{name}: PEFT draws |A| * sqrt(in) up to {edge:.3f}, deviation * sqrt(3 in) {spread:.3f}; B is 0")
    assert 0.9 < edge <= 1 and not b.any()
    with torch.no_grad():
        a.copy_(tensors[f"{name}.lora_A"].T)
        b.copy_(tensors[f"{name}.lora_B"].T)
difference = (peft(input_ids=ids).logits - own).abs().max().item()
moved = (own - plain).abs().max().item()
print(f"largest difference of a logit: {difference:.1e}; LoRA moves logits by up to {moved:.1f}")
assert difference < 1e-12
