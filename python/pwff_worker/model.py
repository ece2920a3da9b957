"""A causal language model of transformers, frozen, with changes at its sites."""

from contextlib import contextmanager

import torch
from torch.nn import functional as F
from transformers import AutoConfig, AutoModelForCausalLM, DynamicCache
from transformers.modeling_utils import no_init_weights

from .changes import changes_of
from .sites import ARCHITECTURES


class Model:
    """N tokens in B packed rows without padding, row b being [offsets[b], offsets[b + 1]).

    C is the width, V the vocabulary.
    """

    def __init__(self, config, tensors, device):
        """`config` is config.json; `tensors` are the weights by name, in float32."""
        self.architecture = ARCHITECTURES[config["model_type"]]
        self.device = device
        with no_init_weights():
            self.model = AutoModelForCausalLM.from_config(
                AutoConfig.for_model(**config), torch_dtype=torch.float32
            )
        self._load(
            {self.architecture.prefix + name: torch.from_numpy(values) for name, values in tensors.items()}
        )
        self.model.tie_weights()
        self.model.to(device).eval().requires_grad_(False)
        self.head = self.model.get_output_embeddings().weight
        self._lora, self._adapters = {}, {}
        for name, module in self.model.named_modules():
            module.register_forward_hook(self._hook(name))

    def _load(self, weights):
        missing, unexpected = self.model.load_state_dict(weights, strict=False)
        tied = set(self.model._tied_weights_keys or []) if self.model.config.tie_word_embeddings else set()
        wrong = sorted(set(missing) - tied) + sorted(unexpected)
        if wrong:
            raise ValueError(f"the weights do not fit config.json: {', '.join(wrong[:5])}")

    def _hook(self, name):
        def changed(_, inputs, output):
            lora, adapters = self._lora.get(name, ()), self._adapters.get(name, ())
            if not lora and not adapters:
                return None
            for change in lora:
                output = change(inputs[0], None, output)
            before = output
            for change in adapters:
                output = change(inputs[0], before, output)
            return output

        return changed

    @contextmanager
    def changed(self, slots, alpha):
        """The model with what is tuned of it."""
        lora, adapters = changes_of(self.architecture, slots, alpha)
        self._lora, self._adapters = by_module(lora), by_module(adapters)
        try:
            yield
        finally:
            self._lora, self._adapters = {}, {}

    def states(self, ids, offsets, at):
        """Hidden states after the last norm of tokens `at`, (M, C).

        Rows are padded behind their ends, which no token of theirs sees.
        """
        lengths = offsets[1:] - offsets[:-1]
        rows = torch.repeat_interleave(torch.arange(len(lengths)), lengths)
        columns = torch.arange(len(ids)) - offsets[:-1][rows]
        padded = torch.zeros(len(lengths), int(lengths.max()), dtype=torch.long)
        padded[rows, columns] = ids.long()
        hidden = self.model.base_model(input_ids=padded.to(self.device), use_cache=False).last_hidden_state
        return hidden[rows[at].to(self.device), columns[at].to(self.device)]

    def scores(self, hidden):
        """(M, C) to (M, V)."""
        return F.linear(hidden, self.head)

    def log_probs(self, hidden, ids):
        """Log-probability of token ids[m] after hidden state m, (M)."""
        scores = F.log_softmax(self.scores(hidden), dim=-1)
        return scores.gather(1, ids.long().to(self.device)[:, None])[:, 0]

    @torch.no_grad()
    def generate(self, prompts, rooms, temperature, uniforms, end_of_text):
        """Responses of at most `rooms` tokens to prompts; token t of row b is drawn by uniforms[b, t]."""
        responses = [[] for _ in prompts]
        open_rows = [row for row, room in enumerate(rooms) if room > 0]
        if not open_rows:
            return responses
        longest = max(len(prompts[row]) for row in open_rows)
        ids = torch.zeros(len(open_rows), longest, dtype=torch.long)
        mask = torch.zeros(len(open_rows), longest, dtype=torch.long)
        for place, row in enumerate(open_rows):
            ids[place, longest - len(prompts[row]) :] = torch.as_tensor(prompts[row]).long()
            mask[place, longest - len(prompts[row]) :] = 1
        ids, mask = ids.to(self.device), mask.to(self.device)
        positions = (mask.cumsum(1) - 1).clamp(min=0)
        cache = DynamicCache(config=self.model.config)
        while True:
            hidden = self.model.base_model(
                input_ids=ids,
                attention_mask=mask,
                position_ids=positions,
                past_key_values=cache,
                use_cache=True,
            ).last_hidden_state[:, -1]
            draws = [uniforms[row, len(responses[row])] for row in open_rows] if temperature > 0 else []
            # A sum over the vocabulary is not deterministic on a GPU.
            tokens = drawn(self.scores(hidden).cpu(), temperature, torch.as_tensor(draws)).to(self.device)
            for row, token in zip(open_rows, tokens.tolist(), strict=True):
                responses[row].append(token)
            goes = [
                place
                for place, row in enumerate(open_rows)
                if responses[row][-1] != end_of_text and len(responses[row]) < rooms[row]
            ]
            if not goes:
                return responses
            if len(goes) < len(open_rows):
                kept = torch.tensor(goes, device=self.device)
                cache.batch_select_indices(kept)
                tokens, mask, positions = tokens[kept], mask[kept], positions[kept]
                open_rows = [open_rows[place] for place in goes]
            ids = tokens[:, None]
            mask = torch.cat([mask, torch.ones_like(ids)], dim=1)
            positions = positions[:, -1:] + 1


def by_module(changes):
    modules = {}
    for change in changes:
        modules.setdefault(change.module, []).append(change)
    return modules


def drawn(scores, temperature, uniforms):
    """A token of each row of scores (M, V) by a uniform draw, in float64; at temperature 0 the likeliest."""
    bad = (~torch.isfinite(scores)).nonzero()
    if len(bad):
        row, token = bad[0].tolist()
        raise ValueError(
            f"the score of token {token} is {scores[row, token].item()}, expected a finite number; "
            "likely a learning rate is too large"
        )
    best = scores.argmax(dim=1)
    if temperature == 0:
        return best
    scores = scores.double()
    weights = torch.exp((scores - scores.max(dim=1, keepdim=True).values) / temperature)
    sums = weights.cumsum(dim=1)
    wanted = uniforms.to(scores)[:, None] * sums[:, -1:]
    tokens = torch.searchsorted(sums, wanted, right=True)[:, 0]
    return torch.where(tokens < scores.shape[1], tokens, best)
