"""Makes word-piece.json: a small vocabulary, and ids by transformers' DistilBertTokenizer.

    python test/golden/word-piece.py > test/golden/word-piece.json     (transformers 5.23, tokenizers 0.23.3)
    npx prettier --write test/golden/word-piece.json

`tokenizer` is the tokenizer.json that transformers saves; each variant has the ids by its settings.
"""

import json
import tempfile
from pathlib import Path

from transformers import DistilBertTokenizer

letters = "abcdefghijklmnopqrstuvwxyz"
words = """the cat sat on a mat with dog don t s re un ##able ##s ##ing ##ed play run ##n hello world
test ##ly affable ##aff new york 12 20 ##24 ##0 ##1 ##2 3 caf cafe naive resume istanbul Hello The Cat Café É ß strasse
[ ] < > / \\ ! " # $ % & ' ( ) * + , - . : ; = ? @ ^ _ ` { | } ~ … “ ” —
你 好 世 界 日 本 𠀀 ##本 の ##の 한 ##국 ##어 ᄒ ##ᅡ ##ᆫ
α β σ ##σ ##ς ασ ##α и й ##й 🙂 ##🙂 ½ ² ##² ₂ e\u0301 unk cls sep mask pad endoftext i ##\u0307 x ##x""".split()
vocab = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
for token in [*letters, *(f"##{letter}" for letter in letters), *"ABCDEFGH", *"0123456789", *words]:
    if token not in vocab:
        vocab.append(token)

texts = [
    "",
    " ",
    "The cat sat on a mat.",
    "Hello, world! HELLO WORLD",
    "don't they're the dog's",
    "unaffable unrunning playing played runs tests testly",
    "tabs\tand\nnewlines\r\n  and   runs\u00a0of\u2003space\u3000s\u2028x\u2029y\u0085z",
    "café Café CAFÉ cafe\u0301 naïve résumé É Ångström ñ",
    "İstanbul ISTANBUL ıstanbul Straße ẞ",
    "ΑΣ ας Σ ΑΣΑ Αβ, ΑΣ.",
    "й Й и\u0306",
    "你好世界 日本のcat 𠀀𠀀x x𠀀 \U0002b820 豈 々 ー",
    "한국어 한",
    "🙂 a🙂b 🙂🙂 👩‍👩‍👧",
    "12 1202 2024 3.14 1,000 ½ x² H₂O",
    "[CLS] [SEP] [MASK] [PAD] [UNK] <|endoftext|> [sep]",
    "a-b_c/d\\e@f#g$h%i^j&k*l(m)n+o=p{q}r|s~t`u<v>w?x\"y'z:;",
    "“quoted” — dash … «guillemets» ¿que? 、。",
    "zero\u200bwidth soft\u00adhyphen \ufeffbom nul\u0000x \u0007bell \ufffd \ue000private",
    "x" * 100,
    "x" * 101,
    "x" * 101 + " cat " + "é" * 100,
    "qzqzq ж жж catж",
]

variants = {
    "uncased": {},
    "cased": {"do_lower_case": False},
    "accents kept": {"strip_accents": False},
    "cased, accents stripped": {"do_lower_case": False, "strip_accents": True},
    "Chinese as letters": {"tokenize_chinese_chars": False},
}
cases = {}
for name, settings in variants.items():
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vocab.txt").write_text("\n".join(vocab) + "\n")
        tokenizer = DistilBertTokenizer.from_pretrained(folder, **settings)
        tokenizer.save_pretrained(folder)
        saved = json.loads((Path(folder) / "tokenizer.json").read_text())
    assert tokenizer("cat")["input_ids"] == [2, tokenizer.convert_tokens_to_ids("cat"), 3]
    tokenizer.backend_tokenizer.encode_special_tokens = True  # "[SEP]" in a text is text
    encode = tokenizer.backend_tokenizer.encode
    rows = [{"text": text, "ids": encode(text, add_special_tokens=False).ids} for text in texts]
    cases[name] = {"settings": settings, "normalizer": saved["normalizer"], "rows": rows}
    if not settings:
        plain = saved
print(json.dumps({"vocab": vocab, "tokenizer": plain, "variants": cases}, ensure_ascii=True))
