"""Makes the golden files of this folder: small models in Hugging Face's layout, and what PyTorch computes.

    python test/golden/parity/make.py     (torch 2.15.0, transformers 5.23.0, safetensors 0.8.0)
    npx prettier --write test/golden/parity

Weights are drawn once in float32 (two models round theirs to a 16-bit type). The reference runs in float64
from them, on one thread, and its answers are stored in float32. Equal package versions give equal bytes.
Every answer is computed twice, from a batch padded on the right with an attention mask and from each row
alone without padding, and the two must agree.

<model>/config.json, model.safetensors   as transformers writes or publishes them
<model>/<case>.json                      rows of tokens, first targets, adapters, LoRA, loss, greedy ids
<model>/<case>.safetensors               trained tensors; `gradient.<name>` of each, or of the base's where
                                         there are none; `logits` (M, V) and `logProbs` (M) of M targets

distilbert-*, reward-gpt2-*
  pairs.json                             rows of chosen and rejected answers, Bradley-Terry loss of the pairs
  pairs.safetensors                      `scores.chosen`, `scores.rejected` (P); `gradient.<name>` as PyTorch
                                         lays it out, under the names of model.safetensors
"""

import json
import math
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.nn import functional
from transformers import (
    DistilBertConfig,
    DistilBertForSequenceClassification,
    GPT2Config,
    GPT2ForSequenceClassification,
    GPT2LMHeadModel,
)
from transformers.utils import logging

HERE = Path(__file__).parent
SITES = ["attention", "mlp", "parallel"]
NO_ADAPTERS = {"sites": [], "bottleneck": 0}
NO_LORA = {"r": 1, "alpha": 1, "targets": []}
AGREE = 1e-12  # padded and unpadded, float64


# --- GPT-2 with adapters and LoRA ---------------------------------------------------------------------------


def gpt2(width, blocks, heads, vocabulary, positions):
    config = GPT2Config(
        vocab_size=vocabulary,
        n_positions=positions,
        n_embd=width,
        n_layer=blocks,
        n_head=heads,
        resid_pdrop=0.0,
        embd_pdrop=0.0,
        attn_pdrop=0.0,
        bos_token_id=vocabulary - 1,
        eos_token_id=vocabulary - 1,
        attn_implementation="eager",
    )
    return randomized(GPT2LMHeadModel(config))


def randomized(model):
    """Draws every parameter: gains around 1, biases away from 0, matrices that keep their input's scale."""
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            normal = torch.randn(tensor.shape)
            if tensor.dim() == 1:
                gain = "ln_" in name or "norm.weight" in name.lower()
                tensor.copy_(0.15 * normal + (1 if gain and name.endswith("weight") else 0))
            elif "embedding" in name or "wte" in name or "wpe" in name:
                tensor.copy_(2 / math.sqrt(tensor.shape[1]) * normal)
            else:
                tensor.copy_(normal / math.sqrt(min(tensor.shape)))
    return model.eval()


def rounded(model, dtype):
    """Rounds every parameter to a 16-bit type, in which `save` can then keep it without a further change."""
    with torch.no_grad():
        for tensor in model.parameters():
            tensor.copy_(tensor.to(dtype))
    return model


def adapter_tensors(model, sites, bottleneck):
    """One bottleneck per block and site; the up-projections are not zero, so that every gradient is alive."""
    width = model.config.n_embd
    shapes = {"down.weight": (width, bottleneck), "down.bias": (bottleneck,)}
    shapes |= {"up.weight": (bottleneck, width), "up.bias": (width,)}
    return {
        f"h.{block}.adapter.{site}.{part}": torch.randn(shape) * (0.1 if len(shape) == 1 else 0.25)
        for block in range(model.config.n_layer)
        for site in sites
        for part, shape in shapes.items()
    }


def lora_tensors(model, r, names):
    """`names` as h.0.attn.q or h.1.mlp.c_fc. A is [in, r] and B [r, out]; B is not zero."""
    width = model.config.n_embd
    tensors = {}
    for name in names:
        inputs = 4 * width if name.endswith("mlp.c_proj") else width
        outputs = 4 * width if name.endswith("mlp.c_fc") else width
        tensors[f"{name}.lora_A"] = torch.randn(inputs, r) / math.sqrt(inputs)
        tensors[f"{name}.lora_B"] = 0.1 * torch.randn(r, outputs)
    return tensors


def targets_of(names):
    """pwff's targets q, k, v, attn.c_proj, mlp.c_fc, mlp.c_proj of module names, each once."""
    targets = [name.split(".", 2)[2] for name in names]
    thirds = {f"attn.{part}": part for part in "qkv"}
    return list(dict.fromkeys(thirds.get(target, target) for target in targets))


def attach(model, trained, scale):
    """Hooks that add LoRA (x·A)·B·alpha/r and the adapters to the modules' outputs; answers their handles."""

    def change(name, x):
        if f"{name}.lora_A" not in trained:
            return None
        return x @ trained[f"{name}.lora_A"] @ trained[f"{name}.lora_B"] * scale

    def plus_lora(name, x, y):
        if not name.endswith("attn.c_attn"):
            parts = [change(name, x)]
        else:
            parts = [change(name.replace("c_attn", part), x) for part in "qkv"]
        zero = torch.zeros(*y.shape[:-1], y.shape[-1] // len(parts), dtype=y.dtype)
        return y + torch.cat([zero if part is None else part for part in parts], dim=-1)

    def bottleneck(block, site, x):
        name = f"h.{block}.adapter.{site}"
        if f"{name}.up.weight" not in trained:
            return 0
        hidden = torch.relu(x @ trained[f"{name}.down.weight"] + trained[f"{name}.down.bias"])
        return hidden @ trained[f"{name}.up.weight"] + trained[f"{name}.up.bias"]

    handles = []
    for index, block in enumerate(model.transformer.h):
        for part in ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"]:
            name = f"h.{index}.{part}"
            hook = lambda module, args, y, name=name: plus_lora(name, args[0], y)
            handles.append(block.get_submodule(part).register_forward_hook(hook))
        # These come after the LoRA hook of attn.c_proj; both sublayers' dropout is 0.
        hook = lambda module, args, y, index=index: y + bottleneck(index, "attention", y)
        handles.append(block.attn.c_proj.register_forward_hook(hook))
        hook = lambda module, args, y, index=index: (
            y + bottleneck(index, "mlp", y) + bottleneck(index, "parallel", args[0])
        )
        handles.append(block.mlp.register_forward_hook(hook))
    return handles


def padded(rows, filler):
    """Rows padded on the right, and their attention mask."""
    longest = max(map(len, rows))
    ids = torch.tensor([row + [filler] * (longest - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


def target_logits(model, rows, first_targets, pad):
    """Logits (M, V) at the states that predict the targets; by one padded batch or row by row."""
    inputs = [row[:-1] for row in rows]
    if pad:
        ids, mask = padded(inputs, model.config.eos_token_id)
        outputs = model(input_ids=ids, attention_mask=mask).logits
    else:
        outputs = [model(input_ids=torch.tensor([row])).logits[0] for row in inputs]
    spans = zip(outputs, rows, first_targets)
    return torch.cat([logits[first - 1 : len(row) - 1] for logits, row, first in spans])


def responses(model, rows, first_targets, parameters, pad):
    """Logits, log-probabilities and loss (mean negative log-likelihood) of the targets, and gradients."""
    logits = target_logits(model, rows, first_targets, pad)
    ids = torch.tensor([token for row, first in zip(rows, first_targets) for token in row[first:]])
    log_probs = functional.log_softmax(logits, dim=-1)[torch.arange(len(ids)), ids]
    loss = -log_probs.mean()
    gradients = torch.autograd.grad(loss, list(parameters.values()))
    return {"logits": logits, "logProbs": log_probs, "loss": loss, **named_gradients(parameters, gradients)}


def named_gradients(parameters, gradients):
    return {f"gradient.{name}": gradient for name, gradient in zip(parameters, gradients)}


def agreed(one, other):
    for name, tensor in one.items():
        difference = (tensor - other[name]).abs().max() / tensor.abs().max().clamp(min=1)
        assert difference < AGREE, f"{name}: padded and unpadded differ by {difference}"
    return one


def random_rows(vocabulary, lengths, end):
    """Rows of random tokens that do not hold end-of-text, which every second row ends with."""
    rows = [torch.randint(0, vocabulary, (length,)).tolist() for length in lengths]
    rows = [[(token + 1) % vocabulary if token == end else token for token in row] for row in rows]
    return [row[:-1] + [end] if index % 2 == 0 else row for index, row in enumerate(rows)]


def greedy(model, prompts, tokens):
    """Greedy continuations by transformers' own generate, with its cache, end-of-text included."""
    answers = []
    for prompt in prompts:
        output = model.generate(
            input_ids=torch.tensor([prompt]),
            attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            do_sample=False,
            max_new_tokens=tokens,
            eos_token_id=model.config.eos_token_id,
            pad_token_id=model.config.eos_token_id,
            output_scores=True,
            return_dict_in_generate=True,
        )
        for scores in output.scores:
            first, second = scores[0].topk(2).values.tolist()
            assert first - second > 1e-3, "two tokens are too close for a float32 model to agree on"
        answers.append(output.sequences[0, len(prompt) :].tolist())
    return answers


def choose_prompts(model, lengths, tokens):
    """Two prompts, and as end-of-text a token in the middle of the first one's continuation only."""
    model.config.eos_token_id = None
    while True:
        prompts = [torch.randint(0, model.config.vocab_size, (length,)).tolist() for length in lengths]
        first, second = greedy(model, prompts, tokens)
        for t in range(3, tokens - 2):
            if first[t] not in first[:t] + second + prompts[0] + prompts[1]:
                model.config.eos_token_id = model.config.bos_token_id = first[t]
                return prompts


def gpt2_case(model, folder, name, lengths, first_targets, adapters, lora, prompt_lengths=(), tokens=0):
    """`adapters`: (sites, bottleneck), `lora`: (r, alpha, modules); both None: the base trains."""
    config = model.config
    trained = adapter_tensors(model, *adapters) if adapters else {}
    tuned = lora_tensors(model, lora[0], lora[2]) if lora else {}
    parameters = {name: tensor.double().requires_grad_() for name, tensor in {**trained, **tuned}.items()}
    scale = lora[1] / lora[0] if lora else 1.0
    handles = attach(model, parameters, scale)
    prompts = choose_prompts(model, prompt_lengths, tokens) if prompt_lengths else []
    rows = random_rows(config.vocab_size, lengths, config.eos_token_id)
    base = {} if parameters else base_parameters(model)
    pair = [responses(model, rows, first_targets, {**parameters, **base}, pad) for pad in (True, False)]
    golden = agreed(*pair)
    answers = greedy(model, prompts, tokens)
    for handle in handles:
        handle.remove()
    label, tensors = f"{folder.name}/{name}", {**trained, **tuned}
    print_own_rounding(label, model, rows, first_targets, tensors, scale, golden)
    write_json(
        folder / f"{name}.json",
        {
            "rows": rows,
            "firstTargets": first_targets,
            "adapters": {"sites": adapters[0], "bottleneck": adapters[1]} if adapters else NO_ADAPTERS,
            "lora": {"r": lora[0], "alpha": lora[1], "targets": targets_of(lora[2])} if lora else NO_LORA,
            "loss": golden.pop("loss").item(),
            "prompts": prompts,
            "maxNewTokens": tokens,
            "greedy": answers,
        },
    )
    write_tensors(folder / f"{name}.safetensors", {**tensors, **golden})


def print_own_rounding(label, model, rows, first_targets, tensors, scale, golden):
    """What float32 costs PyTorch itself: the floor under another implementation's difference."""
    handles = attach(model.float(), tensors, scale)
    with torch.no_grad():
        logits = target_logits(model, rows, first_targets, pad=True).double()
    difference = ((logits - golden["logits"]).abs() / golden["logits"].abs().clamp(min=1)).max()
    print(f"{label}: PyTorch's own float32 logits differ by {difference:.1e}")
    for handle in handles:
        handle.remove()
    model.double()


def base_parameters(model):
    """All parameters by their published names; the head is tied to wte and so no parameter of its own."""
    return {name.removeprefix("transformer."): tensor for name, tensor in model.named_parameters()}


# --- Files --------------------------------------------------------------------------------------------------


def new_folder(name):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")


def write_tensors(path, tensors):
    save_file({name: tensor.detach().float().contiguous() for name, tensor in tensors.items()}, path)


def save(model, folder, dtype=torch.float32):
    """As `save_pretrained` leaves it, without the settings of generation."""
    model.to(dtype).save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)


def save_as_published(model, folder):
    """As `gpt2` on the hub: no prefix, mask buffers among the tensors, an older config.json."""
    config, positions = model.config, model.config.n_positions
    tensors = {name: tensor.float() for name, tensor in base_parameters(model).items()}
    for block in range(config.n_layer):
        tensors[f"h.{block}.attn.bias"] = torch.ones(positions, positions).tril()[None, None]
    save_file(
        {name: tensor.detach().contiguous() for name, tensor in tensors.items()},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )
    keys = "vocab_size n_embd n_head n_layer n_positions layer_norm_epsilon bos_token_id eos_token_id".split()
    write_json(
        folder / "config.json",
        {
            "activation_function": "gelu_new",
            "architectures": ["GPT2LMHeadModel"],
            "attn_pdrop": 0.1,
            "embd_pdrop": 0.1,
            "initializer_range": 0.02,
            "model_type": "gpt2",
            "n_ctx": positions,
            "resid_pdrop": 0.1,
            "summary_activation": None,
            "summary_first_dropout": 0.1,
            "summary_proj_to_labels": True,
            "summary_type": "cls_index",
            "summary_use_proj": True,
            "task_specific_params": {"text-generation": {"do_sample": True, "max_length": 50}},
            **{key: getattr(config, key) for key in keys},
        },
    )


def check_loads(kind, folder, model):
    """transformers reads the same parameters from the folder."""
    loaded = dict(kind.from_pretrained(folder).named_parameters())
    for name, tensor in model.named_parameters():
        same = torch.equal(loaded[name].float(), tensor.float())
        assert same, f"{folder.name}: {name} changed on its way to the file"


# --- DistilBERT and GPT-2 as reward models ------------------------------------------------------------------

PAD, CLS, SEP = 0, 1, 2


def distilbert(width, blocks, heads, inner, vocabulary, positions):
    config = DistilBertConfig(
        vocab_size=vocabulary,
        max_position_embeddings=positions,
        dim=width,
        n_layers=blocks,
        n_heads=heads,
        hidden_dim=inner,
        dropout=0.0,
        attention_dropout=0.0,
        seq_classif_dropout=0.0,
        pad_token_id=PAD,
        num_labels=1,
        attn_implementation="eager",
    )
    return randomized(DistilBertForSequenceClassification(config))


def classified_rows(vocabulary, lengths):
    """[CLS] tokens [SEP] of the given lengths, both ends included."""
    return [[CLS, *torch.randint(3, vocabulary, (length - 2,)).tolist(), SEP] for length in lengths]


def scores_of(model, rows, pad):
    if not pad:
        return torch.cat([model(input_ids=torch.tensor([row])).logits[:, 0] for row in rows])
    ids, mask = padded(rows, model.config.pad_token_id)
    return model(input_ids=ids, attention_mask=mask).logits[:, 0]


def preferences(model, chosen, rejected, pad):
    """Scores, Bradley-Terry loss mean(-log sigmoid(chosen - rejected)), gradients of all parameters."""
    scores = scores_of(model, chosen + rejected, pad)
    better, worse = scores.split(len(chosen))
    loss = -functional.logsigmoid(better - worse).mean()
    parameters = dict(model.named_parameters())
    gradients = torch.autograd.grad(loss, list(parameters.values()))
    golden = {"scores.chosen": better, "scores.rejected": worse, "loss": loss}
    return {**golden, **named_gradients(parameters, [without_dust(gradient) for gradient in gradients])}


def without_dust(gradient):
    """Zero where all is rounding: classifier.bias cancels in a pair, k_lin.bias in the softmax."""
    return torch.zeros_like(gradient) if gradient.abs().max() < 1e-14 else gradient


def distilbert_case(model, folder, chosen_lengths, rejected_lengths):
    chosen = classified_rows(model.config.vocab_size, chosen_lengths)
    rejected = classified_rows(model.config.vocab_size, rejected_lengths)
    pairs_case(model, folder, chosen, rejected)


def gpt2_reward(width, blocks, heads, vocabulary, positions):
    """Padding is a token of its own, the last but one, so that a score is read at end-of-text."""
    config = gpt2(width, blocks, heads, vocabulary, positions).config
    config.pad_token_id, config.num_labels = vocabulary - 2, 1
    return randomized(GPT2ForSequenceClassification(config))


def gpt2_reward_case(model, folder, chosen_lengths, rejected_lengths):
    end = model.config.eos_token_id
    chosen, rejected = [random_rows(end - 1, each, end) for each in (chosen_lengths, rejected_lengths)]
    pairs_case(model, folder, chosen, rejected)


def pairs_case(model, folder, chosen, rejected):
    golden = agreed(*[preferences(model, chosen, rejected, pad) for pad in (True, False)])
    loss = golden.pop("loss").item()
    write_json(folder / "pairs.json", {"chosen": chosen, "rejected": rejected, "loss": loss})
    write_tensors(folder / "pairs.safetensors", golden)


# --- The models ---------------------------------------------------------------------------------------------


def make_three_blocks():
    """Heads of 8, everything tuned at once; also the base's own gradients and part of the modules."""
    torch.manual_seed(1)
    folder = new_folder("gpt2-three-blocks")
    model = gpt2(width=24, blocks=3, heads=3, vocabulary=67, positions=40).double()
    parts = ["attn.q", "attn.k", "attn.v", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"]
    everything = [f"h.{block}.{part}" for part in parts for block in range(3)]
    gpt2_case(
        model,
        folder,
        "everything",
        [41, 7, 2, 23],
        [11, 3, 1, 22],
        (SITES, 6),
        (3, 6, everything),
        [7, 3],
        16,
    )
    gpt2_case(model, folder, "q-of-some-blocks", [9, 14], [4, 6], None, (4, 8, ["h.0.attn.q", "h.2.attn.q"]))
    gpt2_case(model, folder, "pretrain", [40, 13, 2], [1, 1, 1], None, None)
    save(model, folder)
    check_loads(GPT2LMHeadModel, folder, model)


def make_two_blocks():
    """Heads of 16, in the layout of the published files."""
    torch.manual_seed(2)
    folder = new_folder("gpt2-two-blocks")
    model = gpt2(width=32, blocks=2, heads=2, vocabulary=101, positions=32).double()
    modules = [f"h.{block}.attn.{part}" for part in "qkv" for block in range(2)]
    gpt2_case(
        model,
        folder,
        "attention-and-mlp",
        [18, 18, 18],
        [6, 10, 2],
        (["attention", "mlp"], 5),
        (2, 8, modules),
        [4, 9],
        12,
    )
    gpt2_case(model, folder, "parallel-only", [20, 6, 33], [8, 2, 25], (["parallel"], 8), None)
    save_as_published(model, folder)
    check_loads(GPT2LMHeadModel, folder, model)


def make_wide_heads():
    """Heads of 64, as every published GPT-2 has; kept as BF16."""
    torch.manual_seed(3)
    folder = new_folder("gpt2-wide-heads")
    model = rounded(gpt2(width=128, blocks=1, heads=2, vocabulary=31, positions=24), torch.bfloat16).double()
    modules = ["h.0.attn.q", "h.0.attn.v", "h.0.mlp.c_proj"]
    gpt2_case(
        model,
        folder,
        "mlp-and-parallel",
        [25, 11, 16],
        [7, 5, 15],
        (["mlp", "parallel"], 4),
        (4, 16, modules),
        [5, 2],
        14,
    )
    save(model, folder, torch.bfloat16)
    check_loads(GPT2LMHeadModel, folder, model)


def make_distilberts():
    torch.manual_seed(4)
    for name, shape, dtype, lengths in [
        ("distilbert-two-blocks", (32, 2, 4, 128, 90, 64), torch.float32, ([64, 12, 3, 20], [40, 15, 9, 2])),
        ("distilbert-wide-head", (64, 1, 1, 16, 40, 24), torch.float16, ([10, 24], [17, 5])),
    ]:
        folder = new_folder(name)
        model = rounded(distilbert(*shape), dtype).double()
        distilbert_case(model, folder, *lengths)
        save(model, folder, dtype)
        check_loads(DistilBertForSequenceClassification, folder, model)


def make_gpt2_rewards():
    torch.manual_seed(5)
    for name, shape, dtype, lengths in [
        ("reward-gpt2-two-blocks", (32, 2, 4, 75, 48), torch.float32, ([48, 12, 3, 20], [40, 15, 9, 2])),
        ("reward-gpt2-wide-head", (64, 1, 1, 40, 24), torch.float16, ([10, 24], [17, 5])),
    ]:
        folder = new_folder(name)
        model = rounded(gpt2_reward(*shape), dtype).double()
        gpt2_reward_case(model, folder, *lengths)
        save(model, folder, dtype)
        check_loads(GPT2ForSequenceClassification, folder, model)


if __name__ == "__main__":
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    make_three_blocks()
    make_two_blocks()
    make_wide_heads()
    make_distilberts()
    make_gpt2_rewards()
