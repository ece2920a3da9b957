"""Makes byte-level-bpe.json: a small tokenizer trained and run by Hugging Face's Python package `tokenizers`.

    python test/golden/byte-level-bpe.py > test/golden/byte-level-bpe.json     (tokenizers 0.23.3)
    npx prettier --write test/golden/byte-level-bpe.json
"""

import json
import random

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

random.seed(20)
words = "the cat sat on a mat with 12 dogs, don't you think? It's 3.14 (or so) - we'll see! I'd say they've won".split()
alphabets = [
    "abcdefghijklmnopqrstuvwxyz ABCXYZ 0123456789",
    " \t\n  .,;:!?'\"()[]{}<>|@#$%^&*-_=+/\\~`",
    "éàüßñçøåœłžşğı Ωλπμ дЖщыя",
    "你好世界 日本語 한국어 ไทย हिन्दी العربية עברית",
    "🙂👩‍👩‍👧‍👦🇫🇷🏳️‍🌈 𝔘𝔫𝔦 ①②Ⅻ½ e\u0301 \u00a0\u2003\u200b",
    "\u0000\u0001\u001f\u007f",
]


def sentence():
    return " ".join(random.choice(words) for _ in range(random.randint(4, 12)))


def mixture():
    letters = random.choice(alphabets) + random.choice(alphabets)
    return "".join(random.choice(letters) for _ in range(random.randint(1, 24)))


texts = [sentence() for _ in range(100)] + [mixture() for _ in range(150)]
texts += ["", " ", "\n\n", "  two  spaces ", "Q: Sort: c a\nA:", " a c", "'s 't 're 've 'm 'll 'd", "'S 'LL"]

tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.post_processor = processors.ByteLevel()
SIZE = 320
trainer = trainers.BpeTrainer(
    vocab_size=SIZE - 1,
    min_frequency=2,
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    show_progress=False,
)
tokenizer.train_from_iterator(texts[:100], trainer)
tokenizer.add_special_tokens(["<|endoftext|>"])
cases = [{"text": text, "ids": tokenizer.encode(text).ids} for text in texts]
print(json.dumps({"tokenizer": json.loads(tokenizer.to_str()), "cases": cases}, ensure_ascii=True))
