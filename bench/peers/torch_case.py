"""The bench's cases in PyTorch, as a process that answers each line on stdin ("step", "forward") by the milliseconds it
took, one line each:

    python torch_case.py '{"threads": 1, "blocks": 4, "width": 128, "heads": 4, "vocabulary": 512, "rows": 16,
                           "length": 32, "responseFrom": 16, "rank": 8, "bottleneck": 10}'

Written as one would by hand for speed: fused attention, equal row lengths without padding, frozen base without
gradients, logits only where the loss looks, torch.optim.Adam.
"""

import json
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Adapter(nn.Module):
    def __init__(self, width, bottleneck):
        super().__init__()
        self.down = nn.Linear(width, bottleneck)
        self.up = nn.Linear(bottleneck, width)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x):
        return self.up(F.relu(self.down(x)))


class Lora(nn.Module):
    def __init__(self, width, rank):
        super().__init__()
        self.a = nn.Linear(width, rank, bias=False)
        self.b = nn.Linear(rank, width, bias=False)
        nn.init.zeros_(self.b.weight)

    def forward(self, x):
        return self.b(self.a(x))


def frozen(*modules):
    for module in modules:
        module.requires_grad_(False)
    return modules


class Block(nn.Module):
    def __init__(self, case):
        super().__init__()
        width, self.heads = case["width"], case["heads"]
        self.scale = 2.0
        self.norm1, self.norm2, self.qkv, self.project, self.wide, self.narrow = frozen(
            nn.LayerNorm(width),
            nn.LayerNorm(width),
            nn.Linear(width, 3 * width),
            nn.Linear(width, width),
            nn.Linear(width, 4 * width),
            nn.Linear(4 * width, width),
        )
        self.lora = nn.ModuleList(Lora(width, case["rank"]) for _ in range(3))
        self.adapters = nn.ModuleList(Adapter(width, case["bottleneck"]) for _ in range(3))

    def forward(self, x, chosen=None):
        rows, length, width = x.shape
        normal = self.norm1(x)
        change = torch.cat([lora(normal) for lora in self.lora], -1)
        q, k, v = (self.qkv(normal) + self.scale * change).split(width, -1)
        q, k, v = (y.view(rows, length, self.heads, -1).transpose(1, 2) for y in (q, k, v))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(rows, length, width)
        if chosen is not None:
            x, mixed = x[:, chosen], mixed[:, chosen]
        y = self.project(mixed)
        x = x + y + self.adapters[0](y)
        normal = self.norm2(x)
        y = self.narrow(F.gelu(self.wide(normal), approximate="tanh"))
        return x + y + self.adapters[1](y) + self.adapters[2](normal)


class Gpt(nn.Module):
    def __init__(self, case):
        super().__init__()
        width = case["width"]
        self.tokens, self.positions, self.norm = frozen(
            nn.Embedding(case["vocabulary"], width), nn.Embedding(1024, width), nn.LayerNorm(width)
        )
        nn.init.normal_(self.tokens.weight, std=0.02)
        self.blocks = nn.ModuleList(Block(case) for _ in range(case["blocks"]))

    def forward(self, ids, chosen):
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        for block in self.blocks[:-1]:
            x = block(x)
        return self.norm(self.blocks[-1](x, chosen)) @ self.tokens.weight.T


def main():
    case = json.loads(sys.argv[1])
    torch.manual_seed(1)
    torch.set_num_threads(case["threads"])
    model = Gpt(case)
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=1e-3)
    ids = torch.randint(case["vocabulary"], (case["rows"], case["length"] + 1))
    chosen = slice(case["responseFrom"], case["length"])
    targets = ids[:, case["responseFrom"] + 1 :].reshape(-1)

    def loss():
        logits = model(ids[:, :-1], chosen)
        return F.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets)

    def step():
        optimizer.zero_grad()
        loss().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    def forward():
        with torch.no_grad():
            loss()

    commands = {"step": step, "forward": forward}
    capability = torch.backends.cpu.get_cpu_capability()
    said = f"PyTorch {torch.__version__}, {capability}, threads {torch.get_num_threads()}"
    print(json.dumps({"said": said}), flush=True)
    for line in sys.stdin:
        command = line.strip()
        if command == "memory":
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)
            continue
        start = time.perf_counter()
        commands[command]()
        print((time.perf_counter() - start) * 1000, flush=True)


main()
