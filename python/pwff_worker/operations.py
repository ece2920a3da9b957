"""What can be asked for: each operation takes a request and its arrays, and gives an answer and arrays."""

import os
import platform

import numpy as np
import torch
import transformers

from .model import Model

# Base models that stay loaded.
KEPT = 2


class Worker:
    def __init__(self):
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.threads = 1
        torch.set_num_threads(self.threads)
        torch.use_deterministic_algorithms(True)
        if self.device.type == "cuda":
            # There these have gradients that are not.
            torch.backends.cuda.enable_flash_sdp(False)
            torch.backends.cuda.enable_mem_efficient_sdp(False)
        self.models = {}
        # What gradients are taken through, by the name of the pass: (its result, its inputs).
        self.passes = {}

    def hello(self, request, arrays):
        return {
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "device": self.device.type,
            "deviceName": torch.cuda.get_device_name() if self.device.type == "cuda" else platform.machine(),
            "capability": torch.backends.cpu.get_cpu_capability(),
            "threads": self.threads,
            "pid": os.getpid(),
        }, {}

    def base(self, request, arrays):
        """Keeps a base model under its hash; the one that was used least recently goes."""
        self.models[request["hash"]] = Model(request["config"], arrays, self.device)
        if len(self.models) > KEPT:
            del self.models[next(iter(self.models))]
        return {}, {}

    def states(self, request, arrays):
        """(M, C); with "pass" their gradient can be asked for, once."""
        model = self._model(request)
        leaves = self._leaves(request, arrays)
        slots = self._slots(request, leaves)
        keeps = "pass" in request
        with torch.set_grad_enabled(keeps), model.changed(slots, request["alpha"]):
            ids, offsets, at = (torch.from_numpy(arrays[name]) for name in ("ids", "offsets", "at"))
            hidden = model.states(ids, offsets.long(), at.long())
        if keeps:
            self.passes["states"] = (request["pass"], hidden, leaves)
        return {}, {"states": numpy_of(hidden)}

    def log_probs(self, request, arrays):
        """(M); with "pass" their gradient can be asked for, once."""
        model = self._model(request)
        hidden = self._tensor(arrays["states"]).requires_grad_("pass" in request)
        with torch.set_grad_enabled("pass" in request):
            values = model.log_probs(hidden, torch.from_numpy(arrays["ids"]))
        if "pass" in request:
            self.passes["log_probs"] = (request["pass"], values, {"states": hidden})
        return {}, {"logProbs": numpy_of(values)}

    def gradient(self, request, arrays):
        """Of the kept pass with respect to its inputs, by their names."""
        number, value, inputs = self.passes.pop(request["of"])
        if number != request["pass"]:
            raise ValueError(
                f"a gradient of pass {request['pass']}, when {number} is the last of {request['of']}"
            )
        gradients = torch.autograd.grad(
            value, list(inputs.values()), self._tensor(arrays["gradient"]), allow_unused=True
        )
        return {}, {
            name: numpy_of(torch.zeros_like(tensor) if gradient is None else gradient)
            for (name, tensor), gradient in zip(inputs.items(), gradients, strict=True)
        }

    def scores(self, request, arrays):
        """(M, V)."""
        with torch.no_grad():
            return {}, {"scores": numpy_of(self._model(request).scores(self._tensor(arrays["states"])))}

    def generate(self, request, arrays):
        model = self._model(request)
        slots = self._slots(request, self._leaves(request, arrays))
        offsets = arrays["offsets"]
        prompts = [arrays["ids"][start:end] for start, end in zip(offsets[:-1], offsets[1:], strict=True)]
        with model.changed(slots, request["alpha"]):
            responses = model.generate(
                prompts,
                arrays["rooms"].tolist(),
                request["temperature"],
                torch.from_numpy(arrays["uniforms"]),
                request["endOfText"],
            )
        lengths = np.array([len(response) for response in responses], dtype=np.int32)
        return {}, {"tokens": np.array(sum(responses, []), dtype=np.int32), "lengths": lengths}

    def _model(self, request):
        """Of the asked hash, as the most recently used."""
        model = self.models.pop(request["base"], None)
        if model is None:
            raise Missing
        self.models[request["base"]] = model
        return model

    def _leaves(self, request, arrays):
        """What is tuned, by its names in the frame: slot, a slash, and the name in the set."""
        names = [f"{slot}/{name}" for slot, (_, names) in enumerate(request["slots"]) for name in names]
        keeps = "pass" in request
        return {name: self._tensor(arrays[name]).requires_grad_(keeps) for name in names}

    def _slots(self, request, leaves):
        return [
            (share, {name: leaves[f"{slot}/{name}"] for name in names})
            for slot, (share, names) in enumerate(request["slots"])
        ]

    def _tensor(self, array):
        return torch.from_numpy(array).to(self.device)


class Missing(Exception):
    """The base model that a request names is to be sent first."""


def numpy_of(tensor):
    return tensor.detach().float().cpu().contiguous().numpy()
